from datetime import timedelta
from typing import Any

import pytest

from carts.models import Grant
from integration_manager.activity.models import Event
from integration_manager.alerts.models import Alert
from integration_manager.lib import bell
from integration_manager.lib.errands import ErrandState
from integration_manager.lib.remote import Disconnected
from orders import holding
from orders.models import HeldFor, OrderStatus
from shipping import closing, mapping, releasing, tasks, tracking
from shipping.closing import Closing
from shipping.confirming import LOOKS
from shipping.models import Confirmation, Package, Release, Route, ShipMethod
from shipping.routing import routes_for
from shipping.tracking import NotShippable, Parcel
from tests.world import SELLER, World

UPS = Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784")


# -- To the warehouse --------------------------------------------------------------------------------------------------
def test_a_new_order_goes_to_the_warehouse_once(world: World) -> None:
    order = world.at_warehouse()

    assert order.status == OrderStatus.AT_WMS
    assert world.deliver().released == 0
    assert Release.objects.filter(order=order, state=ErrandState.DONE).count() == 1


def test_an_unmapped_method_holds_the_order_until_it_is_mapped(world: World) -> None:
    route = routes_for([world.cart])[world.cart.pk]
    Route.objects.filter(pk=route.pk).update(reject_unmapped=True)
    order = world.at_warehouse(service_level="SECOND_DAY")
    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.UNMAPPED)
    assert Alert.objects.filter(cause="ship_method.unmapped", closed_at=None).count() == 1

    method = next(method for method in mapping.list_methods(world.cart) if method.name == "SecondDay")
    freed = mapping.map_method(method, ShipMethod.objects.get(service="2nd Day Air"), by=world.person, now=world.now)
    world.deliver()

    assert freed == 1
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert str(Release.objects.get().ship_method) == "UPS 2nd Day Air"
    assert not Alert.objects.filter(closed_at=None).exists()


def test_methods_seen_on_orders_join_the_four_of_every_cart(world: World) -> None:
    world.at_warehouse(service_level="FREE_ECONOMY")

    names = [method.name for method in mapping.list_methods(world.cart)]

    assert names == ["Standard", "Expedited", "SecondDay", "NextDay", "FreeEconomy"]


def test_a_held_order_that_is_let_go_is_not_handed_over_twice(world: World) -> None:
    order = world.at_warehouse()
    order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.NEW)

    assert world.deliver().released == 1
    assert Release.objects.filter(order=order).count() == 1
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_a_paused_cart_releases_nothing(world: World) -> None:
    world.order_placed()
    world.download()
    world.cart.state = "paused"
    world.cart.save(update_fields=["state"])

    assert releasing.release_orders(now=world.now).released == 0


# -- Ship and Close ----------------------------------------------------------------------------------------------------
def test_two_orders_are_shipped_closed_and_confirmed_at_amazon(world: World) -> None:
    orders = [world.at_warehouse(), world.at_warehouse()]

    world.ship(*orders)
    told = world.confirm()

    assert told.confirmed == 2
    assert {world.order(order.number).status for order in orders} == {OrderStatus.CONFIRMED}
    assert {entry["order_id"] for entry in world.told()} == {order.number for order in orders}
    assert Confirmation.objects.filter(seen_at__isnull=False).count() == 2


def test_a_partial_shipment_leaves_the_rest_open_and_is_told_line_by_line(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}, {"sku": "TEAPOT-BLUE", "quantity": 1}])
    mug, teapot = order.lines.order_by("sku")
    first = Parcel("UPS", "UPSN", "Ground", "1Z1", {mug.pk: 2})
    rest = Parcel("UPS", "UPSN", "Ground", "1Z2")

    world.ship(order, parcels=[first])
    world.confirm()
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert world.order(order.number).reason == "2 units still to be shipped"

    world.ship(world.order(order.number), parcels=[rest])
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    packages = {p.tracking_number: dict(p.lines.values_list("line", "quantity")) for p in Package.objects.all()}
    assert packages == {"1Z1": {mug.pk: 2}, "1Z2": {mug.pk: 1, teapot.pk: 1}}
    assert [entry["packageReferenceId"] for entry in world.told()] == ["1", "2"]


