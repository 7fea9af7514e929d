"""Two warehouses and rules between them: each gets its orders, ships them, and Amazon hears of each."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from inventory.models import StockLevel
from inventory.promised import reckon
from orders.models import HeldFor, Order, OrderStatus
from shipping import tasks
from shipping.delivery import recall
from shipping.models import Release, RoutingRule, Warehouse
from shipping.routing import make_portal_warehouse
from tests import factories
from tests.api_client import Program
from tests.world import World

MUG = "MUG-BLUE-11"


@pytest.fixture
def owner(world: World) -> Client:
    client = Client()
    client.force_login(factories.make_person(world.organization, Role.OWNER))
    return client


def placed(world: World, **wish: Any) -> Order:
    number = world.order_placed(lines=[{"sku": MUG, "quantity": 2}], **wish)
    world.download()
    tasks.release_due()
    return world.order(number)


def warehouse_of(order: Order) -> str:
    return str(Release.objects.get(order=order).warehouse)


def test_orders_are_shared_between_two_warehouses_and_each_tells_what_it_shipped(world: World, owner: Client) -> None:
    graz = make_portal_warehouse(world.organization, "Graz")
    reno = Warehouse.objects.exclude(pk=graz.pk).get()
    Warehouse.objects.filter(pk=reno.pk).update(kind="api", name="Reno")
    wms = Program(world.organization, warehouse_id=reno.pk)
    of_world = {"organization": world.organization, "merchant": world.merchant, "sku": MUG}
    here = factories.StockLevelFactory(warehouse=graz, on_hand=2, **of_world)
    there = factories.StockLevelFactory(warehouse=reno, on_hand=50, **of_world)
    route = {f"cart_{world.cart.pk}": "on", f"initial-cart_{world.cart.pk}": "", "action": "save"}
    owner.post(reverse("shipping:routing"), route)
    new_rule = reverse("shipping:new_routing_rule")
    owner.post(new_rule, {"service": "Standard", "in_stock": "on", "warehouse": graz.pk, "action": "save"})
    owner.post(new_rule, {"service": "Standard", "warehouse": reno.pk, "action": "save"})

    # What Graz has in stock goes there, the next one to Reno; what no rule fits waits.
    first, second, canceled = (placed(world) for _ in range(3))
    waiting = placed(world, service_level="SECOND_DAY")
    assert [warehouse_of(order) for order in (first, second, canceled)] == ["Graz", "Reno", "Reno"]
    assert (waiting.status, waiting.held_for) == (OrderStatus.HELD, HeldFor.UNROUTED)
    levels = reckon(StockLevel.objects.filter(pk__in=[here.pk, there.pk]).select_related("warehouse"), now=world.now)
    promised = {level.warehouse_id: level.promised for level in levels}  # type: ignore[attr-defined]
    assert promised[graz.pk] == 2

    # A cancel reaches the warehouse that has the order, and no other.
    [one, two] = wms.post("claims", {}).json()["orders"]
    accepted = {"orders": [{"order": each["id"], "accepted": True} for each in (one, two)]}
    wms.post("acknowledgments", accepted)
    world.simulator.cancel(canceled.number)
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)
    [asked] = wms.get("cancel-requests").json()["data"]
    assert asked["number"] == canceled.number
    wms.post("cancel-answers", {"answers": [{"order": asked["order"], "answer": "recalled"}]})

    # Each ships its own, and Amazon hears of both.
    assert [each.shipped for each in world.ship(first)] == [True]
    package = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": "1Z999AA10123456784"}
    shipped = one if one["number"] == second.number else two
    report = {"shipments": [{"order": shipped["id"], "reference": "S-1", "packages": [package]}]}
    assert wms.post("shipments", report).json()["results"][0]["outcome"] == "stored"
    world.later(minutes=3)
    world.confirm()
    assert [world.order(order.number).status for order in (first, second)] == [OrderStatus.CONFIRMED] * 2
    assert len(world.told()) == 2

    # A rule for the rest frees what waited, and its history says so.
    owner.post(new_rule, {"warehouse": reno.pk, "action": "save"})
    tasks.release_due()
    assert warehouse_of(waiting) == "Reno"
    assert RoutingRule.objects.count() == 3
    page = owner.get(waiting.get_absolute_url()).content.decode()
    assert "by the routing rule “any order”" in page
