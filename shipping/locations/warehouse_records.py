"""Adding, changing, archiving and restoring a warehouse: each in one commit with its event.

What a warehouse shipped stays with it, so it is never deleted. Nothing may be on its way to one that is archived:
whoever archives it locks all routes of the organization first, as everybody does who says where orders go.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.event_log import record
from orders.models import Order, OrderStatus
from shipping.methods import mapping
from shipping.models import Release, Route, RoutingRule, Warehouse
from shipping.routing import start_methods

ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")
UNSHIPPED = (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.ERROR, OrderStatus.AT_WMS)
NAMED = 4  # carts named one by one


class WarehouseRefused(Exception):
    """It may not be done. The message says why, and what to do first."""


def add(organization: Organization, kind: str, fields: Mapping[str, str], *, by: User, now: datetime) -> Warehouse:
    """Make one more warehouse, with the ship methods its system starts with. Raises WarehouseRefused."""
    made = Warehouse(organization=organization, kind=kind, **fields)
    with transaction.atomic(durable=True):
        _check_name(made)
        made.save(force_insert=True)
        start_methods(made)
        record("warehouse.added", made, now=now, actor=by, name=made.name)
    return made


def change(warehouse: Warehouse, fields: Mapping[str, str], *, by: User, now: datetime) -> bool:
    """Keep what differs. False when nothing does. Raises WarehouseRefused."""
    with transaction.atomic(durable=True):
        kept = _locked(warehouse)
        changed = {name: value for name, value in fields.items() if getattr(kept, name) != value}
        if not changed:
            return False
        names = dict.fromkeys("address" if name in ADDRESS else name for name in changed)
        details = {"name": kept.name, "fields": ", ".join(names)}
        for name, value in changed.items():
            setattr(kept, name, value)
        _check_name(kept)
        kept.save(update_fields=list(changed))
        record("warehouse.changed", kept, now=now, actor=by, **details)
    return True


def archive(warehouse: Warehouse, *, by: User, now: datetime) -> bool:
    """Let nothing go to it any more. False when it was archived before. Raises WarehouseRefused."""
    with transaction.atomic(durable=True):
        mapping.lock_routes(Cart.objects.filter(organization=warehouse.organization_id).values_list("pk", flat=True))
        kept = _locked(warehouse)
        if kept.archived_at is not None:
            return False
        _check_unused(kept)
        Warehouse.objects.filter(pk=kept.pk).update(archived_at=now)
        record("warehouse.archived", kept, now=now, actor=by, name=kept.name)
    return True


def restore(warehouse: Warehouse, *, by: User, now: datetime) -> bool:
    """Take an archived one into use again. False when it is in use."""
    with transaction.atomic(durable=True):
        if not Warehouse.objects.filter(pk=warehouse.pk).exclude(archived_at=None).update(archived_at=None):
            return False
        record("warehouse.restored", warehouse, now=now, actor=by, name=warehouse.name)
    return True


def _locked(warehouse: Warehouse) -> Warehouse:
    rows = Warehouse.objects.select_for_update(of=("self",)).select_related("organization")
    kept: Warehouse = rows.get(pk=warehouse.pk)
    return kept


def _check_name(warehouse: Warehouse) -> None:
    """Names differ by more than upper and lower case. Whoever adds or renames one waits for the others to be done."""
    Organization.objects.select_for_update().get(pk=warehouse.organization_id)
    others = Warehouse.objects.filter(organization=warehouse.organization_id, name__iexact=warehouse.name)
    if others.exclude(pk=warehouse.pk).exists():
        raise WarehouseRefused(f"There is already a warehouse called {warehouse.name}.")


def _check_unused(warehouse: Warehouse) -> None:
    Organization.objects.select_for_update().get(pk=warehouse.organization_id)  # two at once: one stays in use
    others = Warehouse.objects.in_use().filter(organization=warehouse.organization_id).exclude(pk=warehouse.pk)
    if not others.exists():
        raise WarehouseRefused(f"{warehouse} was not archived. It is the only warehouse: add another one first.")
    routes = Route.objects.filter(warehouse=warehouse).exclude(cart__state=Cart.State.ARCHIVED)
    carts = [str(route.cart) for route in routes.select_related("cart__merchant").order_by("cart__name", "pk")]
    if carts:
        named = [*carts[:NAMED], *([f"{len(carts) - NAMED} more"] if len(carts) > NAMED else [])]
        raise WarehouseRefused(
            f"{warehouse} was not archived. It gets the orders of {', '.join(named)}. "
            "Choose another warehouse in the settings of each cart first."
        )
    if rules := RoutingRule.objects.filter(warehouse=warehouse).count():
        named_rules = ngettext("{count} routing rule sends", "{count} routing rules send", rules).format(count=rules)
        raise WarehouseRefused(f"{warehouse} was not archived. {named_rules} orders there: change or remove it first.")
    there = Release.objects.filter(warehouse=warehouse, order__shipped_at=None, order__status__in=UNSHIPPED)
    if left := Order.objects.filter(pk__in=there.values("order")).count():
        orders = ngettext("{count} unshipped order is", "{count:,} unshipped orders are", left).format(count=left)
        raise WarehouseRefused(f"{warehouse} was not archived. {orders} still there: ship or take them back first.")
