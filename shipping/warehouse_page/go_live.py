"""Whether a warehouse can go live: what goes wrong on the first day, looked at before it.

Numbers that are too long there, SKUs it doesn't know, old orders that would all go at once, merchants nobody matched,
ship methods nobody mapped, and whether one order has been there and back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import ngettext

from carts.models import Cart
from core.accounts.models import Merchant
from orders.models import Order, OrderStatus
from shipping.connection import look
from shipping.models import (
    CartMethod,
    Release,
    Route,
    RoutingRule,
    Shipment,
    Warehouse,
    WarehouseAccess,
    WarehouseAccount,
)

LATELY = timedelta(days=30)
OLD = timedelta(days=7)
CHANGED = len("-R2")  # what is added to the number of an order that changed on its way
TO_GO = (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.ERROR)


@dataclass(frozen=True, slots=True)
class GoLiveStep:
    """One thing that should be right first. ``tone``: good, bad, warn, or calm where nobody can know yet."""

    name: str
    tone: str
    says: str
    url: str = ""  # where to mend it
    link: str = ""


def steps(warehouse: Warehouse, access: WarehouseAccess | None, now: datetime) -> list[GoLiveStep]:
    routes = Route.objects.filter(warehouse=warehouse).exclude(cart__state=Cart.State.ARCHIVED)
    carts = routes.values("cart")
    found = [_connected(warehouse, access), _carts(warehouse, routes)]
    if warehouse.system.by_account:
        found.append(_matched(warehouse, routes))
    found += [_numbers(warehouse, carts, now), _methods(routes), _old(carts, now), _tried(warehouse)]
    if warehouse.system.tells_items:
        found.insert(3, _skus(warehouse, access))
    return found


def _connected(warehouse: Warehouse, access: WarehouseAccess | None) -> GoLiveStep:
    page = reverse("shipping:connection", args=[warehouse.pk])
    checks = look.checks(access) if access else []
    wrong = [each.name for each in checks if each.problem]
    if not checks:
        return GoLiveStep("Connection", "calm", "Not tested yet.", page, "Connect and test")
    if wrong:
        return GoLiveStep("Connection", "bad", f"Wrong: {', '.join(wrong)}.", page, "What to do")
    return GoLiveStep("Connection", "good", "Everything that was tested is right.")


def _carts(warehouse: Warehouse, routes: QuerySet[Route]) -> GoLiveStep:
    carts, rules = routes.filter(by_rules=False).count(), RoutingRule.objects.filter(warehouse=warehouse).count()
    told = []
    if carts:
        said = ngettext("{count} cart sends its orders here.", "{count} carts send their orders here.", carts)
        told.append(said.format(count=carts))
    if rules:
        said = ngettext("{count} routing rule sends orders here.", "{count} routing rules send orders here.", rules)
        told.append(said.format(count=rules))
    if not told:
        nothing = (
            "No cart and no routing rule sends orders here. Choose this warehouse in a cart’s settings or in a rule."
        )
        return GoLiveStep("Carts", "calm", nothing, reverse("shipping:routing"), "Routing")
    return GoLiveStep("Carts", "good", " ".join(told))


def _matched(warehouse: Warehouse, routes: QuerySet[Route]) -> GoLiveStep:
    page = reverse("shipping:warehouse_mapping", args=[warehouse.pk])
    mine = WarehouseAccount.objects.filter(warehouse=warehouse, merchant=OuterRef("pk"))
    ours = routes.values("merchant")
    without = Merchant.objects.filter(~Exists(mine), pk__in=ours).order_by("name")
    names = [str(each) for each in without[:4]]
    if names:
        said = f"Without a customer there: {', '.join(names)}{' …' if len(names) == 4 else ''}"
        return GoLiveStep("Merchants", "bad", said, page, "Match them")
    if not WarehouseAccount.objects.filter(warehouse=warehouse).exists():
        return GoLiveStep("Merchants", "calm", "No merchant is matched with a customer yet.", page, "Match them")
    return GoLiveStep("Merchants", "good", "Every merchant whose orders come here has a customer there.")


def _numbers(warehouse: Warehouse, carts: Any, now: datetime) -> GoLiveStep:
    lately = Order.objects.filter(cart__in=carts, placed_at__gte=now - LATELY)
    longest = (lately.aggregate(most=Max(Length("number")))["most"] or 0) + CHANGED
    most = warehouse.system.longest_reference
    if longest == CHANGED:
        return GoLiveStep("Order numbers", "calm", "No order of the last 30 days to look at.")
    if not most:
        return GoLiveStep(
            "Order numbers",
            "good",
            f"The longest has {longest} characters. The warehouse names no limit: try one first.",
        )
    if longest > most:
        return GoLiveStep("Order numbers", "bad", f"The longest has {longest} characters; it takes {most} for sure.")
    return GoLiveStep("Order numbers", "good", f"The longest has {longest} characters of the {most} it takes.")


def _skus(warehouse: Warehouse, access: WarehouseAccess | None) -> GoLiveStep:
    page = reverse("shipping:warehouse_mapping", args=[warehouse.pk])
    catalogs = look.catalogs(access) if access else {}
    if not catalogs:
        return GoLiveStep(
            "SKUs", "calm", "Match the merchants, then press Test: their SKUs are compared.", page, "Mapping"
        )
    missing = sum(each.missing_count for each in catalogs.values())
    known = sum(each.matched for each in catalogs.values())
    if missing:
        told = ngettext("{count} SKU is not known there.", "{count} SKUs are not known there.", missing)
        return GoLiveStep("SKUs", "bad", told.format(count=missing), f"{page}#skus", "See which")
    told = ngettext("{count} SKU is known there.", "All {count} SKUs are known there.", known)
    return GoLiveStep("SKUs", "good", told.format(count=known))


def _methods(routes: QuerySet[Route]) -> GoLiveStep:
    open_ones = CartMethod.objects.filter(cart__in=routes.values("cart"), ship_method=None)
    count = open_ones.count()
    if not count:
        return GoLiveStep("Ship methods", "good", "Each one that a cart asked for is mapped.")
    told = ngettext(
        "{count} ship method of a cart has no mapping of its own.",
        "{count} ship methods of carts have no mapping of their own.",
        count,
    )
    return GoLiveStep("Ship methods", "warn", told.format(count=count), reverse("shipping:shipping"), "Map them")


def _old(carts: Any, now: datetime) -> GoLiveStep:
    old = Order.objects.filter(cart__in=carts, status__in=TO_GO, placed_at__lt=now - OLD).count()
    if not old:
        return GoLiveStep("Old orders", "good", "No order older than a week waits to be sent.")
    told = ngettext(
        "{count} order older than a week would be sent. Mark it shipped, or skip it, if it is long gone.",
        "{count} orders older than a week would be sent. Mark them shipped, or skip them, if they are long gone.",
        old,
    )
    return GoLiveStep(
        "Old orders", "warn", told.format(count=old), f"{reverse('orders:orders')}?tab=attention", "See them"
    )


def _tried(warehouse: Warehouse) -> GoLiveStep:
    there = Release.objects.filter(warehouse=warehouse).done().exists()
    back = Shipment.objects.filter(warehouse=warehouse).exists()
    if back:
        return GoLiveStep("Test order", "good", "An order was there, and its shipment came back.")
    if there:
        return GoLiveStep(
            "Test order", "calm", "An order is there. Ship it there: its tracking comes back within minutes."
        )
    return GoLiveStep("Test order", "calm", "Send one order first, and ship it there.")
