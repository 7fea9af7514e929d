"""The form of an additional charge: its amount is read as people type it, with a point or a comma."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from core.common.money import Money, minor_digits
from core.common.names import NameInput
from shipping.close.additional_charges import RequestedCharge

AMOUNT = re.compile(r"\d{1,12}(?:[.,]\d+)?", re.ASCII)
EACH, DIVIDED = "each", "divided"


class ChargeForm(forms.Form):
    """One additional charge. Left blank altogether it is none."""

    label = NameInput(max_length=60, required=False, label="What for")
    amount = forms.CharField(
        max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    currency = forms.ChoiceField()
    how = forms.ChoiceField(label="How", choices=[(EACH, "Charge each order"), (DIVIDED, "Split evenly")], initial=EACH)

    def __init__(self, said: Mapping[str, Any], number: int, currencies: Sequence[str]) -> None:
        self.number = number
        said = {self.add_prefix("currency"): currencies[0], self.add_prefix("how"): EACH} | dict(said)
        super().__init__(said)
        self.fields["currency"].choices = [(currency, currency) for currency in currencies]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label or name.capitalize()}, charge {number}"

    def add_prefix(self, field_name: str) -> str:
        return f"charge_{field_name}_{self.number}"

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        label, amount, currency = said.get("label"), said.get("amount"), said.get("currency")
        if amount and not label and "label" not in self.errors:
            self.add_error("label", "Enter what the charge is for.")
        if label and not amount and "amount" not in self.errors:
            self.add_error("amount", "The amount is missing.")
        if amount and currency and (wrong := wrong_amount(amount, currency)):
            self.add_error("amount", wrong)
        return said

    def asked(self) -> RequestedCharge | None:
        """Return the charge; None when it was left blank. The form must be valid."""
        said = self.cleaned_data
        if not said["amount"]:
            return None
        amount = Decimal(said["amount"].replace(",", "."))
        return RequestedCharge(said["label"], Money(amount, said["currency"]), said["how"] == DIVIDED)


def wrong_amount(text: str, currency: str) -> str:
    """Return why this is no amount of that currency; nothing when it is one."""
    if not AMOUNT.fullmatch(text):
        return (
            "Enter it with a point or comma, without spaces or symbols, like 1234.50, and at most 12 digits before it."
        )
    plain = text.replace(",", ".")
    if not Decimal(plain):
        return "A charge must be more than zero."
    digits, given = minor_digits(currency), len(plain.partition(".")[2])
    if given > digits:
        return f"{currency} has {digits or 'no'} digits after the point, not {given}."
    return ""
