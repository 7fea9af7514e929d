"""Where orders go: for a page of them at once, and by the same rules whether they go or are rehearsed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from orders.models import Order
from shipping.methods.decision import facts_of
from shipping.methods.rules import MethodFacts
from shipping.models import OrderSplitting, Route, RoutingRule, Warehouse, release_of
from shipping.routing_rules import shelf
from shipping.routing_rules.fewest_warehouses import split
from shipping.routing_rules.rules import NO_STOCK, PlacedPart, Placement, RoutingBook, most_specific_first

BESIDE = ("releases__warehouse__default_method",)  # of an order that is placed, to be prefetched


def books_of(
    routes: Iterable[Route], rules: Iterable[RoutingRule] | None = None, *, splits: bool | None = None
) -> dict[int, RoutingBook]:
    """Return by the cart's id what is said about its orders: two statements at the most.

    ``rules`` and ``splits``, whether orders may be split: these instead.
    """
    routes = list(routes)
    if rules is None:
        houses = {route.organization_id for route in routes if route.by_rules}
        rules = kept_rules(houses) if houses else []
    ranked = most_specific_first(rules)
    houses = {route.organization_id for route in routes if route.by_rules}
    splitting = (houses if splits else set()) if splits is not None else splitting_houses(houses)
    return {
        route.cart_id: RoutingBook(
            route.cart_id,
            always=None if route.by_rules else route.warehouse,
            rules=[
                rule
                for rule in ranked
                if rule.organization_id == route.organization_id and rule.cart_id in (None, route.cart_id)
            ]
            if route.by_rules
            else (),
            splits=route.by_rules and route.organization_id in splitting,
        )
        for route in routes
    }


def splitting_houses(organizations: Collection[int]) -> set[int]:
    """Return the ids of those of these organizations that let orders be split."""
    if not organizations:
        return set()
    on = OrderSplitting.objects.filter(organization__in=organizations, is_on=True)
    return set(on.values_list("organization", flat=True))


def kept_rules(organizations: Collection[int]) -> list[RoutingRule]:
    """Return the rules that stand. One to an archived warehouse sleeps."""
    rules = RoutingRule.objects.filter(organization__in=organizations, warehouse__archived_at=None)
    return list(rules.select_related("cart", "warehouse__default_method"))


def warehouses_for(route: Route) -> list[Warehouse]:
    """Return where a cart's orders may go: its own warehouse first, then those that the rules about it name."""
    named = [rule.warehouse for rule in books_of([route])[route.cart_id].rules]
    return list(dict.fromkeys([route.warehouse, *named]))


def place(orders: Sequence[Order], routes: Mapping[int, Route], *, now: datetime) -> dict[int, Placement]:
    """Return by the order's id where each goes. The orders have their releases beside them.

    What a warehouse has, had or may have stays with it. Of the others the first in the list gets what is in stock.
    """
    found: dict[int, Placement] = {}
    asking: list[Order] = []
    for order in orders:
        route, release = routes[order.cart_id], release_of(order)
        if release is not None and not (route.by_rules and release.is_untouched):
            found[order.pk] = Placement(release.warehouse)
        elif route.by_rules:
            asking.append(order)
        else:
            found[order.pk] = Placement(route.warehouse)
    if asking:
        books = books_of(routes[cart_id] for cart_id in {order.cart_id for order in asking})
        found |= by_books(asking, books, now=now)
    return found


def by_books(orders: Sequence[Order], books: Mapping[int, RoutingBook], *, now: datetime) -> dict[int, Placement]:
    """Return where each order goes by what is said in these books, one after the other."""
    facts = facts_of(orders, {order.pk: books[order.cart_id] for order in orders})
    stock = Stock(orders, books, now=now)
    found: dict[int, Placement] = {}
    for order in orders:
        found[order.pk] = placement = stock.place(books[order.cart_id], facts[order.pk], order)
        stock.take(placement, order)
    return found


class Stock:
    """Which warehouses have all of an order, of those that some books ask about; read only if they do."""

    def __init__(
        self, orders: Sequence[Order], *books: Mapping[int, RoutingBook], now: datetime, whole: bool = False
    ) -> None:
        asking = [order for order in orders if any(each[order.cart_id].asks_stock for each in books)]
        rules = [rule for each in books for book in each.values() for rule in book.rules]
        self._asked = {rule.warehouse_id for rule in rules if rule.in_stock}
        self._shelf = shelf.reader()(asking, self._asked, now=now, whole=whole) if asking else None

    def having(self, order: Order) -> set[int]:
        """Return the ids of the warehouses. Where the order is to go already, it is set aside."""
        shelf, release = self._shelf, release_of(order)
        having = {pk for pk in self._asked if shelf.has(pk, order)} if shelf is not None else set()
        return having | ({release.warehouse_id} if release is not None and not release.part else set())

    def place(self, book: RoutingBook, facts: MethodFacts, order: Order) -> Placement:
        """Return where an order goes by what is said in a book; split where that is allowed and nothing else does."""
        placement = book.decide(facts, self.having(order))
        if self._shelf is None or not book.splits or placement.why_not != NO_STOCK:
            return placement
        allowed = {each.pk: each for each in book.allowed(facts)}
        wanted, shelf = self._shelf.wanted(order), self._shelf
        names = {line: sku for line, sku, _ in wanted}
        units = [(line, count) for line, _, count in wanted]
        found = split(units, list(allowed), lambda at, line, beside: shelf.most(at, order, line, beside))
        parts = [
            PlacedPart(allowed[pk], mine, [(names[line], count) for line, count in mine.items()])
            for pk, mine in found.items()
        ]
        if not parts:
            return placement
        return Placement(
            parts[0].warehouse, how="as no warehouse that the routing rules allow has all of it", parts=parts
        )

    def take(self, placement: Placement, order: Order) -> None:
        """Leave that much less for the orders that come after it."""
        if self._shelf is None or placement.warehouse is None:
            return
        for part in placement.parts:
            self._shelf.take(part.warehouse.pk, order, part.units)
        release = release_of(order)
        if not placement.parts and (release is None or release.warehouse_id != placement.warehouse.pk):
            self._shelf.take(placement.warehouse.pk, order)
