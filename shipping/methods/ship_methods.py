"""A warehouse's ship methods: added, changed, removed, each in one commit with its event.

One that something still goes by is not removed: mappings, rules, defaults and chosen orders never vanish with it.
Whoever changes or removes one locks the routes first, as everybody does who says what orders go by.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import ngettext

from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from orders.models import OrderStatus
from shipping.methods import mapping
from shipping.methods.rules import words_of
from shipping.models import CartMethod, ChosenMethod, MethodRule, Release, Route, ShipMethod, Warehouse
from shipping.warehouses.base import MethodChoice

OPEN = (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.ERROR, OrderStatus.AT_WMS)
NAMED = 4  # users named one by one


class LabelTaken(Exception):
    """The warehouse has another ship method of this name."""

    def __init__(self, warehouse: Warehouse) -> None:
        super().__init__(f"{warehouse} already has a ship method with this name.")


class StillUsed(Exception):
    """Something goes by the ship method. The message says what, and what to do first."""


def add(warehouse: Warehouse, wanted: MethodChoice, *, by: User, now: datetime) -> ShipMethod:
    """Keep one more ship method. Raises LabelTaken."""
    made = ShipMethod(organization_id=warehouse.organization_id, warehouse=warehouse, **asdict(wanted))
    with transaction.atomic(durable=True):
        _lock(warehouse.pk)
        _check_label(made)
        made.save(force_insert=True)
        record("ship_method.added", made.warehouse.organization, now=now, actor=by, **_named(made))
    return made


def change(method: ShipMethod, wanted: MethodChoice, *, by: User, now: datetime) -> bool:
    """Keep what differs. False when nothing does, or when somebody removed it meanwhile. Raises LabelTaken."""
    with transaction.atomic(durable=True):
        kept = _locked(method)
        if kept is None or kept.choice == wanted:
            return False
        fields = {name: value for name, value in asdict(wanted).items() if getattr(kept, name) != value}
        names = [str(ShipMethod._meta.get_field(name).verbose_name) for name in fields]  # type: ignore[union-attr]
        record(
            "ship_method.changed",
            kept.warehouse.organization,
            now=now,
            actor=by,
            **_named(kept),
            fields=", ".join(names),
        )
        for name, value in fields.items():
            setattr(kept, name, value)
        _check_label(kept)
        kept.save(update_fields=list(fields))
    return True


def remove(method: ShipMethod, *, by: User, now: datetime) -> bool:
    """Remove one that nothing goes by any more. False when somebody did so meanwhile. Raises StillUsed."""
    with transaction.atomic(durable=True):
        kept = _locked(method)
        if kept is None:
            return False
        if users := users_of([kept])[kept.pk]:
            named = [*users[:NAMED], *([f"{len(users) - NAMED} more"] if len(users) > NAMED else [])]
            raise StillUsed(
                f"{kept.label} was not removed. It is still used for {'; '.join(named)}. "
                "Choose another ship method for them first."
            )
        record("ship_method.removed", kept.warehouse.organization, now=now, actor=by, **_named(kept))
        kept.delete()
    return True


def _named(method: ShipMethod) -> dict[str, str]:
    """Return what its events name. They stand under the organization, as all that is said about more than one cart."""
    return {"name": method.label, "warehouse": method.warehouse.name}


def _locked(method: ShipMethod) -> ShipMethod | None:
    """Lock every route of the organization, the warehouse, then the ship method: nobody begins to use it meanwhile."""
    mapping.lock_routes(Cart.objects.filter(organization=method.organization_id).values_list("pk", flat=True))
    _lock(method.warehouse_id)
    rows = ShipMethod.objects.select_for_update(of=("self",)).select_related("warehouse__organization")
    kept: ShipMethod | None = rows.filter(pk=method.pk).first()
    return kept


def _lock(warehouse_id: int) -> None:
    """Let ship methods of a warehouse be named one after the other."""
    Warehouse.objects.select_for_update().get(pk=warehouse_id)


def _check_label(method: ShipMethod) -> None:
    """Names differ by more than upper and lower case, which the constraint does not see."""
    others = ShipMethod.objects.filter(warehouse=method.warehouse_id, label__iexact=method.label)
    if others.exclude(pk=method.pk).exists():
        raise LabelTaken(method.warehouse)


def users_of(methods: Collection[ShipMethod]) -> Mapping[int | None, Sequence[str]]:
    """Return in words what goes by each: unshipped orders yet, and what is said about those to come. Few statements."""
    found: dict[int | None, list[str]] = defaultdict(list)
    for method, orders in _unshipped(methods).items():
        found[method].append(
            ngettext("{count} unshipped order", "{count:,} unshipped orders", orders).format(count=orders)
        )
    for mapped in (
        CartMethod.objects.filter(ship_method__in=methods).select_related("cart").order_by("cart__name", "name")
    ):
        found[mapped.ship_method_id].append(f"{mapped.name} of {mapped.cart}")
    for rule in MethodRule.objects.filter(ship_method__in=methods).select_related("cart").order_by("pk"):
        found[rule.ship_method_id].append(f"the rule “{words_of(rule, whole=True)}” of {rule.cart or 'all carts'}")
    for route in Route.objects.filter(prime_method__in=methods).select_related("cart").order_by("cart__name"):
        found[route.prime_method_id].append(f"Prime orders of {route.cart}")
    for route in Route.objects.filter(default_method__in=methods).select_related("cart").order_by("cart__name"):
        found[route.default_method_id].append(f"the default of {route.cart}")
    for warehouse in Warehouse.objects.filter(default_method__in=methods):
        found[warehouse.default_method_id].append(f"the default for {warehouse}")
    return found


def _unshipped(methods: Collection[ShipMethod]) -> Counter[int]:
    """Return how many orders that are not shipped yet go by each; one that was chosen and handed over counts once."""
    open_orders = {"ship_method__in": methods, "order__status__in": OPEN, "order__shipped_at": None}
    chosen = ChosenMethod.objects.filter(**open_orders)
    released = Release.objects.filter(**open_orders).exclude(order__chosen_method__ship_method=F("ship_method"))
    counted: Counter[int] = Counter()
    for rows in (chosen, released):
        counted.update(dict(rows.order_by().values_list("ship_method").annotate(Count("pk"))))
    return counted
