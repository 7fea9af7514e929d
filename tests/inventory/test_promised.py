"""What can be sold, reckoned for many SKUs at once: the same as one gets order by order, by hand."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carts.models import Cart
from core.common import clock
from inventory import levels as stock_levels
from inventory.free_stock import FreeStock
from inventory.models import StockLevel
from inventory.promised import UNDER_WAY, on_hand, reckon
from orders.models import Line, Order, OrderStatus
from orders.statuses import OPEN
from shipping import warehouses
from shipping.models import ItemAlias, KitComponent, PackageLine, Recall
from tests.factories import (
    CartFactory,
    LineFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    PackageFactory,
    PackageLineFactory,
    ReleaseFactory,
    RouteFactory,
    ShipmentFactory,
    StockLevelFactory,
    WarehouseFactory,
)
from tests.shipping.played_warehouse import Distant

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SKUS = ["MUG", "LID", "POT"]
NAMES = [*SKUS, "MUG-ALIAS", "SET", "SET-ALIAS"]  # what is sold
PARTS = {"MUG-ALIAS": {"MUG": 1}, "SET": {"MUG": 2, "LID": 1}, "SET-ALIAS": {"MUG": 2, "LID": 1}}


@pytest.fixture
def carts(monkeypatch: pytest.MonkeyPatch) -> list[Cart]:
    """Two sellers' accounts of one merchant at a portal warehouse, and one at a warehouse that reports itself."""
    monkeypatch.setitem(warehouses.WAREHOUSES, "distant", Distant)
    merchant = MerchantFactory(organization=OrganizationFactory())
    here = WarehouseFactory(organization=merchant.organization)
    far = WarehouseFactory(organization=merchant.organization, kind="distant")
    made: list[Cart] = []
    for warehouse in (here, here, far):
        cart: Cart = CartFactory(merchant=merchant)
        RouteFactory(cart=cart, warehouse=warehouse)
        made.append(cart)
    owner = {"organization": merchant.organization, "merchant": merchant, "made_at": clock.now()}
    ItemAlias.objects.create(name="MUG-ALIAS", sku="MUG", **owner)
    ItemAlias.objects.create(name="SET-ALIAS", sku="SET", **owner)
    for sku, quantity in PARTS["SET"].items():
        KitComponent.objects.create(kit="SET", sku=sku, quantity=quantity, **owner)
    return made


def play(carts: list[Cart], chance: random.Random, now: datetime, orders: int = 25) -> None:
    """Orders in every state, shipped in parts, told and not told, recalled; levels seen at some time before."""
    for cart in (carts[0], carts[2]):
        for sku in SKUS:
            StockLevelFactory(
                merchant=cart.merchant,
                warehouse=cart.route.warehouse,
                sku=sku,
                on_hand=chance.randint(0, 40),
                observed_at=now - timedelta(minutes=chance.randint(0, 240)),
                orders_off=cart is carts[2] and chance.random() < 0.7,
            )
    for _ in range(orders):
        cart = chance.choice(carts)
        order = OrderFactory(cart=cart, status=chance.choice(list(OrderStatus)), lines={})
        if chance.random() < 0.7:
            at = now - timedelta(minutes=chance.randint(0, 240))
            ReleaseFactory(order=order, warehouse=cart.route.warehouse, released_at=chance.choice([at, None]))
            if chance.random() < 0.2:
                Recall.objects.create(
                    organization=order.organization,
                    merchant=order.merchant,
                    order=order,
                    warehouse=cart.route.warehouse,
                    made_at=at,
                    recalled_at=at + timedelta(minutes=chance.randint(-9, 9)),
                    due_at=at,
                )
        for name in chance.sample(NAMES, 2):
            line = LineFactory(
                order=order,
                sku=name,
                ordered=chance.randint(1, 5),
                canceled=chance.choice([0, 0, 1]),
                fulfilled_there=chance.choice([0, 0, 1, 2]),
                left_out=chance.random() < 0.1,
            )
            if chance.random() < 0.4:
                shipped_at = now - timedelta(minutes=chance.randint(0, 240))
                shipment = ShipmentFactory(order=order, warehouse=cart.route.warehouse, created_at=shipped_at)
                package = PackageFactory(shipment=shipment, number=line.pk)
                PackageLineFactory(package=package, line=line, quantity=chance.randint(1, line.ordered))


