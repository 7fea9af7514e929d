"""Names: of people, merchants, carts, ship methods, whatever is called something. One line each, wherever it comes in.

A line break or a tab is a space in it; what nobody sees, or what turns the direction of what follows, is left out.
"""

from typing import Any

from django import forms
from django.db import models

from core.common.one_line import fold


class NameField(models.CharField):
    """A column for a name. Whoever writes it, it is stored in one line, and looked for as it is stored."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs  # for the database it is no other column

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return fold(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):  # else an expression
            value = fold(value)
            setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": NameInput, **kwargs})


class NameInput(forms.CharField):
    """A field of a form for a name: one that shows nothing counts as left empty."""

    def to_python(self, value: Any) -> Any:
        return fold(super().to_python(value) or "") or self.empty_value
