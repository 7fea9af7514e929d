"""What people say about ship methods: mappings, rules, defaults, and what becomes of orders nothing is said about.

A change is kept whole, with the orders that were held for want of it: they flow in the same commit. Who changes what is
said, and who holds an order for what is not, locks the route first; so no order is held by what was just changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.event_log import event, record, record_all
from core.alerts.models import Alert
from core.alerts.raised import close_alerts
from orders.models import HeldFor, Order, OrderStatus
from shipping.alerts import UNMAPPED
from shipping.methods.decision import decide, rulebooks
from shipping.methods.rules import Rulebook, most_specific_first, words_of
from shipping.models import CartMethod, MethodRule, Route, ShipMethod, Warehouse
from shipping.routing import routes_for
from shipping.routing_rules.part_methods import held_in_part
from shipping.routing_rules.placement import BESIDE, place

PAGE = 500
SAID = (
    "service",
    "prime",
    "program",
    "country",
    "postal_prefix",
    "least",
    "below",
    "currency",
)  # by a rule about its orders


def list_methods(cart: Cart) -> list[CartMethod]:
    """Return the cart's ship methods: those it starts with, then the others as they were seen on orders."""
    see(cart, cart.service_names, seen_at=None)
    known = CartMethod.objects.filter(cart=cart).select_related("ship_method")
    start = {name: place for place, name in enumerate(cart.service_names)}
    return sorted(known, key=lambda method: (start.get(method.name, len(start)), method.name))


def see(cart: Cart, names: Iterable[str], *, seen_at: datetime | None) -> None:
    """Remember that the cart uses these ship methods."""
    rows = [
        CartMethod(
            organization_id=cart.organization_id, merchant_id=cart.merchant_id, cart=cart, name=name, seen_at=seen_at
        )
        for name in sorted({name for name in names if name})
    ]
    CartMethod.objects.bulk_create(rows, ignore_conflicts=True)
    if seen_at:
        CartMethod.objects.filter(cart=cart, name__in=[row.name for row in rows], seen_at=None).update(seen_at=seen_at)


# -- A change --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MethodChange:
    """What somebody wants to be said otherwise, of a cart or of all carts of an organization."""

    mapped: Mapping[str, ShipMethod | None] = field(default_factory=dict)  # of the cart, by the cart's name
    route: Mapping[str, Any] = field(default_factory=dict)  # of the cart: its default, its switch
    kept: MethodRule | None = None  # a rule that is added, or says something else
    removed: MethodRule | None = None
    defaults: Mapping[int, ShipMethod | None] = field(default_factory=dict)  # for all carts, by the warehouse's id

    def to(self, book: Rulebook, cart_id: int) -> Rulebook:
        """Return what would be said of a cart's orders then. Pure."""
        book = replace(book, mapped={**book.mapped, **self.mapped})
        if "reject_unmapped" in self.route:
            book = replace(book, reject=self.route["reject_unmapped"])
        if "default_method" in self.route:
            book = replace(book, default=self.route["default_method"])
        if book.warehouse_id in self.defaults:
            book = replace(book, house_default=self.defaults[book.warehouse_id])
        return replace(
            book,
            rules=self._of(book.rules, cart_id),
            house_rules=self._of(book.house_rules, None),
        )

    def _of(self, rules: Sequence[MethodRule], cart_id: int | None) -> list[MethodRule]:
        """Return the rules as they stand then: of a cart, or of all carts."""
        gone = {rule.pk for rule in (self.kept, self.removed) if rule is not None}
        left = [rule for rule in rules if rule.pk not in gone]
        if self.kept is not None and self.kept.cart_id == cart_id:
            left.append(self.kept)
        return most_specific_first(left)


class RuleGone(Exception):
    """Somebody removed the rule meanwhile."""


def change(subject: Cart | Organization, wanted: MethodChange, *, by: User | None, now: datetime) -> int:
    """Keep what differs. Returns how many held orders flow. Raises Gone."""
    carts = [subject] if isinstance(subject, Cart) else list(Cart.objects.filter(organization=subject))
    with transaction.atomic(durable=True):
        lock_routes(cart.pk for cart in carts)
        if isinstance(subject, Cart):
            see(subject, wanted.mapped, seen_at=None)
            for name, ship_method in wanted.mapped.items():
                _map(subject, name, ship_method, by=by, now=now)
            _reroute(subject, wanted.route, by=by, now=now)
        else:
            for warehouse in Warehouse.objects.filter(organization=subject, pk__in=wanted.defaults):
                _default(warehouse, wanted.defaults[warehouse.pk], by=by, now=now)
        if wanted.kept is not None:
            _keep(subject, wanted.kept, by=by, now=now)
        if wanted.removed is not None and MethodRule.objects.filter(pk=wanted.removed.pk).delete()[0]:
            record("method_rule.removed", subject, now=now, actor=by, rule=words_of(wanted.removed, whole=True))
        return flow(carts, now=now, by=by)


def lock_routes(carts: Iterable[int]) -> None:
    """Let nobody else change or apply what is said about these carts until the commit (SQLite locks all)."""
    list(Route.objects.select_for_update().filter(cart__in=list(carts)).order_by("pk").values_list("pk"))


def _map(cart: Cart, name: str, ship_method: ShipMethod | None, *, by: User | None, now: datetime) -> None:
    method = CartMethod.objects.filter(cart=cart, name=name)
    if method.exclude(ship_method=ship_method).update(ship_method=ship_method):
        called = ship_method.label if ship_method else "nothing"
        record("ship_method.mapped", cart, now=now, actor=by, name=name, to=called)


