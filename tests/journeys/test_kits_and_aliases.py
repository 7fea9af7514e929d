"""A kit and an alias, from the buyer's order to the shelf: they are delivered, shipped and counted as what they are."""

from collections.abc import Sequence
from typing import Any

import pytest

from inventory import levels
from inventory.free_stock import FreeStock
from inventory.models import StockLevel
from orders.models import OrderStatus
from shipping.models import ItemAlias, KitComponent, Warehouse
from shipping.paper.pick_list import pick_list
from shipping.warehouses.base import Delivery
from tests.factories import StockLevelFactory
from tests.shipping.conftest import distant  # noqa: F401
from tests.shipping.played_warehouse import Distant
from tests.world import World

SET, ALIAS = "MUG-BLUE-11", "MUG-RED-11"


@pytest.fixture
def stocked(world: World) -> World:
    """What the seller calls MUG-BLUE-11 is two cups and a lid here; the other SKU is one towel."""
    owner = {"organization": world.organization, "merchant": world.merchant, "made_at": world.now}
    KitComponent.objects.create(kit=SET, sku="CUP", quantity=2, **owner)
    KitComponent.objects.create(kit=SET, sku="LID", quantity=1, **owner)
    ItemAlias.objects.create(name=ALIAS, sku="TOWEL", **owner)
    warehouse = Warehouse.objects.get()
    for sku, there in (("CUP", 10), ("LID", 4), ("TOWEL", 7)):
        StockLevelFactory(merchant=world.merchant, warehouse=warehouse, sku=sku, on_hand=there, observed_at=world.now)
    return world


def free(world: World) -> dict[str, int | None]:
    stock = FreeStock.of(world.merchant.pk, now=world.now)
    return {sku: stock.available(Warehouse.objects.get().pk, sku) for sku in (SET, "CUP", "LID", ALIAS)}


def order_of(world: World, sku: str, quantity: int) -> Any:
    return world.at_warehouse(lines=[{"sku": sku, "quantity": quantity}])


def test_a_kit_is_picked_and_taken_off_the_shelf_as_its_components(stocked: World) -> None:
    assert free(stocked) == {SET: 4, "CUP": 10, "LID": 4, ALIAS: 7}

    order = order_of(stocked, SET, 3)

    assert free(stocked) == {SET: 1, "CUP": 4, "LID": 1, ALIAS: 7}
    assert {pick.code: pick.units for pick in pick_list([order])} == {"CUP": 6, "LID": 3}

    stocked.ship(order)
    stocked.later(hours=3)
    levels.count(stocked.cart, now=stocked.now)

    assert free(stocked) == {SET: 1, "CUP": 4, "LID": 1, ALIAS: 7}
    assert dict(StockLevel.objects.filter(on_hand__isnull=False).values_list("sku", "on_hand")) == {
        "CUP": 4,
        "LID": 1,
        "TOWEL": 7,
    }
    assert not StockLevel.objects.filter(sku__in=[SET, ALIAS]).exists()  # nobody is asked to count them


def handed(world: World, sku: str, monkeypatch: pytest.MonkeyPatch) -> Sequence[tuple[str, int, str, int]]:
    given: list[Delivery] = []

    def create(self: Distant, delivery: Delivery) -> str:
        given.append(delivery)
        return "WMS-1"

    monkeypatch.setattr(Distant, "create", create)
    order = order_of(world, sku, 3)
    assert order.status == OrderStatus.AT_WMS
    return [(line.product_code, line.quantity, line.kit, line.per_kit) for line in given[0].lines]


@pytest.mark.usefixtures("distant")
def test_a_warehouse_is_handed_the_components_of_a_kit(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert handed(stocked, SET, monkeypatch) == [("CUP", 6, SET, 2), ("LID", 3, SET, 1)]


@pytest.mark.usefixtures("distant")
def test_a_warehouse_that_knows_kits_is_handed_the_kit(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Distant, "knows_kits", True)

    assert handed(stocked, SET, monkeypatch) == [(SET, 3, "", 1)]


@pytest.mark.usefixtures("distant")
def test_a_warehouse_is_told_its_own_name_for_an_alias(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert handed(stocked, ALIAS, monkeypatch) == [("TOWEL", 3, "", 1)]