def test_pressing_twice_ships_once(world: World) -> None:
    order = world.at_warehouse()
    stale = world.order(order.number)

    world.ship(order)
    again = world.ship(stale)

    assert again[0].message == "This was already shipped."
    assert Package.objects.count() == 1


def test_more_than_is_open_is_refused_and_nothing_is_stored(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 1}])
    line = order.lines.get()

    with pytest.raises(NotShippable, match="2 of MUG-BLUE-11 are more than the 1 still open"):
        tracking.store_shipment(
            order, [Parcel("UPS", "UPSN", "Ground", "1Z", {line.pk: 2})], shipped_at=world.now, by=None, now=world.now
        )

    assert Package.objects.count() == 0


@pytest.mark.parametrize(
    ("parcel", "field"),
    [
        (Parcel("", "UPSN", "Ground", "1Z"), "carrier"),
        (Parcel("UPS", " ", "Ground", "1Z"), "scac"),
        (Parcel("UPS", "UPSN", "", "1Z"), "service"),
        (Parcel("UPS", "UPSN", "Ground", ""), "tracking_number"),
    ],
)
def test_preflight_names_the_order_and_the_blank_field(world: World, parcel: Parcel, field: str) -> None:
    order = world.at_warehouse()

    problems = closing.preflight([Closing(order, [parcel], world.now)], now=world.now)

    assert [(problem.order, problem.field) for problem in problems] == [(order, field)]
    assert problems[0].message.endswith(" is missing.")


@pytest.mark.parametrize("days", [-3, 3])
def test_preflight_refuses_a_ship_date_that_cannot_be(world: World, days: int) -> None:
    order = world.at_warehouse()

    problems = closing.preflight([Closing(order, [UPS], world.now + timedelta(days=days))], now=world.now)

    assert [problem.field for problem in problems] == ["shipped_at"]


def test_preflight_refuses_one_tracking_number_on_two_orders(world: World) -> None:
    first, second = world.at_warehouse(), world.at_warehouse()

    problems = closing.preflight([Closing(order, [UPS], world.now) for order in (first, second)], now=world.now)

    assert [(problem.order, problem.field) for problem in problems] == [(second, "tracking_number")]
    assert problems[0].message == f"This tracking number stands on {first.number} already."


def test_preflight_refuses_an_order_canceled_meanwhile(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()

    problems = closing.preflight([Closing(world.order(order.number), [UPS], world.now)], now=world.now)

    assert "do not ship" in problems[0].message


# -- Telling the cart --------------------------------------------------------------------------------------------------
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
    world.simulator.cancel(order.number)

    told = world.confirm()

    assert told.stuck == 1
    stuck = world.order(order.number)
    assert stuck.status == OrderStatus.ERROR
    assert stuck.reason.startswith("Tracking was refused:")
    assert Alert.objects.filter(cause="order.not_confirmed", closed_at=None).exists()


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


def rung(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Bells rung by the sweep, instead of a worker."""
    bells: list[dict[str, Any]] = []
    monkeypatch.setattr(bell, "ring", lambda task, **ids: bells.append(ids))
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


def test_two_sweeps_at_once_tell_the_history_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = world.order_placed()
    world.download()
    page = releasing._next_page(None)
    world.deliver()
    pages = iter([page, []])
    monkeypatch.setattr(releasing, "_next_page", lambda cart: next(pages))

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
    mapping.map_method(method, ShipMethod.objects.first(), by=world.person, now=world.now)
    world.deliver()

    assert world.order(order.number).status == OrderStatus.HELD


def test_a_cancel_request_at_the_warehouse_raises_an_alert_until_somebody_decides(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    world.later(minutes=5)
    world.download()
    assert Alert.objects.filter(cause="order.cancel_at_warehouse", closed_at=None).count() == 1

    holding.let_go(world.order(order.number), by=world.person, now=world.now)
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
