"""No field without an end, also in forms that are not ours."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

LONGEST = 1_000  # characters of a password, a code or a name
LONGEST_DOCUMENT = 20_000  # what a security key answers


class ShortFields(forms.Form):
    """Gives every text an end where the form it is mixed into gives it none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and field.max_length is None:
                field.max_length = LONGEST_DOCUMENT if isinstance(field, forms.JSONField) else LONGEST
                field.validators = [*field.validators, MaxLengthValidator(field.max_length)]
