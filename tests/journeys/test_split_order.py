"""An order that no warehouse has all of: split between staff here and 3PL Warehouse Manager, shipped and canceled."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.alerts.models import Alert
from core.common import clock
from inventory.models import StockLevel
from inventory.promised import reckon
from orders.models import HeldFor, Order, OrderStatus
from shipping import tasks
from shipping.cancellation import order_hold
from shipping.models import Recall, Release, ReleaseLine, Warehouse
from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import CANCELED
from tests import factories
from tests.journeys.staff import press, seen_to, shown
from tests.journeys.test_extensiv_warehouse import owner, reno, site, sweep
from tests.shipping.custom_store.played_desk import Desk
from tests.simulator.extensiv.warehouse_client import WarehouseClient
from tests.world import World

__all__ = ["owner", "reno", "site"]  # fixtures

BLUE, RED = "MUG-BLUE-11", "MUG-RED-11"
LINES = [{"sku": BLUE, "quantity": 2}, {"sku": RED, "quantity": 1}]
ROUTING = reverse("shipping:routing")


@pytest.fixture
def here(world: World, reno: Warehouse, owner: Client) -> Warehouse:
    """The portal's own warehouse has the blue mugs, Reno the red ones, and the cart's orders go where they are."""
    own: Warehouse = Warehouse.objects.exclude(pk=reno.pk).get()
    of_world = {"organization": world.organization, "merchant": world.merchant}
    factories.StockLevelFactory(warehouse=own, sku=BLUE, on_hand=5, **of_world)
    factories.StockLevelFactory(warehouse=reno, sku=RED, on_hand=5, **of_world)
    route = {f"cart_{world.cart.pk}": "on", f"initial-cart_{world.cart.pk}": "", "action": "save"}
    owner.post(ROUTING, route)
    for warehouse in (own, reno):
        rule = {"in_stock": "on", "warehouse": warehouse.pk, "action": "save"}
        owner.post(reverse("shipping:new_routing_rule"), rule)
    return own


def came_in(world: World, reno: Warehouse, owner: Client, *, red: int = 1) -> Order:
    """An order for both, after the organization let such orders be split."""
    owner.post(ROUTING, {"action": "save_split", "splits": "on"})
    number = world.order_placed(lines=[{"sku": BLUE, "quantity": 2}, {"sku": RED, "quantity": red}])
    world.download()
    sweep(world, reno)
    return world.order(number)


def part_at(order: Order, warehouse: Warehouse) -> Release:
    return Release.objects.get(order=order, warehouse=warehouse)


def bench(site: WarehouseSite, order: Order, reno: Warehouse, act: str, **told: str) -> None:
    answer = WarehouseClient(site).http.post(f"/_bench/orders/{part_at(order, reno).reference}/{act}", json=told)
    assert answer.status_code == 204, answer.text


def closed_at_reno(site: WarehouseSite, order: Order, reno: Warehouse) -> None:
    said = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking": "1Z999AA10123456784"}
    bench(site, order, reno, "close", **said)


def promised() -> dict[str, int]:
    levels = reckon(StockLevel.objects.select_related("warehouse"), now=clock.now())
    return {level.sku: level.promised for level in levels}  # type: ignore[attr-defined]


def test_an_order_is_held_until_the_organization_lets_it_be_split_and_is_confirmed_when_all_is_shipped(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    # As long as nobody allowed it, it waits; the preview says what would become of it.
    number = world.order_placed(lines=LINES)
    world.download()
    sweep(world, reno)
    assert world.order(number).is_held_for(HeldFor.UNROUTED)
    preview = owner.post(ROUTING, {"action": "preview_split", "splits": "on"}).content.decode()
    assert f"{here} + Reno" in preview
    assert world.order(number).is_held_for(HeldFor.UNROUTED)

    # Each warehouse gets its lines, and its stock alone is promised.
    owner.post(ROUTING, {"action": "save_split", "splits": "on"})
    sweep(world, reno)
    order = world.order(number)
    assert (order.status, order.parts) == (OrderStatus.AT_WMS, 2)
    (there,) = site.world.orders.values()
    assert there["referenceNum"] == f"{number}-P2"
    assert [(each["itemIdentifier"]["sku"], each["qty"]) for each in there["orderItems"]] == [(RED, 1)]
    assert promised() == {BLUE: 2, RED: 1}
    page = shown(owner, order)
    assert "Split over 2 warehouses" in page
    assert page.count("At the warehouse") >= 2
    slips = owner.post(reverse("shipping:paper"), {"order": order.pk, "what": "slips"}).content.decode()
    assert BLUE in slips
    assert RED not in slips

    # One ships: Amazon hears of its package, and the order is at the warehouse with the rest.
    closed_at_reno(site, order, reno)
    sweep(world, reno)
    world.confirm()
    order = world.order(number)
    assert (order.status, order.reason) == (OrderStatus.AT_WMS, "2 units still to be shipped")
    assert [each["tracking"] for each in world.told()] == ["1Z999AA10123456784"]
    assert promised() == {BLUE: 2, RED: 0}
    assert order_hold.hindrance(order) is not None

    # The other ships by Ship and Close, which shows its lines alone: now all of it is confirmed.
    dialog = owner.get(reverse("shipping:close"), {"order": order.pk}).content.decode()
    assert f"2 × {BLUE}" in dialog
    assert RED not in dialog
    assert [each.shipped for each in world.ship(order)] == [True]
    assert world.order(number).status == OrderStatus.SHIPPED
    world.later(minutes=3)
    world.confirm()
    assert world.order(number).status == OrderStatus.CONFIRMED
    assert len(world.told()) == 2
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_cancel_comes_back_from_one_warehouse_and_is_too_late_at_the_other(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner)
    bench(site, order, reno, "pack", tracking="1Z999AA10123456784")
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    for _ in range(2):
        sweep(world, reno)

    order = world.order(order.number)
    assert order.is_held_for(HeldFor.CANCELED)
    page = shown(owner, order)
    assert "Call Reno" in page
    assert "Not given back" in page
    pulled = Alert.objects.get(closed_at=None, cause="order.off_the_bench")
    assert str(here) in pulled.message

    press(owner, order, "stopped")
    sweep(world, reno)
    assert world.order(order.number).status == OrderStatus.CANCELED
    seen_to(owner, order)
    assert not Alert.objects.filter(closed_at=None, subject_id=order.pk).exists()


def test_a_cancel_before_anybody_packed_comes_back_from_both(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner)
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    for _ in range(2):
        sweep(world, reno)

    assert world.order(order.number).status == OrderStatus.CANCELED
    (there,) = site.world.orders.values()
    assert there["readOnly"]["status"] == CANCELED


def test_a_canceled_line_is_asked_back_from_its_warehouse_alone(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner)
    world.simulator.cancel_units(order.number, {RED: 1})
    world.later(minutes=5)
    world.download()
    for _ in range(3):
        sweep(world, reno)

    (there,) = site.world.orders.values()
    assert there["readOnly"]["status"] == CANCELED
    assert (world.order(order.number).status, promised()) == (OrderStatus.AT_WMS, {BLUE: 2, RED: 0})
    assert [each.shipped for each in world.ship(order)] == [True]
    world.later(minutes=3)
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_of_canceled_units_the_warehouse_that_has_them_gets_what_is_left(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner, red=3)
    world.simulator.cancel_units(order.number, {RED: 1})
    world.later(minutes=5)
    world.download()
    for _ in range(3):
        sweep(world, reno)

    open_there = [each for each in site.world.orders.values() if each["readOnly"]["status"] != CANCELED]
    told = [(each["referenceNum"], each["orderItems"][0]["qty"]) for each in open_there]
    assert told == [(f"{order.number}-P2-R2", 2)]
    assert promised() == {BLUE: 2, RED: 2}
    assert not Recall.objects.filter(order=order).exists()
    closed_at_reno(site, order, reno)
    sweep(world, reno)
    assert [each.shipped for each in world.ship(order)] == [True]
    assert world.order(order.number).status == OrderStatus.SHIPPED


def test_the_rest_is_canceled_after_one_warehouse_shipped_and_that_one_is_asked_for_nothing(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner)
    closed_at_reno(site, order, reno)
    sweep(world, reno)
    world.confirm()
    world.simulator.cancel_units(order.number, {BLUE: 2})
    world.later(minutes=5)
    world.download()
    for _ in range(3):
        sweep(world, reno)

    assert not Recall.objects.filter(order=order, warehouse=reno).exists()
    assert Recall.objects.get(order=order, warehouse=here).is_done
    order = world.order(order.number)
    assert not part_at(order, here).is_with_warehouse
    assert order.is_shipped or order.is_ended_otherwise, order.status
    assert promised() == {BLUE: 0, RED: 0}
    assert len(world.told()) == 1


def test_what_was_held_comes_back_from_both_and_goes_to_both_again_when_it_is_released(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner)
    press(owner, order, "hold")
    for _ in range(2):
        sweep(world, reno)
    assert world.order(order.number).is_held_for(HeldFor.PERSON)
    assert not any(each.is_with_warehouse for each in Release.objects.filter(order=order))

    press(owner, order, "let_go")
    for _ in range(2):
        sweep(world, reno)
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert all(each.is_with_warehouse for each in Release.objects.filter(order=order))
    open_there = [each["referenceNum"] for each in site.world.orders.values() if each["readOnly"]["status"] != CANCELED]
    assert open_there == [f"{order.number}-P2-R2"]
    given = ReleaseLine.objects.filter(release__order=order).values_list("release__warehouse", "line__sku", "quantity")
    assert sorted(given) == sorted([(here.pk, BLUE, 2), (reno.pk, RED, 1)])


def test_only_those_who_map_may_have_orders_split(world: World, here: Warehouse) -> None:
    for role in (Role.STAFF, Role.VIEWER):
        person = Client()
        person.force_login(factories.make_person(world.organization, role))
        assert person.post(ROUTING, {"action": "save_split", "splits": "on"}).status_code == 403
    tasks.release_due()


def test_what_one_warehouse_canceled_is_still_to_be_shipped_when_the_cart_has_the_rest(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner)
    bench(site, order, reno, "cancel")
    world.later(minutes=30)
    sweep(world, reno)
    assert world.order(order.number).status == OrderStatus.ERROR
    world.ship(world.order(order.number))
    world.later(minutes=3)
    world.confirm()
    order = world.order(order.number)
    assert (order.status, len(world.told()), promised()) == (OrderStatus.ERROR, 1, {BLUE: 0, RED: 1})

    press(owner, order, "send_again")
    sweep(world, reno)
    closed_at_reno(site, order, reno)
    sweep(world, reno)
    world.later(minutes=3)
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_a_desk_ships_its_part_though_another_warehouse_canceled_its_own(
    world: World, site: WarehouseSite, reno: Warehouse, here: Warehouse, owner: Client
) -> None:
    order = came_in(world, reno, owner)
    Warehouse.objects.filter(pk=here.pk).update(kind="shipstation")
    bench(site, order, reno, "cancel")
    world.later(minutes=30)
    sweep(world, reno)

    assert world.order(order.number).status == OrderStatus.ERROR
    assert Desk(world).latest()[order.number].findtext("OrderStatus") == "paid"
