"""What people write about aliases and kits."""

from collections.abc import Mapping
from typing import Any

from django import forms

from core.ui.open_forms import WholeForm
from inventory.items.item_table import LONGEST, Meaning
from inventory.models import MOST_ON_HAND

COMPONENTS = 6  # on the page; a sheet takes more


class ItemForm(WholeForm, forms.Form):
    """One name, and what it stands for: a SKU alone is an alias, SKUs with quantities are a kit."""

    name = forms.CharField(
        label="Seller's SKU or UPC", max_length=LONGEST, help_text="As the listing, or the warehouse, writes it."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, COMPONENTS + 1):
            self.fields[f"sku_{number}"] = forms.CharField(
                label="Warehouse SKU" if number == 1 else f"Component {number}",
                max_length=LONGEST,
                required=number == 1,
            )
            self.fields[f"quantity_{number}"] = forms.IntegerField(
                label="Units in one kit" if number == 1 else f"Units of component {number}",
                min_value=1,
                max_value=MOST_ON_HAND,
                required=False,
                help_text="Leave empty for an alias." if number == 1 else "",
            )

    @property
    def meaning(self) -> Meaning:
        """What the name is to stand for."""
        cells: Mapping[str, Any] = self.cleaned_data
        rows = [(cells[f"sku_{number}"], cells[f"quantity_{number}"]) for number in range(1, COMPONENTS + 1)]
        return [(sku, quantity) for sku, quantity in rows if sku]
