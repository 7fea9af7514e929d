"""What people write about where orders go."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from carts.models import Cart
from core.ui.open_forms import OpenForm
from shipping.methods.condition_form import CONDITIONS, ConditionForm
from shipping.models import Route, RoutingRule, Warehouse


class CartField(forms.ModelChoiceField):
    """Carts, each with its merchant: carts of several merchants share names."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.merchant})"


class RoutingRuleForm(ConditionForm):
    """One rule. One without conditions is about whatever no other rule fits."""

    cart = CartField(Cart.objects.none(), required=False, empty_label="Any")
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.none(), error_messages={"required": "Choose the warehouse these orders go to."}
    )
    in_stock = forms.BooleanField(
        label="Only if all of it is in stock there",
        required=False,
        help_text="Otherwise the next rule that fits decides. An item nobody has counted there is not in stock.",
    )

    class Meta(ConditionForm.Meta):
        model = RoutingRule
        fields = ("cart", *CONDITIONS, "in_stock", "warehouse")

    def __init__(
        self,
        posted: QueryDict | None,
        *,
        instance: RoutingRule,
        names: Sequence[str],
        carts: QuerySet[Cart],
        warehouses: QuerySet[Warehouse],
    ) -> None:
        super().__init__(posted, instance=instance, names=names)
        self.fields["cart"].queryset = carts.select_related("merchant").order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["warehouse"].queryset = warehouses.order_by("name")  # type: ignore[attr-defined]


class CartsForm(OpenForm):
    """Which carts leave it to the rules where their orders go."""

    def __init__(self, posted: QueryDict | None, *, routes: Sequence[Route]) -> None:
        super().__init__(posted)
        self.routes = routes
        for route in routes:
            self.fields[f"cart_{route.cart_id}"] = forms.BooleanField(
                label=f"{route.cart} ({route.cart.merchant})",
                required=False,
                initial=route.by_rules,
                show_hidden_initial=True,
            )

    def rows(self) -> list[tuple[Route, forms.BoundField]]:
        return [(route, self[f"cart_{route.cart_id}"]) for route in self.routes]

    @property
    def by_rules(self) -> dict[int, bool]:
        """Return by the cart's id what somebody changed."""
        said = [(route, f"cart_{route.cart_id}") for route in self.routes]
        return {route.cart_id: self.cleaned_data[name] for route, name in said if self.is_touched(name)}
