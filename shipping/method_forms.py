"""What people write about ship methods."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from shipping.models import CartMethod, ShipMethod


class MethodsForm(forms.Form):
    """What the cart's warehouse calls each of the cart's ship methods: one form, saved at once."""

    def __init__(
        self, posted: QueryDict | None, *, methods: Sequence[CartMethod], ship_methods: Sequence[ShipMethod]
    ) -> None:
        super().__init__(posted)
        self.methods = methods
        self._ship_methods = {str(each.pk): each for each in ship_methods}
        choices = [("", "Not mapped"), *((str(each.pk), each.label) for each in ship_methods)]
        wrong = {"invalid_choice": "That is no ship method of the cart's warehouse. Choose again."}
        for method in methods:
            field = forms.ChoiceField(label=method.name, choices=choices, required=False, error_messages=wrong)
            field.initial = method.ship_method_id or ""
            self.fields[f"method_{method.pk}"] = field

    def rows(self) -> list[tuple[CartMethod, forms.BoundField]]:
        return [(method, self[f"method_{method.pk}"]) for method in self.methods]

    def chosen(self, method: CartMethod) -> ShipMethod | None:
        return self._ship_methods.get(self.cleaned_data.get(f"method_{method.pk}") or "")


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