def _default(warehouse: Warehouse, method: ShipMethod | None, *, by: User | None, now: datetime) -> None:
    if warehouse.default_method_id != (method.pk if method else None):
        Warehouse.objects.filter(pk=warehouse.pk).update(default_method=method)
        to = method.label if method else "nothing"
        record("method_default.changed", warehouse.organization, now=now, actor=by, warehouse=warehouse.name, to=to)


def _keep(subject: Cart | Organization, rule: MethodRule, *, by: User | None, now: datetime) -> None:
    if rule._state.adding:
        if _is_kept(rule):
            return  # pressed twice
        rule.save(force_insert=True)
    elif MethodRule.objects.filter(pk=rule.pk).exists():
        rule.save(force_update=True)
    else:
        raise RuleGone("Somebody else has removed this rule in the meantime. Nothing was changed.")
    words = words_of(rule, whole=True)
    record("method_rule.kept", subject, now=now, actor=by, rule=words, to=rule.ship_method.label)


def _is_kept(rule: MethodRule) -> bool:
    """Whether one is kept that says just the same."""
    same = ("organization_id", "cart_id", "ship_method_id", *SAID)
    return MethodRule.objects.filter(**{name: getattr(rule, name) for name in same}).exists()


# -- A route ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Rerouted:
    """What came of a changed route: the names of what changed, how many held orders flow, and how many of the cart's
    ship methods were mapped to ones of the warehouse it left."""

    fields: Sequence[str] = ()
    freed: int = 0
    unmapped: int = 0


def change_route(route: Route, settings: Mapping[str, Any], *, by: User, now: datetime) -> Rerouted:
    """Keep what differs. A mapping, and a default, to another warehouse's ship methods go with the warehouse."""
    cart = route.cart
    with transaction.atomic(durable=True):
        lock_routes([cart.pk])
        rerouted = _reroute(cart, settings, by=by, now=now)
        if not rerouted.fields:
            return rerouted
        rerouted = replace(rerouted, freed=flow([cart], now=now, by=by))
    for name, value in settings.items():
        setattr(route, name, value)
    return rerouted


def _reroute(cart: Cart, settings: Mapping[str, Any], *, by: User | None, now: datetime) -> Rerouted:
    route = routes_for([cart])[cart.pk]
    changed = {name: value for name, value in settings.items() if getattr(route, name) != value}
    if "warehouse" in changed and not Warehouse.objects.in_use().filter(pk=changed["warehouse"].pk).exists():
        del changed["warehouse"]  # archived since the page was shown, under the same lock
    if not changed:
        return Rerouted()
    names = [str(Route._meta.get_field(name).verbose_name) for name in changed]  # type: ignore[union-attr]
    for name, value in changed.items():
        setattr(route, name, value)
    if route.default_method is not None and route.default_method.warehouse_id != route.warehouse_id:
        changed["default_method"] = None
    Route.objects.filter(pk=route.pk).update(**changed)
    fields = ", ".join(sorted(names))
    record("route.changed", cart, now=now, actor=by, warehouse=route.warehouse.name, fields=fields)
    elsewhere = CartMethod.objects.filter(cart=cart, ship_method__isnull=False)
    unmapped = elsewhere.exclude(ship_method__warehouse=route.warehouse).update(ship_method=None)
    return Rerouted(names, unmapped=unmapped)


# -- Letting orders flow ---------------------------------------------------------------------------------------------
def flow(carts: Collection[Cart], *, now: datetime, by: User | None = None) -> int:
    """Let the orders flow that were held for want of a ship method and have one by now. In the caller's commit."""
    held = Order.objects.filter(cart__in=carts, status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED)
    routes = routes_for(Cart.objects.filter(pk__in=held.order_by().values("cart")))
    books = rulebooks(routes)
    freed = after = 0
    while page := list(held.filter(pk__gt=after).all_locked().prefetch_related(*BESIDE)[:PAGE]):
        after = page[-1].pk
        placements = place(page, routes, now=now)
        places = {pk: found.warehouse for pk, found in placements.items() if found.warehouse}
        placed = [order for order in page if order.pk in places]
        decisions, in_part = decide(placed, books, places), held_in_part(placed, books, placements)
        free = [order for order in placed if not decisions[order.pk].held and order.pk not in in_part]
        mine = held.filter(pk__in=[order.pk for order in free])
        freed += mine.move(frm=[OrderStatus.HELD], to=OrderStatus.NEW, now=now)
        record_all(event("order.method_found", order, now=now, actor=by) for order in free)
    _calm(carts, now)
    return freed


def calm(*, now: datetime) -> None:
    """Close what holds no order any more, however it went on: by hand, edited, or canceled."""
    told = Alert.objects.filter(cause=UNMAPPED, closed_at=None)
    for cart in Cart.objects.filter(pk__in=set(told.values_list("cart_id", flat=True))).order_by("pk"):
        with transaction.atomic(durable=True):
            lock_routes([cart.pk])  # nobody holds another one meanwhile
            _calm([cart], now)


def _calm(carts: Collection[Cart], now: datetime) -> None:
    """Close the alerts about ship methods that hold no order any more."""
    alerts = Alert.objects.filter(cause=UNMAPPED, closed_at=None, organization__in={c.organization_id for c in carts})
    named = set(alerts.values_list("subject_kind", "subject_id"))
    if not named:
        return
    held = Order.objects.filter(cart__in=carts, status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED)
    waiting = set(held.order_by().values_list("cart", "service").distinct())
    methods = CartMethod.objects.filter(cart__in=carts, pk__in=[pk for kind, pk in named if kind == "cartmethod"])
    for method in methods:
        if (method.cart_id, method.name) not in waiting:
            close_alerts(method, UNMAPPED, now=now)
    for cart in carts:
        if ("cart", cart.pk) in named and (cart.pk, "") not in waiting:
            close_alerts(cart, UNMAPPED, now=now)
