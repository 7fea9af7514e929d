"""What people write about the orders that a rule is about: the conditions every kind of rule has."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from core.common.money import is_currency, minor_digits
from core.ui.amount_field import AmountField
from core.ui.open_forms import WholeForm
from orders.countries import code_of
from orders.postal_codes import plain
from shipping.methods.rules import PROGRAMS, amount, program_name
from shipping.models import OrderRule

CONDITIONS = ("service", "prime", "program", "country", "postal_prefix", "least", "below", "currency")


class ConditionForm(WholeForm, forms.ModelForm):
    """The conditions of a rule. ``names`` are the ship methods seen on the carts it is about."""

    service = forms.ChoiceField(label="Ship method on the cart", required=False)
    country = forms.CharField(max_length=60, required=False, help_text="Its name, or two letters, like DE.")
    prime = forms.TypedChoiceField(
        label="Prime",
        choices=[("", "Any"), ("yes", "Prime orders"), ("no", "All except Prime orders")],
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
    )
    program = forms.ChoiceField(label="Program", required=False)

    class Meta:
        fields: ClassVar[Sequence[str]] = CONDITIONS
        field_classes = {"least": AmountField, "below": AmountField}  # noqa: RUF012
        labels = {"least": "Value from", "below": "Value below"}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "postal_prefix": "Like 10 or SW1A. Enter the country, too.",
            "below": "Orders of exactly this value are not included.",
            "currency": "Three letters, like EUR. Orders in another currency are not included.",
        }

    def __init__(self, posted: QueryDict | None, *, instance: OrderRule, names: Sequence[str]) -> None:
        super().__init__(posted, instance=instance)
        kept = {instance.service} - {""}
        named = [(name, name) for name in [*names, *(kept - set(names))]]
        self.fields["service"].choices = [("", "Any"), *named]  # type: ignore[attr-defined]
        words = dict.fromkeys([*PROGRAMS, *({instance.program} - {""})])
        programs = sorted((program_name(word), word) for word in words)
        self.fields["program"].choices = [("", "Any"), *((word, name) for name, word in programs)]  # type: ignore[attr-defined]
        self.initial["prime"] = {True: "yes", False: "no"}.get(instance.prime, "")  # type: ignore[arg-type]
        for name in ("least", "below"):
            if (value := getattr(instance, name)) is not None:
                self.initial[name] = amount(value)

    def clean_country(self) -> str:
        said: str = self.cleaned_data["country"]
        if said and not code_of(said):
            raise forms.ValidationError(
                f"“{said[:30]}” is not a country we know. Enter its name or its two letters, like DE."
            )
        return code_of(said)

    def clean_postal_prefix(self) -> str:
        prefix: str = self.cleaned_data["postal_prefix"].strip().upper()
        if prefix and not plain(prefix):
            raise forms.ValidationError("Enter what the postal code begins with, like 10.")
        return prefix

    def clean_least(self) -> Decimal | None:
        return self._amount("least")

    def clean_below(self) -> Decimal | None:
        return self._amount("below")

    def _amount(self, name: str) -> Decimal | None:
        value: Decimal | None = self.cleaned_data[name]
        if value is not None and value < 0:
            raise forms.ValidationError("Enter a value of 0 or more.")
        return value

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].strip().upper()
        if currency and not re.fullmatch(r"[A-Z]{3}", currency, re.ASCII):
            raise forms.ValidationError("Enter the currency as three letters, like EUR.")
        if currency and not is_currency(currency):
            raise forms.ValidationError(f"There is no currency {currency}. Enter its three letters, like EUR.")
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        said = dict(cleaned)  # an error takes its field away
        if said["postal_prefix"] and not said["country"]:
            self.add_error("country", "Enter the country, too: many countries use the same postal codes.")
        least, below, currency = said["least"], said["below"], said["currency"]
        if (least is not None or below is not None) and not currency:
            self.add_error("currency", "Enter the value's currency.")
        elif currency and least is None and below is None:
            self.add_error("least", "Enter a value, or leave the currency empty.")
        for name in ("least", "below"):
            if said[name] is not None and -said[name].normalize().as_tuple().exponent > minor_digits(currency):
                self.add_error(name, f"{currency} has fewer digits after the point.")
        if least is not None and below is not None and least >= below:
            self.add_error("below", "No order can match: enter a value larger than the one it starts from.")
        return cleaned

    @property
    def asks(self) -> bool:
        """Whether it has a condition at all."""
        return any(self.cleaned_data[name] not in (None, "") for name in CONDITIONS if name != "currency")
