"""What people write about ship methods."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from core.common.money import is_currency, minor_digits
from core.ui.amount_field import AmountField
from core.ui.open_forms import OpenForm, WholeForm
from orders.countries import code_of
from orders.postal_codes import plain
from shipping.carriers.typed_words import SCAC, refusal
from shipping.methods.mapping import MethodChange
from shipping.methods.rules import PROGRAMS, amount, program_name
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


class MethodRuleForm(WholeForm, forms.ModelForm):
    """A rule of a cart, or of all carts. ``instance`` says which; ``names`` are the ship methods seen there."""

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
        model = MethodRule
        fields = (
            "service",
            "prime",
            "program",
            "country",
            "postal_prefix",
            "least",
            "below",
            "currency",
            "ship_method",
        )
        field_classes = {"least": AmountField, "below": AmountField}  # noqa: RUF012
        labels = {"least": "Value from", "below": "Value below"}
        help_texts = {
            "postal_prefix": "Like 10 or SW1A. Enter the country, too.",
            "below": "Orders of exactly this value are not included.",
            "currency": "Three letters, like EUR. Orders in another currency are not included.",
        }
        error_messages = {"ship_method": {"required": "Choose a ship method for these orders.", **WRONG}}

    def __init__(self, posted: QueryDict | None, *, instance: MethodRule, methods: Any, names: Sequence[str]) -> None:
        super().__init__(posted, instance=instance)
        if instance.cart_id is None:
            self.fields["ship_method"] = ByWarehouseField(
                methods.select_related("warehouse"),
                label="Ship method",
                help_text="The rule applies to carts that send to this warehouse.",
                error_messages={"required": "Choose a ship method for these orders."},
            )
        else:
            self.fields["ship_method"].queryset = methods  # type: ignore[attr-defined]
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
        asks = (
            any(said[name] for name in ("service", "program", "country", "postal_prefix")) or said["prime"] is not None
        )
        if not self.errors and not asks and least is None and below is None:
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
