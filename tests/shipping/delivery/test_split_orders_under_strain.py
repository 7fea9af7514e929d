"""Split orders on a bad day: shipped before they were handed over, asked back in vain, held before anybody had them."""

from datetime import timedelta

import pytest

from carts.marketplaces.values import OrderState
from core.alerts.models import Alert
from core.common import clock
from core.common.errands import ErrandState
from core.common.remote import Rejected
from orders.actions import holds
from orders.models import HeldFor, Order, OrderStatus
from shipping import overdue
from shipping.cancellation import order_hold
from shipping.custom_store.export_pages import BESIDE
from shipping.custom_store.store_orders import LeftOut, store_orders
from shipping.delivery import split_orders
from shipping.methods.rules import Decision
from shipping.models import Package, Release, Route, Shipment, Warehouse
from shipping.routing_rules.part_methods import DecidedPart
from shipping.routing_rules.rules import PlacedPart
from shipping.warehouses.shipstation.store_words import StoreWords
from tests.api_client import Program
from tests.factories import OrderFactory
from tests.shipping.delivery.test_split_orders import Split, split
from tests.shipping.played_warehouse import Distant

pytestmark = pytest.mark.django_db
__all__ = ["split"]  # a fixture

PACKAGE = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": "1Z999AA10123456784"}
PLATES = {**PACKAGE, "lines": [{"sku": "PLATE", "units": 2}]}


def canceled(order: Order) -> None:
    """Its cart cancels it while a warehouse has it."""
    stands = {"status": OrderStatus.HELD, "held_for": HeldFor.CANCELED, "state_there": OrderState.CANCELED}
    Order.objects.filter(pk=order.pk).update(**stands)


def test_one_that_was_held_before_its_warehouse_heard_of_it_is_split_when_it_is_let_go(split: Split) -> None:
    order = OrderFactory(cart=split.order.cart, lines={"MUG": 1, "PLATE": 1})
    mug, plate = order.lines.order_by("pk").values_list("pk", flat=True)
    owner = {"organization": split.acme, "merchant": order.merchant}
    dropped = {"warehouse": split.oslo, "state": ErrandState.DROPPED, "due_at": clock.now()}
    Release.objects.create(order=order, **owner, **dropped)
    parts = [PlacedPart(split.reno, {mug: 1}, [("MUG", 1)]), PlacedPart(split.oslo, {plate: 1}, [("PLATE", 1)])]

    split_orders.hand_out(order, [DecidedPart(each, Decision(None, ""), "") for each in parts], now=clock.now())

    assert list(Release.objects.filter(order=order).order_by("part").values_list("part", flat=True)) == [1, 2]


def test_a_part_that_was_shipped_before_it_was_handed_over_is_owed_no_more(split: Split) -> None:
    split.ship(split.oslo)
    split.work()

    assert split.part(split.oslo).is_dropped
    assert (split.order.status, Distant.created) == (OrderStatus.AT_WMS, [])
    assert split.ship(split.reno) == "Shipped."


def test_a_part_that_is_reported_before_it_was_claimed_is_offered_no_more(split: Split) -> None:
    Warehouse.objects.filter(pk=split.oslo.pk).update(kind="api")
    wms = Program(split.acme, warehouse_id=split.oslo.pk)
    report = {"order": f"ord_{split.pk}", "reference": "S-1", "packages": [PLATES]}
    assert wms.post("shipments", {"shipments": [report]}).json()["results"][0]["outcome"] == "stored"

    assert wms.post("claims", {}).json()["orders"] == []
    assert split.order.status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_refused_part_that_somebody_ships_all_the_same_is_refused_no_more(
    split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        refusing.setattr(Distant, "create", lambda self, delivery: (_ for _ in ()).throw(Rejected("Unknown item.")))
        split.work()
    assert split.order.status == OrderStatus.ERROR

    assert "Partly shipped" in split.ship(split.oslo)

    assert (split.order.status, split.order.reason) == (OrderStatus.AT_WMS, "3 units still to be shipped")
    assert not Alert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("is_split", [True, False])
def test_what_was_asked_back_in_vain_and_let_go_is_asked_back_anew_when_it_is_canceled(
    split: Split, is_split: bool
) -> None:
    order = split.order
    if not is_split:
        order = OrderFactory(cart=order.cart, lines={"MUG": 1})
        Route.objects.filter(cart=order.cart).update(warehouse=split.oslo)
    split.work()
    Distant.answers.append(Rejected("It is packed."))
    order_hold.hold(order, by=split.owner, now=clock.now())
    split.work()
    holds.free(Order.objects.get(pk=order.pk), by=split.owner, now=clock.now())
    split.work()

    canceled(order)
    Distant.answers.append(Rejected("It is packed."))
    split.work()

    assert Alert.objects.filter(closed_at=None, cause="order.cancel_at_warehouse", subject_id=order.pk).exists()


def test_a_program_that_asks_for_the_orders_of_one_warehouse_gets_those_it_has_a_part_of(split: Split) -> None:
    program = Program(split.acme)
    for warehouse in (split.reno, split.oslo):
        [read] = program.get(f"orders?warehouse=wh_{warehouse.pk}").json()["data"]
        assert read["number"] == split.order.number


def test_one_package_of_two_warehouses_needs_a_person(split: Split) -> None:
    Warehouse.objects.filter(pk=split.oslo.pk).update(kind="api")
    split.ship(split.reno)
    wms = Program(split.acme, warehouse_id=split.oslo.pk)
    number = Package.objects.get(order=split.pk).tracking_number
    report = {"order": f"ord_{split.pk}", "reference": "S-1", "packages": [{**PLATES, "tracking_number": number}]}

    [answer] = wms.post("shipments", {"shipments": [report]}).json()["results"]

    assert answer["outcome"] == "held"
    assert f"Package {number} was shipped from Reno already." in Alert.objects.get(closed_at=None).message


def test_who_shipped_its_part_is_not_late_with_the_others(split: Split) -> None:
    split.work()
    split.ship(split.reno)
    longago = clock.now() - timedelta(days=3)
    Release.objects.filter(order=split.pk).update(released_at=longago)
    Shipment.objects.filter(order=split.pk).update(created_at=longago)
    Order.objects.filter(pk=split.pk).update(ship_by=longago)

    overdue.tell(now=clock.now())

    [late] = Alert.objects.filter(closed_at=None, cause="warehouse.stale")
    assert late.subject_id == split.oslo.pk


def test_a_desk_sees_of_a_part_that_was_shipped_what_it_was_given(split: Split) -> None:
    split.work()
    split.ship(split.reno)
    split.ship(split.oslo)
    parts = Release.objects.filter(order=split.pk).select_related(*BESIDE).order_by("part")

    said = list(store_orders(list(parts), StoreWords(), {split.pk: clock.now()}))

    goods = [{item.sku: item.quantity for item in each[1].items} for each in said if not isinstance(each, LeftOut)]
    assert goods == [{"MUG": 2, "PLATE": 1}, {"PLATE": 2}]
