"""What people write about a warehouse."""

from typing import Any

from django import forms

from core.ui.open_forms import WholeForm
from orders.countries import code_of
from shipping import warehouses
from shipping.locations.warehouse_records import ADDRESS
from shipping.models import Warehouse

NOT_YET = {"api"}  # until there is an API


class WarehouseForm(WholeForm, forms.ModelForm):
    """Its name and where it is; of a new one also its system, where there are several kinds."""

    country = forms.CharField(max_length=60, required=False, help_text="Its name, or two letters, like US.")
    field_order = ("name", "kind", *ADDRESS)

    class Meta:
        model = Warehouse
        fields = ("name", "kind", *ADDRESS)
        labels = {"kind": "Warehouse system"}
        help_texts = {
            "name": "Your people read it on orders, and sellers in their settings.",
            "line1": "The address stands on packing slips as the sender.",
        }
        error_messages = {"name": {"required": "Enter the warehouse's name."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["kind"]
            return
        offered = [(kind, label) for kind, label in warehouses.kinds() if kind not in NOT_YET]
        self.fields["kind"] = forms.ChoiceField(
            label="Warehouse system", choices=offered, initial=offered[0][0], required=False
        )

    @property
    def kind(self) -> str:
        return str(self.cleaned_data.get("kind") or next(iter(warehouses.WAREHOUSES)))

    @property
    def wanted(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", *ADDRESS)}

    def clean_country(self) -> str:
        said: str = self.cleaned_data["country"]
        if said and not code_of(said):
            raise forms.ValidationError(
                f"“{said[:30]}” is not a country we know. Enter its name or its two letters, like US."
            )
        return code_of(said)
