"""The dry run: where a change of routing would have sent the orders of the last 30 days. Changes nothing.

Stock is looked at as it is now, and for each order alone: what lay there in those days nobody knows any more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from carts.models import Cart
from core.accounts.models import Organization
from orders.models import HeldFor, Order
from shipping.methods.decision import facts_of
from shipping.methods.dry_run import MOST, PAGE, SHOWN, Turn, lately
from shipping.models import Route
from shipping.routing import routes_for
from shipping.routing_rules.placement import Stock, books_of, kept_rules
from shipping.routing_rules.rule_changes import RoutingChange
from shipping.routing_rules.rules import Placement, RoutingBook


@dataclass(frozen=True, slots=True)
class RoutingFate:
    """An order a change sends elsewhere, holds or lets go, or that no rule fits then."""

    order: Order
    turn: Turn | None  # None: no rule fits it now or then
    before: Placement
    after: Placement


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the orders go to one warehouse, now and then."""

    warehouse: str
    before: int
    after: int

    @property
    def change(self) -> str:
        """Return “+3” or “−3”; nothing where it stays."""
        more = self.after - self.before
        return f"{'+' if more > 0 else '−'}{abs(more)}" if more else ""


@dataclass(frozen=True, slots=True)
class RoutingRehearsal:
    """What a change would have done."""

    looked_at: int
    all_of_them: bool  # else only the newest
    otherwise: int  # to another warehouse
    held: int
    flows: int
    waiting: int  # of those that flow, held at this moment: they go at once
    unfit: int  # no rule fits them then
    unfit_before: int
    unknown: int  # whose postal code was asked for and is not known any more
    shares: Sequence[Share]
    asks_stock: bool
    shown: Sequence[RoutingFate]

    @property
    def changed(self) -> int:
        return self.otherwise + self.held + self.flows

    @property
    def held_share(self) -> Share:
        """Return how many no rule fits, now and then."""
        return Share("", self.unfit_before, self.unfit)

    @property
    def differing(self) -> list[RoutingFate]:
        """Return the orders shown that the change sends elsewhere, holds or lets go."""
        return [fate for fate in self.shown if fate.turn is not None]

    @property
    def still_unfit(self) -> list[RoutingFate]:
        """Return the orders shown that no rule fits, now or then."""
        return [fate for fate in self.shown if fate.turn is None]


def rehearse(organization: Organization, change: RoutingChange, *, now: datetime) -> RoutingRehearsal:
    """Ask where the rules send the orders now, and where they would, of the carts that leave it to them now or then."""
    carts = Cart.objects.filter(organization=organization).select_related("organization")
    routes = [route for route in routes_for(carts).values() if route.by_rules or change.leaves_it(route)]
    leaving = lately(organization, now).filter(cart__in=[route.cart_id for route in routes])
    found = list(leaving.prefetch_related("releases")[: MOST + 1])
    orders, kept = found[:MOST], kept_rules([organization.pk])
    before = books_of(routes, kept)
    after = books_of([_then(route, change) for route in routes], change.rules(kept), splits=change.splits)
    fates: list[RoutingFate] = []
    shares: Counter[tuple[str, str]] = Counter()
    unknown = 0
    for start in range(0, len(orders), PAGE):
        for fate, is_unknown in _page(orders[start : start + PAGE], before, after, now=now):
            unknown += is_unknown
            shares[fate.before.named, "before"] += 1
            shares[fate.after.named, "after"] += 1
            if fate.turn is not None or fate.after.warehouse is None:
                fates.append(fate)
    turns = Counter(fate.turn for fate in fates)
    names = sorted({name for name, _ in shares if name})
    return RoutingRehearsal(
        looked_at=len(orders),
        all_of_them=len(found) <= MOST,
        otherwise=turns[Turn.OTHERWISE],
        held=turns[Turn.HELD],
        flows=turns[Turn.FLOWS],
        waiting=sum(fate.turn is Turn.FLOWS and fate.order.held_for == HeldFor.UNROUTED for fate in fates),
        unfit=shares["", "after"],
        unfit_before=shares["", "before"],
        unknown=unknown,
        shares=[Share(name, shares[name, "before"], shares[name, "after"]) for name in names],
        asks_stock=any(book.asks_stock for book in (*before.values(), *after.values())),
        shown=sorted(fates, key=lambda fate: fate.turn is None)[:SHOWN],  # what changes comes first
    )


def _then(route: Route, change: RoutingChange) -> Route:
    """Return the route as it would be."""
    then = copy(route)
    then.by_rules = change.leaves_it(route)
    return then


def _page(
    page: Sequence[Order], before: Mapping[int, RoutingBook], after: Mapping[int, RoutingBook], *, now: datetime
) -> list[tuple[RoutingFate, bool]]:
    """Return what becomes of each, and whether it hangs on a postal code that nobody knows."""
    asking = [{order.pk: books[order.cart_id] for order in page} for books in (before, after)]
    facts, stock = facts_of(page, *asking), Stock(page, before, after, now=now, whole=True)
    found = []
    for order in page:
        known = facts[order.pk]
        was, then = (stock.place(books[order.pk], known, order) for books in asking)
        asked = any(books[order.pk].asks_postal_code(known) for books in asking)
        fate = RoutingFate(order, _turn(was, then), was, then)
        found.append((fate, asked and known.postal_code is None))
    return found


def _turn(before: Placement, after: Placement) -> Turn | None:
    if before.warehouse == after.warehouse and before.named == after.named:
        return None
    if before.warehouse is None:
        return Turn.FLOWS
    return Turn.HELD if after.warehouse is None else Turn.OTHERWISE
