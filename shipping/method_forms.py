"""What people write about ship methods and about where a cart's orders go."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from shipping.models import CartMethod, Route, ShipMethod, Warehouse


class MethodsForm(forms.Form):
    """A cart's route, and what the warehouse calls each of the cart's ship methods: one form, saved at once."""

    warehouse = forms.ModelChoiceField(Warehouse.objects.none(), empty_label=None)
    reject_unmapped = forms.BooleanField(
        label="Hold orders whose ship method is not mapped",
        required=False,
        help_text=Route._meta.get_field("reject_unmapped").help_text,
    )

    def __init__(
        self,
        posted: QueryDict | None,
        *,
        route: Route,
        methods: Sequence[CartMethod],
        warehouses: QuerySet[Warehouse],
        ship_methods: Sequence[ShipMethod],
    ) -> None:
        first = {"warehouse": route.warehouse_id, "reject_unmapped": route.reject_unmapped}
        super().__init__(posted, initial=first)
        self.methods = methods
        self._ship_methods = {str(each.pk): each for each in ship_methods}
        self.fields["warehouse"].queryset = warehouses  # type: ignore[attr-defined]
        choices = [("", "Not mapped"), *_grouped(ship_methods)]
        for method in methods:
            field = forms.ChoiceField(label=method.name, choices=choices, required=False)
            field.initial = method.ship_method_id or ""
            self.fields[f"method_{method.pk}"] = field

    def rows(self) -> list[tuple[CartMethod, forms.BoundField]]:
        return [(method, self[f"method_{method.pk}"]) for method in self.methods]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for method in self.methods:
            chosen = self.chosen(method)
            if chosen and "warehouse" in cleaned and chosen.warehouse_id != cleaned["warehouse"].pk:
                sentence = f"{chosen.label} belongs to {chosen.warehouse}, not to {cleaned['warehouse']}."
                self.add_error(f"method_{method.pk}", sentence)
        return cleaned

    def chosen(self, method: CartMethod) -> ShipMethod | None:
        return self._ship_methods.get(self.cleaned_data.get(f"method_{method.pk}") or "")


def _grouped(ship_methods: Sequence[ShipMethod]) -> list[tuple[str, Any]]:
    """Return choices, under their warehouse's name where there are several warehouses."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in ship_methods:
        groups.setdefault(each.warehouse.name, []).append((str(each.pk), each.label))
    return list(groups.items()) if len(groups) > 1 else [choice for group in groups.values() for choice in group]


class ShipMethodForm(forms.ModelForm):
    class Meta:
        model = ShipMethod
        fields = ("label", "carrier", "scac", "service")
        help_texts = {
            "label": "What people call it, like UPS 2nd Day Air.",
            "carrier": "What the marketplace is told, like UPS.",
            "scac": "The carrier's code of 2 to 4 letters, like UPSN.",
            "service": "Like 2nd Day Air.",
        }

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        others = ShipMethod.objects.filter(warehouse=self.instance.warehouse, label__iexact=label)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"{self.instance.warehouse} has a ship method of this name already.")
        return label

    def clean_scac(self) -> str:
        scac: str = self.cleaned_data["scac"].upper()
        if not scac.isalnum():
            raise forms.ValidationError("Write letters and digits only.")
        return scac
