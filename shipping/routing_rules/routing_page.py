"""What the page of routing shows: the rules in the order they are asked, and the orders that no rule fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Access
from orders import countries
from shipping.methods import rules as conditions
from shipping.models import Route, RoutingRule
from shipping.routing_rules import unrouted
from shipping.routing_rules.rules import most_specific_first, words_of

MOST_GROUPS = 10


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule as the list shows it."""

    rule: RoutingRule
    name: str  # all of it, for whoever hears the button alone
    orders: str  # its conditions about the order; "" where it has none
    cart: str  # whose orders alone, with the merchant: carts of several merchants share names
    is_asked: bool


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Orders of one cart to one country that are held for the same reason, and where a rule for them is begun."""

    count: int
    cart: str
    country: str
    reason: str
    url: str


def listed(rules: Iterable[RoutingRule], routes: Sequence[Route]) -> list[ListedRule]:
    return [
        ListedRule(
            rule,
            words_of(rule, whole=True),
            _about(rule),
            rule.cart.full_name if rule.cart else "",
            is_asked(rule, routes),
        )
        for rule in most_specific_first(rules)
    ]


def is_asked(rule: RoutingRule, routes: Sequence[Route]) -> bool:
    """Whether some cart goes by the rules whose orders it may be about."""
    return any(route.by_rules and rule.cart_id in (None, route.cart_id) for route in routes)


def catches_all(rules: Iterable[ListedRule]) -> bool:
    """Whether a rule that is in force takes what no other one fits."""
    return any(not (each.orders or each.cart) and each.rule.warehouse.archived_at is None for each in rules)


def held_groups(access: Access) -> list[HeldGroup]:
    """Return what is held for want of a warehouse, the most orders first."""
    held = unrouted.held().visible_to(access).order_by()
    grouped = held.values_list("cart", "recipient__country", "reason").annotate(count=Count("pk"))
    most = list(grouped.order_by("-count", "cart", "recipient__country", "reason")[:MOST_GROUPS])
    carts = Cart.objects.visible_to(access).select_related("merchant").in_bulk({cart for cart, *_ in most})
    return [
        HeldGroup(count, carts[cart].full_name, country or "", reason, _begun(cart, country or ""))
        for cart, country, reason, count in most
        if cart in carts
    ]


def _begun(cart_id: int, country: str) -> str:
    said = {"cart": cart_id, "country": country} if countries.code_of(country) else {"cart": cart_id}
    return f"{reverse('shipping:new_routing_rule')}?{urlencode(said)}"


def _about(rule: RoutingRule) -> str:
    words = conditions.words_of(rule, whole=True)
    said = [words] if words != conditions.ANY else []
    text = ", ".join([*said, *(["in stock there"] if rule.in_stock else [])])
    return text[:1].upper() + text[1:]
