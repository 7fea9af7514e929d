"""What people set for a store, as ShipStation's own settings of it say it."""

from typing import Any

from django import forms

from core.common.one_line import fold
from core.ui.open_forms import WholeForm
from shipping.warehouses.shipstation.store_words import EXTRAS

STATUSES = ("paid", "on_hold", "shipped", "cancelled")
CUSTOM_FIELDS = ("custom_field_1", "custom_field_2", "custom_field_3")


class StoreForm(WholeForm, forms.Form):
    paid = forms.CharField(label="Awaiting shipment", max_length=50)
    on_hold = forms.CharField(label="On hold", max_length=50)
    shipped = forms.CharField(label="Shipped", max_length=50)
    cancelled = forms.CharField(label="Canceled", max_length=50)
    custom_field_1 = forms.ChoiceField(label="Custom field 1", choices=list(EXTRAS.items()), required=False)
    custom_field_2 = forms.ChoiceField(label="Custom field 2", choices=list(EXTRAS.items()), required=False)
    custom_field_3 = forms.ChoiceField(label="Custom field 3", choices=list(EXTRAS.items()), required=False)
    prices = forms.BooleanField(
        label="Send prices",
        required=False,
        help_text="Order totals and unit prices, for customs forms and packing slips. Otherwise they are sent as 0.00.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        said: dict[str, str] = {}
        for name in STATUSES:
            word = cleaned[name] = fold(cleaned.get(name, ""))
            if word and word in said.values():
                self.add_error(name, "Two statuses have the same word. Give each a word of its own.")
            said[name] = word
        return cleaned
