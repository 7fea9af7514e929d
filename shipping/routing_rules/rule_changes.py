"""What people say about where orders go: routing rules, and which carts leave it to them.

A change is kept whole, in one commit with what it does to the orders that wait: those that are held for want of a
warehouse flow, and those that are owed to a warehouse which never heard of them go where they go now. Who changes
anything of it locks all routes of the organization first, as whoever archives a warehouse does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.event_log import event, record, record_all
from orders.models import Order, OrderStatus
from orders.statuses import NO_WAY
from shipping.methods import mapping
from shipping.methods.mapping import SAID, RuleGone
from shipping.models import OrderSplitting, Release, Route, RoutingRule, Warehouse, releases_of
from shipping.routing import routes_for
from shipping.routing_rules import unrouted
from shipping.routing_rules.placement import BESIDE, place
from shipping.routing_rules.rules import words_of

PAGE = 500
SAME = ("organization_id", "cart_id", "warehouse_id", "in_stock", *SAID)


@dataclass(frozen=True, slots=True)
class RoutingChange:
    """What somebody wants to be said otherwise."""

    kept: RoutingRule | None = None  # a rule that is added, or says something else
    removed: RoutingRule | None = None
    by_rules: Mapping[int, bool] = field(default_factory=dict)  # by the cart's id: whether it leaves it to the rules
    splits: bool | None = None  # whether orders may be split over warehouses

    def rules(self, kept: Sequence[RoutingRule]) -> list[RoutingRule]:
        """Return the rules as they would stand then. Pure."""
        gone = {rule.pk for rule in (self.kept, self.removed) if rule is not None}
        return [*(rule for rule in kept if rule.pk not in gone), *([self.kept] if self.kept is not None else [])]

    def leaves_it(self, route: Route) -> bool:
        return self.by_rules.get(route.cart_id, route.by_rules)


@dataclass(frozen=True, slots=True)
class Rerouted:
    freed: int = 0  # held orders that flow
    moved: int = 0  # orders that waited for another warehouse


class WarehouseGone(Exception):
    """Somebody archived the rule's warehouse meanwhile."""


def change(organization: Organization, wanted: RoutingChange, *, by: User | None, now: datetime) -> Rerouted:
    """Keep what differs. Raises RuleGone, or WarehouseGone."""
    carts = list(Cart.objects.filter(organization=organization).order_by("pk"))
    with transaction.atomic(durable=True):
        routes = routes_for(carts)
        mapping.lock_routes(routes)
        for cart in carts:
            _leave(cart, routes[cart.pk], wanted, by=by, now=now)
        if wanted.kept is not None:
            _keep(organization, wanted.kept, by=by, now=now)
        if wanted.removed is not None and RoutingRule.objects.filter(pk=wanted.removed.pk).delete()[0]:
            record("routing_rule.removed", organization, now=now, actor=by, rule=words_of(wanted.removed, whole=True))
        if wanted.splits is not None:
            _let_split(organization, wanted.splits, by=by, now=now)
        _lock_waiting(carts)
        moved = _take_back(carts, now=now)
        freed = unrouted.flow(carts, now=now, by=by)
        # Where it goes now, its ship method may be known.
        return Rerouted(freed + mapping.flow(carts, now=now, by=by), moved)


def _leave(cart: Cart, route: Route, wanted: RoutingChange, *, by: User | None, now: datetime) -> None:
    leaves = wanted.by_rules.get(cart.pk)
    if leaves is None or not Route.objects.filter(pk=route.pk).exclude(by_rules=leaves).update(by_rules=leaves):
        return
    if leaves:
        record("route.by_rules", cart, now=now, actor=by)
    else:
        record("route.by_cart", cart, now=now, actor=by, warehouse=route.warehouse.name)


def _keep(organization: Organization, rule: RoutingRule, *, by: User | None, now: datetime) -> None:
    if not Warehouse.objects.in_use().filter(pk=rule.warehouse_id).exists():
        raise WarehouseGone(f"{rule.warehouse} was archived in the meantime. Choose another warehouse.")
    if rule._state.adding:
        if RoutingRule.objects.filter(**{name: getattr(rule, name) for name in SAME}).exists():
            return  # pressed twice
        rule.save(force_insert=True)
    elif RoutingRule.objects.filter(pk=rule.pk).exists():
        rule.save(force_update=True)
    else:
        raise RuleGone("Somebody else has removed this rule in the meantime. Nothing was changed.")
    words = words_of(rule, whole=True)
    record("routing_rule.kept", organization, now=now, actor=by, rule=words, to=rule.warehouse.name)


def _let_split(organization: Organization, splits: bool, *, by: User | None, now: datetime) -> None:
    kept, _ = OrderSplitting.objects.get_or_create(organization=organization)
    if OrderSplitting.objects.filter(pk=kept.pk).exclude(is_on=splits).update(is_on=splits):
        record("routing_rule.splits" if splits else "routing_rule.keeps_whole", organization, now=now, actor=by)


def _lock_waiting(carts: Sequence[Cart]) -> None:
    """Lock all that may go elsewhere or flow in one sequence: what follows takes them kind by kind."""
    owed = Q(status=OrderStatus.NEW, parts=0, release__in=Release.objects.untouched())
    held = Q(status=OrderStatus.HELD, held_for__in=NO_WAY)
    list(Order.objects.filter(owed | held, cart__in=carts).all_locked().values_list("pk"))


def _take_back(carts: Sequence[Cart], *, now: datetime) -> int:
    """Owe an order no more to a warehouse that never heard of it, where it goes elsewhere by now: the next sweep owes
    it there, or holds it. Returns how many."""
    routes = {route.cart_id: route for route in routes_for(carts).values() if route.by_rules}
    whole = Order.objects.filter(cart__in=routes, status=OrderStatus.NEW, parts=0)  # a split order stays split
    waiting = whole.filter(release__in=Release.objects.untouched())
    moved = after = 0
    while page := list(waiting.filter(pk__gt=after).all_locked().prefetch_related(*BESIDE)[:PAGE]):
        after = page[-1].pk
        # No worker begins with one of these before the commit; one that began meanwhile goes where it was to go.
        free = Release.objects.untouched().filter(order__in=page).select_for_update(of=("self",)).order_by("order_id")
        mine = dict(free.values_list("order", "pk"))
        placements = place(page, routes, now=now)
        there = {order.pk: release.warehouse for order in page for release in releases_of(order)}
        away = [
            order
            for order in page
            if order.pk in mine
            and (placements[order.pk].parts or placements[order.pk].warehouse != there.get(order.pk))
        ]
        Release.objects.filter(pk__in=[mine[order.pk] for order in away]).delete()
        Order.objects.filter(pk__in=[order.pk for order in away]).update(released_to=None)
        record_all(event("order.rerouted", each, now=now, warehouse=there[each.pk].name) for each in away)
        moved += len(away)
    return moved
