"""What people write about ship methods."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from core.ui.open_forms import OpenForm, WholeForm
from shipping.carriers.typed_words import SCAC, refusal
from shipping.methods.condition_form import CONDITIONS, ConditionForm
from shipping.methods.mapping import MethodChange
from shipping.methods.service_speed import is_slower
from shipping.models import CartMethod, MethodRule, Route, ShipMethod, Warehouse
from shipping.warehouses.base import MethodChoice

WRONG = {"invalid_choice": "The cart's warehouse doesn't have this ship method. Choose again."}


class MethodsForm(OpenForm):
    """What the cart's warehouse calls each of the cart's ship methods, and what becomes of the rest: saved at once."""

    def __init__(
        self,
        posted: QueryDict | None,
        *,
        methods: Sequence[CartMethod],
        ship_methods: Sequence[ShipMethod],
        route: Route,
    ) -> None:
        super().__init__(posted)
        self.methods = methods
        self._promises = APPLICATIONS[route.cart.kind].marketplace.service_days
        self._ship_methods = {str(each.pk): each for each in ship_methods}
        labels = [(str(each.pk), each.label) for each in ship_methods]
        for method in methods:
            field = forms.ChoiceField(
                label=method.name, choices=[("", "Not mapped"), *labels], required=False, error_messages=WRONG
            )
            field.initial = method.ship_method_id or ""
            self.fields[f"method_{method.pk}"] = field
        self.fields["default"] = forms.ChoiceField(
            label="Default ship method",
            choices=[("", "No default"), *labels],
            required=False,
            error_messages=WRONG,
            initial=route.default_method_id or "",
            help_text="For orders that no rule and no line above covers.",
        )
        self.fields["reject"] = forms.BooleanField(
            label="Hold orders without a ship method",
            required=False,
            initial=route.reject_unmapped,
            help_text="Otherwise they go to the warehouse with the marketplace's own name for the method.",
        )
        for each in self.fields.values():
            each.show_hidden_initial = True

    def rows(self) -> list[tuple[CartMethod, forms.BoundField, bool]]:
        """Return each with its field, and whether what it is mapped to is slower than what it promises."""
        return [(method, self[f"method_{method.pk}"], self._is_slower(method)) for method in self.methods]

    def _is_slower(self, method: CartMethod) -> bool:
        mapped = method.ship_method
        return mapped is not None and is_slower(method.name, mapped.service, promises=self._promises)

    @property
    def change(self) -> MethodChange:
        """Return what somebody changed, as far as it differs from what is said now."""
        touched = [method for method in self.methods if self.is_touched(f"method_{method.pk}")]
        chosen = [(method, self._chosen(f"method_{method.pk}")) for method in touched]
        mapped = {method.name: to for method, to in chosen if method.ship_method_id != _pk(to)}
        said = {"default": "default_method", "reject": "reject_unmapped"}
        values = {"default_method": self._chosen("default"), "reject_unmapped": self.cleaned_data["reject"]}
        return MethodChange(
            mapped=mapped, route={name: values[name] for field, name in said.items() if self.is_touched(field)}
        )

    def _chosen(self, field: str) -> ShipMethod | None:
        return self._ship_methods.get(self.cleaned_data.get(field) or "")


def _pk(method: ShipMethod | None) -> int | None:
    return method.pk if method else None


class DefaultsForm(OpenForm):
    """What the rest goes by, of all carts: by each warehouse."""

    def __init__(self, posted: QueryDict | None, *, warehouses: Sequence[Warehouse]) -> None:
        super().__init__(posted)
        self._ship_methods: dict[int, Mapping[str, ShipMethod]] = {}
        for warehouse in warehouses:
            methods = {str(each.pk): each for each in warehouse.ship_methods.all()}
            self._ship_methods[warehouse.pk] = methods
            self.fields[f"default_{warehouse.pk}"] = forms.ChoiceField(
                label=f"Default for {warehouse}",
                choices=[("", "No default"), *((pk, each.label) for pk, each in methods.items())],
                required=False,
                initial=warehouse.default_method_id or "",
                error_messages={"invalid_choice": f"{warehouse} doesn't have this ship method. Choose again."},
                show_hidden_initial=True,
            )

    @property
    def change(self) -> MethodChange:
        said = {pk: self.cleaned_data[f"default_{pk}"] for pk in self._ship_methods if self.is_touched(f"default_{pk}")}
        return MethodChange(defaults={pk: self._ship_methods[pk].get(chosen or "") for pk, chosen in said.items()})


# -- A rule ------------------------------------------------------------------------------------------------------------
class ByWarehouseField(forms.ModelChoiceField):
    """Ship methods of several warehouses, each with its warehouse's name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label} ({obj.warehouse})"


class MethodRuleForm(ConditionForm):
    """A rule of a cart, or of all carts. ``instance`` says which; ``names`` are the ship methods seen there."""

    class Meta(ConditionForm.Meta):
        model = MethodRule
        fields = (*CONDITIONS, "ship_method")
        error_messages = {"ship_method": {"required": "Choose a ship method for these orders.", **WRONG}}  # noqa: RUF012

    def __init__(self, posted: QueryDict | None, *, instance: MethodRule, methods: Any, names: Sequence[str]) -> None:
        super().__init__(posted, instance=instance, names=names)
        if instance.cart_id is None:
            self.fields["ship_method"] = ByWarehouseField(
                methods.select_related("warehouse"),
                label="Ship method",
                help_text="The rule applies to carts that send to this warehouse.",
                error_messages={"required": "Choose a ship method for these orders."},
            )
        else:
            self.fields["ship_method"].queryset = methods  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.asks:
            self.add_error(None, "Enter at least one condition. For all other orders, use the default.")
        return cleaned


def rule_of(cart: Cart | None, organization_id: int, made_at: Any) -> MethodRule:
    """Return a rule not kept yet, of a cart or of all carts."""
    merchant_id = cart.merchant_id if cart else None
    return MethodRule(organization_id=organization_id, merchant_id=merchant_id, cart=cart, made_at=made_at)


# -- A ship method -----------------------------------------------------------------------------------------------------
class ShipMethodForm(WholeForm, forms.ModelForm):
    class Meta:
        model = ShipMethod
        fields = ("label", "carrier", "scac", "service")
        help_texts = {
            "label": "The name people use, like UPS 2nd Day Air.",
            "carrier": "What is sent to the marketplace, like UPS.",
            "scac": "The carrier's code in North America, like UPSN. Leave it empty if the carrier has none.",
            "service": "Like 2nd Day Air.",
        }

    @property
    def choice(self) -> MethodChoice:
        return MethodChoice(**self.cleaned_data)

    def clean_scac(self) -> str:
        scac: str = self.cleaned_data["scac"].strip().upper()
        if scac and not SCAC.fullmatch(scac):
            raise forms.ValidationError("A SCAC has 2 to 4 letters, such as UPSN.")
        return scac

    def clean_carrier(self) -> str:
        return self._clean_name("carrier")

    def clean_service(self) -> str:
        return self._clean_name("service")

    def _clean_name(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if why := refusal(name, text):
            raise forms.ValidationError(why)
        return text
