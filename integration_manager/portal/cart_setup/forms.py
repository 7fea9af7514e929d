"""The settings of a cart and of where its orders go, on one form."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from carts.create import SERVICES
from carts.forms import CartForm
from carts.models import Cart
from shipping.models import Route, ShipMethod, Warehouse

OF_CART = (*CartForm.Meta.fields, "prime_prefix")
# Of a cart whose orders are pushed: it runs on no schedule of ours, and knows no Prime and no supply source.
ASKED_ONLY = (
    *(f"{service}_{what}" for service in SERVICES for what in ("on", "every")),
    *("prime_prefix", "prime_method", "ship_from"),
)
OF_ROUTE = ("warehouse", "reject_unmapped", "prime_method", "ship_from")
MAPPED = (*OF_ROUTE, "prime_prefix")  # whoever may not map ship methods may look at these
PREFIX = re.compile(r"[A-Za-z0-9_-]*")
SUPPLY_SOURCE = re.compile(r"[A-Za-z0-9._:-]*")


class SetupForm(CartForm):
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.none(), empty_label=None, help_text="Where the cart's orders go."
    )
    reject_unmapped = forms.BooleanField(
        label="Hold orders without a ship method",
        required=False,
        help_text=Route._meta.get_field("reject_unmapped").help_text,
    )
    prime_method = forms.ChoiceField(
        label="Ship Prime orders by",
        required=False,
        help_text="Carrier and service for all Prime orders. If left empty, their own ship method's mapping applies.",
    )

    ship_from = forms.CharField(
        label="Ship-from location",
        required=False,
        max_length=80,
        help_text=Route._meta.get_field("ship_from").help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta(CartForm.Meta):
        model = Cart
        fields = OF_CART

    def __init__(
        self,
        *args: Any,
        route: Route,
        warehouses: QuerySet[Warehouse],
        ship_methods: Sequence[ShipMethod],
        may_map: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._ship_methods = {str(each.pk): each for each in ship_methods}
        self.fields["warehouse"].queryset = warehouses  # type: ignore[attr-defined]
        self.fields["prime_method"].choices = [  # type: ignore[attr-defined]
            ("", "As mapped"),
            *grouped(ship_methods),
        ]
        self.initial["warehouse"] = route.warehouse_id
        if route.by_rules:
            self.fields["warehouse"].help_text = (
                format_html(
                    'Whose stock it shows. Its orders go where the <a href="{}">routing rules</a> say.',
                    reverse("shipping:routing"),
                )
                if may_map
                else "Whose stock it shows. Its orders go where the routing rules say."
            )
        self.initial["reject_unmapped"] = route.reject_unmapped
        self.initial["ship_from"] = route.ship_from
        self.initial["prime_method"] = str(route.prime_method_id or "")
        if not may_map:
            for name in MAPPED:
                self.fields[name].disabled = True
            self._show_only(route)
        if self.instance.is_pushed:
            for name in ASKED_ONLY:
                del self.fields[name]

    def _show_only(self, route: Route) -> None:
        """Whoever may not choose sees what was chosen, though the warehouse is nothing else of theirs."""
        self.fields["warehouse"].queryset = Warehouse.objects.filter(pk=route.warehouse_id)  # type: ignore[attr-defined]
        if method := route.prime_method:
            self._ship_methods = {str(method.pk): method}
            self.fields["prime_method"].choices = [(str(method.pk), method.label)]  # type: ignore[attr-defined]

    @property
    def of_cart(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in OF_CART if name in self.fields}

    @property
    def of_route(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in OF_ROUTE if name in self.fields}

    def clean_prime_prefix(self) -> str:
        prefix: str = self.cleaned_data["prime_prefix"]
        if not PREFIX.fullmatch(prefix):
            raise forms.ValidationError("Use only letters, digits, - and _, like PRIME-.")
        return prefix

    def clean_ship_from(self) -> str:
        place: str = self.cleaned_data["ship_from"]
        if not SUPPLY_SOURCE.fullmatch(place):
            raise forms.ValidationError(
                "Use only letters, digits, - . _ and :, as Amazon shows the supply source's ID."
            )
        return place

    def clean_prime_method(self) -> ShipMethod | None:
        return self._ship_methods.get(self.cleaned_data["prime_method"])

    def clean(self) -> dict[str, Any]:
        """A ship method of another warehouse cannot stay: it is taken out of the form, and said why."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen, warehouse = cleaned.get("prime_method"), cleaned.get("warehouse")
        if chosen is not None and warehouse is not None and chosen.warehouse_id != warehouse.pk:
            self.add_error(
                "prime_method",
                f"{chosen.label} belongs to {chosen.warehouse}, not {warehouse}, so it was removed. "
                f"Choose one of {warehouse}'s, or save without.",
            )
            self.data = {**self.data.dict(), "prime_method": ""}  # type: ignore[attr-defined]
        return cleaned


def grouped(ship_methods: Sequence[ShipMethod]) -> list[tuple[str, Any]]:
    """Return choices by carrier and service, under their warehouse's name where there are several warehouses."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in ship_methods:
        groups.setdefault(each.warehouse.name, []).append((str(each.pk), each.label))
    return list(groups.items()) if len(groups) > 1 else [choice for group in groups.values() for choice in group]
