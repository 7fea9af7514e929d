"""Two people with the same form open: whoever saves later is told, and replaces nothing unseen."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Membership
from core.alerts.models import Subscription
from orders.models import ItemFilter, Match, OrderFilter
from simulator.amazon import Simulator
from tests import factories
from tests.routing_rule_factory import RoutingRuleFactory
from tests.test_tenancy import Things, client_of, ours
from tests.world import simulator

pytestmark = pytest.mark.django_db
__all__ = ["ours", "simulator"]  # fixtures

TOLD = "Somebody else saved this after you opened the page"


class Fields(HTMLParser):
    """What a browser would send of the form with a field of this name."""

    def __init__(self, page: str, field: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.selected = self.writing = ""
        self.feed(page)
        self.found = next(each for each in self.forms if field in each and "seen" in str(each.keys()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag == "form":
            self.forms.append({})
        elif not self.forms:
            return
        elif tag == "input" and name:
            if said.get("type") not in ("checkbox", "radio"):
                self.forms[-1][name] = value
            elif "checked" in said:
                self.forms[-1].setdefault(name, []).append(value or "on")
        elif tag == "textarea":
            self.writing = name
            self.forms[-1][name] = ""
        elif tag == "select":
            self.selected = name
            self.forms[-1][name] = ""
        elif tag == "option" and "selected" in said:
            self.forms[-1][self.selected] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.writing = ""

    def handle_data(self, data: str) -> None:
        if self.writing and self.forms:
            self.forms[-1][self.writing] += data.removeprefix("\n")


# By what is changed: its page, where it is sent if elsewhere, a field, what the two say, and what is stored.
def cases(things: Things) -> dict[str, tuple[str, str, str, Any, Any, dict[str, str], Any]]:
    cart = Cart.objects.get(pk=things["cart_id"])
    of_cart = {"organization": cart.organization, "merchant": cart.merchant, "cart": cart}
    wanted = {"effect": OrderFilter.Effect.RESTRICTED, "field": "country", "match": Match.WHOLE, "values": ["US"]}
    chosen = OrderFilter.objects.create(**of_cart, **wanted)
    ItemFilter.objects.create(**of_cart, values=["POT-1"])
    warehouse = factories.WarehouseFactory(organization=cart.organization)
    factories.RouteFactory(cart=cart, warehouse=warehouse)
    method = factories.ShipMethodFactory(warehouse=warehouse)
    rule = factories.MethodRuleFactory(cart=cart, service="", country="DE", ship_method=method)
    routing_rule = RoutingRuleFactory(warehouse=warehouse, country="DE")
    filters = reverse("orders:filters", args=[cart.pk])
    settings = reverse("carts:settings", args=[cart.pk])
    methods = reverse("shipping:shipping")
    merchant = reverse("merchants:merchant", args=[cart.merchant_id])
    row = f"edit{method.pk}"
    return {
        "cart": (settings, "", "name", "Ours", "Theirs", {}, lambda: fresh(cart).name),
        "merchant": (merchant, "", "name", "Ours", "Theirs", {}, lambda: fresh(cart.merchant).name),
        "filter": (
            f"{filters}?edit={chosen.pk}", filters, "values", "GB", "FR", {"action": "keep"},
            lambda: fresh(chosen).values[0],
        ),
        "items": (
            filters, "", "values", "MUG-1", "CUP-1", {"action": "list"},
            lambda: ItemFilter.objects.get(cart=cart).values[0],
        ),
        "rule": (
            reverse("shipping:rule", args=[rule.pk]), "", "country", "FR", "GB", {"action": "save"},
            lambda: fresh(rule).country,
        ),
        "routing rule": (
            reverse("shipping:routing_rule", args=[routing_rule.pk]), "", "country", "FR", "GB", {"action": "save"},
            lambda: fresh(routing_rule).country,
        ),
        "ship method": (
            f"{methods}?edit={method.pk}", methods, f"{row}-label", "Ours", "Theirs", {"action": "edit"},
            lambda: fresh(method).label,
        ),
        "person": (
            reverse("people:person", args=[things["membership_id"]]), "", "role", "staff", "admin", {},
            lambda: Membership.objects.get(pk=things["membership_id"]).role,
        ),
        "subscription": (
            reverse("subscriptions:subscription", args=[things["subscription_id"]]), "", "topics", ["created"],
            ["failed"], {}, lambda: Subscription.objects.get(pk=things["subscription_id"]).topics,
        ),
    }  # fmt: skip


def fresh(row: Any) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


def form(page: str, field: str, other: str = "") -> dict[str, Any]:
    return Fields(page, field).found


@pytest.mark.parametrize(
    "what", ["cart", "merchant", "filter", "items", "rule", "routing rule", "ship method", "person", "subscription"]
)
def test_the_later_one_is_told_and_replaces_only_what_they_were_shown(
    what: str, ours: Things, simulator: Simulator
) -> None:
    page, sent, field, mine, theirs, button, stored = cases(ours)[what]
    sent = sent or page
    me, other = client_of(ours, Role.OWNER), client_of(ours, Role.OWNER)
    named = "by" if what == "items" else field
    opened = form(me.get(page).content.decode(), named)

    kept = other.post(sent, form(other.get(page).content.decode(), named) | {field: theirs} | button)
    assert (kept.status_code, stored()) == (302, theirs)
    refused = me.post(sent, opened | {field: mine} | button)

    assert refused.status_code == 422
    assert TOLD in refused.content.decode()
    assert stored() == theirs
    again = form(refused.content.decode(), named)
    assert again[field] == mine  # what was typed stays
    assert me.post(sent, again | button).status_code == 302
    assert stored() == mine
