from datetime import timedelta
from typing import Any

import pytest

from carts.marketplaces.amazon.adapter import Amazon
from carts.marketplaces.values import OrderDocument
from carts.models import Cart, Grant
from core.activity.models import Event
from core.alerts.models import Alert
from core.common.bell import Bell
from core.common.remote import Disconnected
from orders.actions import holds
from orders.models import HeldFor, OrderStatus
from shipping import tasks
from shipping.confirmation.read_back import LOOKS
from shipping.delivery import releases
from shipping.methods import mapping
from shipping.models import Confirmation, Package, Route, ShipMethod
from shipping.routing import routes_for
from shipping.shipments import correction
from shipping.shipments.shipped_packages import Parcel
from tests.world import SELLER, World


@pytest.mark.parametrize("fault", ["429", "500", "500_empty", "503_html", "html_200", "empty", "timeout"])
def test_an_answer_that_is_no_yes_is_asked_for_again(world: World, fault: str) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", fault)

    world.confirm()
    assert world.order(order.number).status == OrderStatus.SHIPPED

    world.later(minutes=10)
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_an_answer_that_was_lost_does_not_make_a_second_package(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", "lost_answer")

    world.confirm()
    world.later(minutes=10)
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert len(world.simulator.order(order.number)["packages"]) == 1


def test_a_refusal_becomes_a_persons_business_with_amazons_reason(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", "400")

    told = world.confirm()

    assert told.stuck == 1
    stuck = world.order(order.number)
    assert stuck.status == OrderStatus.ERROR
    assert stuck.reason.startswith("Tracking was refused:")
    assert Alert.objects.filter(cause="order.not_confirmed", closed_at=None).exists()


def test_what_amazon_canceled_after_it_was_shipped_is_told_once_and_then_a_person(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.cancel(order.number)

    for _ in range(3):
        world.confirm()
        world.later(hours=1)

    assert world.order(order.number).status == OrderStatus.CLOSED
    assert "canceled it after it was shipped" in world.order(order.number).reason
    assert Alert.objects.filter(cause="order.canceled_late", closed_at=None).count() == 1
    assert calls(world, "confirmShipment") == 1


def test_what_somebody_shipped_at_amazon_otherwise_is_told_once_and_then_a_person(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.ship(order.number, tracking="BY-HAND")
    Package.objects.update(number=2)  # not the package that is there

    for _ in range(3):
        world.confirm()
        world.later(hours=1)

    assert world.order(order.number).status == OrderStatus.CLOSED
    assert Alert.objects.filter(cause="order.shipped_elsewhere", closed_at=None).count() == 1
    assert calls(world, "confirmShipment") == 1
    assert not Alert.objects.filter(cause="order.not_confirmed", closed_at=None).exists()


def test_what_amazon_has_as_we_do_is_done_though_it_refuses_it(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order, tracking="1ZOURS")
    world.simulator.ship(order.number, tracking="1ZOURS0000")
    world.simulator.fail("confirmShipment", "400")

    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_a_package_shown_with_other_units_is_told_again_and_then_a_persons_business(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    world.ship(order)
    world.confirm()
    shown = world.simulator.world.orders[order.number].document["packages"][0]["packageItems"]
    Confirmation.objects.update(seen_at=None)
    shown[0]["quantity"] = 2
    world.simulator.world.orders[order.number].rendered.clear()

    world.later(minutes=20)
    world.confirm()
    world.confirm()

    assert [entry["items"] for entry in world.told()] == [{order.lines.get().reference: 3}] * 2
    assert world.confirmation(order).seen_at


def test_a_package_corrected_while_it_is_read_back_is_not_taken_for_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = world.at_warehouse()
    world.ship(order)
    ask = Amazon.order

    def correct_meanwhile(marketplace: Amazon, number: str) -> OrderDocument:
        document = ask(marketplace, number)
        if world.confirmation(order).confirmed_at is None:
            return document  # read before it is told
        right = Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784")
        correction.correct(Package.objects.get(order=order), right, by=world.person, now=world.now)
        return document

    monkeypatch.setattr(Amazon, "order", correct_meanwhile)
    world.confirm()
    assert world.confirmation(order).seen_at is None
    assert not Event.objects.filter(kind="package.seen").exists()

    monkeypatch.undo()
    world.confirm()
    assert world.confirmation(order).seen_at
    assert Event.objects.get(kind="package.seen").details["tracking"] == "1Z999AA10123456784"


def test_what_a_download_brought_is_read_back_without_asking(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("getOrder", "503", times=2)  # before it is told, and after
    world.confirm()
    assert world.confirmation(order).seen_at is None
    world.later(minutes=20)
    world.download()
    world.simulator.fail("getOrder", "503", times=50)

    world.confirm()

    assert world.confirmation(order).seen_at == world.now


def test_what_is_owed_waits_for_a_new_authorization_and_then_flows(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.revoke(SELLER)
    Grant.objects.update(access_token=None)
    with pytest.raises(Disconnected):
        world.confirm()
    assert world.confirmation(order).attempts == 0

    world.renew()
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_a_yes_without_a_package_is_told_again(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", "silent")
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert world.told() == []

    for _ in range(2):
        world.later(minutes=20)
        world.confirm()

    assert [entry["order_id"] for entry in world.told()] == [order.number]
    assert world.confirmation(order).seen_at


def test_a_yes_that_never_becomes_a_package_is_a_persons_business(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", "silent", times=50)

    for _ in range(10):
        world.confirm()
        world.later(minutes=20)

    assert Alert.objects.filter(cause="package.not_seen", closed_at=None).count() == 1
    told = [call for call in world.simulator.journal("call") if call["operation"] == "confirmShipment"]
    assert len(told) == LOOKS


def calls(world: World, operation: str) -> int:
    return sum(call["operation"] == operation for call in world.simulator.journal("call"))


def rung(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Bells rung by the sweep, instead of a worker."""
    bells: list[dict[str, Any]] = []
    monkeypatch.setattr(Bell, "ring", lambda bell, **ids: bells.append(ids))
    return bells


def test_a_bell_that_nobody_heard_is_made_up_for_by_the_next_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells = rung(monkeypatch)
    tasks.confirm_due()  # the cart had its turn
    bells.clear()
    world.ship(world.at_warehouse())

    tasks.confirm_due()

    assert bells == [{"grant_id": world.cart.grant_id}]


def test_a_yes_is_looked_into_after_a_quarter_of_an_hour_not_when_the_cart_has_its_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells = rung(monkeypatch)
    Cart.objects.update(shipments_every=60, shipments_due_at=world.now + timedelta(hours=9))
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", "silent")
    world.confirm()
    bells.clear()

    world.later(minutes=14)
    tasks.confirm_due()
    assert bells == []
    world.later(minutes=1)
    tasks.confirm_due()
    assert bells == [{"grant_id": world.cart.grant_id}]
    world.confirm()  # it is not there, so it is owed again
    bells.clear()
    tasks.confirm_due()
    assert bells == [{"grant_id": world.cart.grant_id}]
    world.confirm()

    assert world.confirmation(order).seen_at
    bells.clear()
    world.later(minutes=15)
    tasks.confirm_due()
    assert bells == []


def test_a_look_that_cannot_be_made_now_is_made_in_a_minute_and_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells = rung(monkeypatch)
    Cart.objects.update(shipments_due_at=world.now + timedelta(hours=9))
    orders = [world.at_warehouse() for _ in range(3)]
    world.ship(*orders)
    world.simulator.fail("getOrder", "500", times=6)  # each before it is told, and after
    world.confirm()
    assert Confirmation.objects.filter(seen_at=None).count() == 3
    world.simulator.fail("getOrder", "500")
    world.later(minutes=15)
    world.confirm()
    bells.clear()
    tasks.confirm_due()
    assert bells == []  # not every few seconds

    world.later(minutes=1)
    tasks.confirm_due()
    world.confirm()

    assert bells == [{"grant_id": world.cart.grant_id}]
    assert Confirmation.objects.filter(seen_at=None).count() == 1  # the one that failed may be the cause
    world.later(minutes=4)
    world.confirm()
    assert not Confirmation.objects.filter(seen_at=None).exists()


def test_two_sweeps_at_once_tell_the_history_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = world.order_placed()
    world.download()
    page = releases._next_page(None)
    world.deliver()
    pages = iter([page, []])
    monkeypatch.setattr(releases, "_next_page", lambda cart: next(pages))

    assert world.deliver().released == 0
    assert Event.objects.filter(kind="order.released", subject_id=world.order(number).pk).count() == 1


def test_mapping_does_not_send_what_the_buyer_wants_canceled(world: World) -> None:
    route = routes_for([world.cart])[world.cart.pk]
    Route.objects.filter(pk=route.pk).update(reject_unmapped=True)
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    world.later(minutes=5)
    world.download()
    assert world.order(order.number).held_for == HeldFor.BUYER

    method = mapping.list_methods(world.cart)[0]
    mapped = mapping.MethodChange(mapped={method.name: ShipMethod.objects.first()})
    mapping.change(world.cart, mapped, by=world.person, now=world.now)
    world.deliver()

    assert world.order(order.number).status == OrderStatus.HELD


def test_a_cancel_request_at_the_warehouse_raises_an_alert_until_somebody_decides(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    world.later(minutes=5)
    world.download()
    assert Alert.objects.filter(cause="order.cancel_at_warehouse", closed_at=None).count() == 1

    holds.let_go(world.order(order.number), by=world.person, now=world.now)
    world.deliver()

    assert not Alert.objects.filter(closed_at=None).exists()
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_the_most_urgent_is_told_first(world: World) -> None:
    late, soon = world.at_warehouse(), world.at_warehouse()
    type(late).objects.filter(pk=late.pk).update(ship_by=world.now + timedelta(days=3))
    type(soon).objects.filter(pk=soon.pk).update(ship_by=world.now + timedelta(hours=3))

    world.ship(world.order(late.number), world.order(soon.number))
    world.confirm()

    assert [entry["order_id"] for entry in world.told()] == [soon.number, late.number]