def plainly(level: StockLevel, now: datetime) -> tuple[int, int]:
    """Return (shipped since, promised) of a level, order by order."""
    assert level.observed_at is not None
    shipped = promised = 0
    for line in Line.objects.filter(merchant=level.merchant):
        per_unit = PARTS.get(line.sku, {line.sku: 1}).get(level.sku, 0)
        order = Order.objects.get(pk=line.order_id)
        release, recall = order.releases.first(), order.recalls.first()
        at = release.warehouse if release else order.cart.route.warehouse
        known_at = release.released_at if release else None
        packed = PackageLine.objects.filter(line=line)
        gone = sum(each.quantity for each in packed)
        for each in packed:
            shipment = each.package.shipment
            if shipment.warehouse_id != level.warehouse_id or not level.observed_at < shipment.created_at <= now:
                continue
            if not (level.orders_off and known_at and known_at <= level.observed_at - UNDER_WAY):
                shipped += each.quantity * per_unit
        if at != level.warehouse or order.status not in OPEN or line.left_out:
            continue
        given_back = recall and recall.recalled_at and known_at and recall.recalled_at >= known_at
        if level.orders_off and known_at and not given_back and known_at <= level.observed_at - UNDER_WAY:
            continue
        promised += max(0, line.ordered - line.canceled - line.fulfilled_there - gone) * per_unit
    return shipped, promised


def reckoned(levels: Iterable[StockLevel], now: datetime) -> dict[str, tuple[int, int]]:
    found: list[Any] = reckon(levels, now=now)
    return {f"{level.warehouse_id} {level.sku}": (level.shipped_since, level.promised) for level in found}


@pytest.mark.parametrize("seed", range(4))
def test_it_comes_to_the_same_as_order_by_order(carts: list[Cart], seed: int) -> None:
    now, levels = clock.now(), StockLevel.objects.select_related("warehouse")
    play(carts, random.Random(seed), now)

    by_hand = {f"{level.warehouse_id} {level.sku}": plainly(level, now) for level in levels}

    assert reckoned(levels, now) == by_hand
    for level in levels:  # and of one alone as of all
        key = f"{level.warehouse_id} {level.sku}"
        assert reckoned([level], now) == {key: by_hand[key]}


def test_what_is_settled_is_no_less_and_no_more_than_before(carts: list[Cart]) -> None:
    now, levels = clock.now(), StockLevel.objects.select_related("warehouse").order_by("pk")
    play(carts, random.Random(9), now - timedelta(hours=2))
    before = [on_hand(level) for level in reckon(levels.all(), now=now)]

    for cart in carts:
        stock_levels.settle(cart.route.warehouse, cart.merchant_id, now=now)
        stock_levels.settle(cart.route.warehouse, cart.merchant_id, now=now + timedelta(days=3))

    assert [on_hand(level) for level in reckon(levels.all(), now=now + timedelta(days=3))] == before
    assert [level.on_hand for level in levels.all()] == before


def test_a_thousand_skus_take_as_many_statements_as_ten(carts: list[Cart]) -> None:
    def asked(skus: int) -> int:
        for number in range(skus):
            StockLevelFactory(merchant=carts[0].merchant, warehouse=carts[0].route.warehouse, sku=f"S{skus}-{number}")
            OrderFactory(cart=carts[0], lines={f"S{skus}-{number}": 1}) if number < 12 else None
        with CaptureQueriesContext(connection) as queries:
            FreeStock.of(carts[0].merchant_id, now=clock.now())
        return len(queries)

    few = asked(10)

    assert asked(600) <= few <= 9


def test_a_kit_is_as_many_as_the_scarcest_component_makes(carts: list[Cart]) -> None:
    warehouse = carts[0].route.warehouse
    for sku, there in (("MUG", 9), ("LID", 3)):
        StockLevelFactory(merchant=carts[0].merchant, warehouse=warehouse, sku=sku, on_hand=there)
    owner = {"organization": carts[0].organization, "merchant": carts[0].merchant, "made_at": clock.now()}
    for sku in ("MUG", "NEVER-SEEN"):
        KitComponent.objects.create(kit="BOX", sku=sku, quantity=1, **owner)

    def free(*skus: str) -> list[int | None]:
        stock = FreeStock.of(carts[0].merchant_id, now=clock.now())
        return [stock.available(warehouse.pk, sku) for sku in skus]

    assert free("SET", "SET-ALIAS", "MUG-ALIAS", "LID", "POT", "BOX") == [3, 3, 9, 3, None, None]

    OrderFactory(cart=carts[1], lines={"SET": 1})  # on another account

    assert free("SET", "MUG", "LID") == [2, 7, 2]


def test_an_order_that_two_warehouses_gave_back_is_promised_once(carts: list[Cart]) -> None:
    now, here, far = clock.now(), carts[0].route.warehouse, carts[2].route.warehouse
    StockLevelFactory(merchant=carts[2].merchant, warehouse=far, sku="MUG", on_hand=9, observed_at=now, orders_off=True)
    order = OrderFactory(cart=carts[2], lines={"MUG": 2})
    ReleaseFactory(order=order, warehouse=far, released_at=now - timedelta(hours=1))
    owner = {"organization": order.organization, "merchant": order.merchant, "made_at": now, "due_at": now}
    for warehouse in (here, far):
        Recall.objects.create(order=order, warehouse=warehouse, recalled_at=now, state="done", **owner)

    assert reckoned(StockLevel.objects.select_related("warehouse"), now) == {f"{far.pk} MUG": (0, 2)}
