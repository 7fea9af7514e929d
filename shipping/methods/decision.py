"""Which ship method orders get: for a page of them at once, and by the same rules whether they go or are rehearsed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from core.common.vault import Unopenable
from orders.models import Order, Recipient
from shipping.methods.rules import Decision, MethodFacts, Rulebook, most_specific_first
from shipping.models import CartMethod, ChosenMethod, MethodRule, Release, Route, ShipMethod, Warehouse
from shipping.routing import routes_for

Books = Mapping[int, Rulebook]  # by the cart's id
Places = Mapping[int, Warehouse]  # by the order's id
ANYWHERE: Places = {}


class Asking(Protocol):
    """A book of rules, as far as it says what it asks of an order."""

    @property
    def asks_country(self) -> bool: ...

    def asks_postal_code(self, facts: MethodFacts) -> bool: ...


def rulebooks(routes: Mapping[int, Route]) -> dict[int, Rulebook]:
    """Return what is said about the orders of these carts: two queries, however many there are."""
    organizations = {route.organization_id for route in routes.values()}
    mapped: dict[int, dict[str, ShipMethod | None]] = {cart_id: {} for cart_id in routes}
    for method in CartMethod.objects.filter(cart__in=routes, ship_method__isnull=False).select_related("ship_method"):
        mapped[method.cart_id][method.name] = method.ship_method
    of_cart: dict[int, list[MethodRule]] = {}
    of_house: dict[int, list[MethodRule]] = {}
    # The rules for all carts, too: asked for by the organization, a few hundred at the most.
    for rule in MethodRule.objects.filter(organization__in=organizations).select_related("ship_method"):
        if rule.cart_id is None:
            of_house.setdefault(rule.organization_id, []).append(rule)
        elif rule.cart_id in routes:
            of_cart.setdefault(rule.cart_id, []).append(rule)
    return {
        cart_id: Rulebook(
            warehouse_id=route.warehouse_id,
            reject=route.reject_unmapped,
            prime=route.prime_method,
            rules=most_specific_first(of_cart.get(cart_id, ())),
            mapped=mapped[cart_id],
            house_rules=most_specific_first(of_house.get(route.organization_id, ())),
            default=route.default_method,
            house_default=route.warehouse.default_method,
        )
        for cart_id, route in routes.items()
    }


def decide(orders: Collection[Order], books: Books, places: Places = ANYWHERE) -> dict[int, Decision]:
    """Return by the order's id what each goes by: at most three queries, however many orders there are.

    ``places``: by the order's id, the warehouse of each that does not go to its cart's.
    """
    asking = books_at(orders, books, places)
    facts = facts_of(orders, asking)
    return {order.pk: asking[order.pk].decide(facts[order.pk]) for order in orders}


def books_at(orders: Iterable[Order], books: Books, places: Places) -> dict[int, Rulebook]:
    """Return by the order's id what is said about it where it goes."""
    found: dict[tuple[int, int | None], Rulebook] = {}
    by_order = {}
    for order in orders:
        place = places.get(order.pk)
        key = (order.cart_id, place.pk if place else None)
        if key not in found:
            found[key] = books[order.cart_id].at(place) if place else books[order.cart_id]
        by_order[order.pk] = found[key]
    return by_order


def facts_of(orders: Collection[Order], *asking: Mapping[int, Asking]) -> dict[int, MethodFacts]:
    """Return what these books, by the order's id, ask of the orders. An address is opened only where a rule hangs on
    it."""
    chosen = chosen_by_people(orders)
    facts = {
        order.pk: MethodFacts(
            service=order.service,
            is_prime=order.is_prime,
            programs=order.program_words,
            total=order.total,
            currency=order.currency,
            chosen=chosen.get(order.pk),
        )
        for order in orders
    }
    asked = [order.pk for order in orders if any(books[order.pk].asks_country for books in asking)]
    if asked:
        countries = Recipient.objects.filter(order__in=asked).exclude(country="").values_list("order", "country")
        for pk, country in countries:
            facts[pk] = replace(facts[pk], country=country)
    for pk, code in _postal_codes(
        order for order in orders if any(books[order.pk].asks_postal_code(facts[order.pk]) for books in asking)
    ):
        facts[pk] = replace(facts[pk], postal_code=code)
    return facts


def mapped_by_now(orders: Collection[Order], releases: Mapping[int, Release]) -> dict[int, int]:
    """Return by the order's id the ship method of those that were handed over without one, and have one by now.

    A few queries, however many there are, and none where there is no such order. ``releases`` are by the order's id.
    """
    late = [order for order in orders if order.pk in releases and releases[order.pk].ship_method_id is None]
    if not late:
        return {}
    books = rulebooks(routes_for({order.cart_id: order.cart for order in late}.values()))
    decisions = decide(late, books, {order.pk: releases[order.pk].warehouse for order in late})
    return {pk: decision.method_id for pk, decision in decisions.items() if decision.method_id}


def chosen_by_people(orders: Collection[Order]) -> dict[int, ShipMethod]:
    """Return the ship methods people chose for single orders."""
    chosen = ChosenMethod.objects.filter(order__in=[order.pk for order in orders]).select_related("ship_method")
    return {each.order_id: each.ship_method for each in chosen}


def _postal_codes(orders: Iterable[Order]) -> Iterable[tuple[int, str]]:
    """Yield the postal codes that are known. One that was erased, or cannot be opened, is not."""
    by_id = {order.pk: order for order in orders}
    if not by_id:
        return
    for recipient in Recipient.objects.filter(order__in=by_id, sealed__isnull=False).only("order_id", "sealed"):
        recipient.order = by_id[recipient.order_id]  # what it is sealed with; saves asking for each
        try:
            address, _ = recipient.open()
        except Unopenable:
            continue
        if address is not None and address.postal_code:
            yield recipient.order_id, address.postal_code
