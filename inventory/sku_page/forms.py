"""What people write about one SKU: how many were counted and why, and how many are kept back."""

from typing import Any

from django import forms

from inventory.forms import read_number
from inventory.models import MOST_ON_HAND


class WholeNumberField(forms.CharField):
    """A number as people write it: groups of three may be set apart."""

    def clean(self, value: Any) -> Any:
        try:
            return read_number(str(value or "").strip())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class OneCountForm(forms.Form):
    """``seen`` is what stood on the page."""

    on_hand = WholeNumberField(
        label="On hand", max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 8})
    )
    reason = forms.CharField(
        label="Reason", max_length=200, required=False, help_text="For example: damaged, found, counted again."
    )
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class SafetyForm(forms.Form):
    safety = forms.IntegerField(
        label="Safety stock",
        min_value=0,
        max_value=MOST_ON_HAND,
        help_text="Kept back: the carts are told so many less.",
    )
