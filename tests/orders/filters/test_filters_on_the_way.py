"""Filters on the way of an order: from the download to what the warehouse, the stock and the marketplace hear of it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.activity.models import Event
from core.alerts.models import Alert
from inventory import promised
from inventory.models import StockLevel
from orders.actions import holds
from orders.filters import cart_filters
from orders.models import HeldFor, ItemFilter, OrderFilter, OrderStatus
from shipping.cancellation import order_hold
from shipping.delivery import handover, recall
from shipping.models import Package, Release
from shipping.shipments.shipped_packages import Parcel
from tests.factories import OrderFactory, StockLevelFactory
from tests.world import World

MUG, POT = "MUG-BLUE-11", "TEAPOT-BLUE"
BOTH = [{"sku": MUG, "quantity": 2}, {"sku": POT, "quantity": 3}]


def owner(world: World) -> dict[str, Any]:
    return {"organization": world.organization, "merchant": world.merchant, "cart": world.cart}


def leave_out(world: World, field: str, *values: str, effect: str = "restricted", match: str = "whole") -> OrderFilter:
    kept: OrderFilter = OrderFilter.objects.create(
        **owner(world), field=field, values=list(values), effect=effect, match=match
    )
    return kept


def list_items(world: World, *values: str, mode: str = "deny", scope: str = "line") -> ItemFilter:
    kept: ItemFilter = ItemFilter.objects.create(**owner(world), mode=mode, scope=scope, values=list(values))
    return kept


# -- Orders ----------------------------------------------------------------------------------------------------------
def test_an_order_a_filter_leaves_out_is_skipped_with_the_reason(world: World) -> None:
    leave_out(world, "prime", "yes")
    prime, other = world.order_placed(prime=True), world.order_placed()

    world.download()
    world.deliver()

    skipped = world.order(prime)
    assert (skipped.status, skipped.reason) == (OrderStatus.SKIPPED, "Left out by the filter “Prime is yes”")
    assert world.order(other).status == OrderStatus.AT_WMS
    told = Event.objects.get(kind="order.downloaded", subject_id=skipped.pk)
    assert told.details["reason"] == skipped.reason


@pytest.mark.parametrize("word", ["UK", "England", "gb"])
def test_only_country_uk_takes_what_goes_to_great_britain(world: World, word: str) -> None:
    leave_out(world, "country", word, effect="required")
    there, here = (world.order_placed(address={"countryCode": code}) for code in ("GB", "US"))

    world.download()

    assert world.order(there).status != OrderStatus.SKIPPED
    assert world.order(here).status == OrderStatus.SKIPPED


def test_only_what_every_required_filter_wants_is_taken(world: World) -> None:
    leave_out(world, "country", "us", effect="required")
    leave_out(world, "service", "next", "second", match="starts", effect="required")
    fast, slow = world.order_placed(service_level="NEXT_DAY"), world.order_placed()

    world.download()

    assert world.order(fast).status == OrderStatus.NEW
    assert "Only if ship method starts with next or second" in world.order(slow).reason


def test_the_filters_of_another_cart_do_nothing(world: World) -> None:
    elsewhere = OrderFactory().cart
    OrderFilter.objects.create(
        organization=elsewhere.organization, merchant=elsewhere.merchant, cart=elsewhere, field="country", values=["US"]
    )
    number = world.order_placed()

    world.download()

    assert world.order(number).status == OrderStatus.NEW


def test_a_pending_order_is_judged_when_its_address_comes(world: World) -> None:
    leave_out(world, "country", "US")
    number = world.order_placed(status="PENDING")
    world.download()
    assert world.order(number).status == OrderStatus.PENDING

    world.simulator.make_ready(number)
    world.later(minutes=5)
    world.download()

    assert world.order(number).status == OrderStatus.SKIPPED


def test_an_order_without_an_address_is_held_and_not_left_out_by_guess(world: World) -> None:
    leave_out(world, "postal_code", "8", match="starts", effect="required")
    number = world.order_placed(overrides={"recipient": None})

    world.download()

    assert world.order(number).held_for == HeldFor.ADDRESS


def test_what_was_taken_stays_taken(world: World) -> None:
    at_warehouse = world.at_warehouse()
    leave_out(world, "country", "US")
    list_items(world, MUG, POT)

    world.simulator.request_cancel(at_warehouse.number)
    world.later(minutes=5)
    world.download()

    order = world.order(at_warehouse.number)
    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.BUYER)
    assert not order.lines.filter(left_out=True).exists()


def test_a_filter_does_not_hide_that_a_held_order_was_canceled(world: World) -> None:
    number = world.order_placed()
    world.download()
    order_hold.hold(world.order(number), by=world.person, now=world.now)
    leave_out(world, "country", "US")

    world.simulator.request_cancel(number)
    world.later(minutes=5)
    world.download()
    assert world.order(number).held_for == HeldFor.BUYER

    world.simulator.cancel(number)
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)
    assert world.order(number).status == OrderStatus.CANCELED


def test_a_filter_does_not_leave_out_what_somebody_ships_although_its_buyer_wished_otherwise(world: World) -> None:
    order = world.at_warehouse(lines=BOTH)
    number = order.number
    world.simulator.request_cancel(number)
    world.later(minutes=5)
    world.download()
    holds.let_go(world.order(number), by=world.person, now=world.now)
    leave_out(world, "country", "US")
    list_items(world, POT)

    world.simulator.world.touch(world.simulator.world.orders[number], world.now)
    world.later(minutes=5)
    world.download()

    assert world.order(number).status == OrderStatus.NEW
    assert not order.lines.filter(left_out=True).exists()


def test_an_order_that_waits_for_a_mapping_is_left_out_when_it_changes(world: World) -> None:
    number = world.order_placed()
    world.download()
    order = world.order(number)
    unmapped = {"reason": "Not mapped", "held_for": HeldFor.UNMAPPED}
    order.advance(frm=[OrderStatus.NEW], to=OrderStatus.HELD, now=world.now, **unmapped)
    leave_out(world, "country", "US")

    world.simulator.request_cancel(number)
    world.later(minutes=5)
    world.download()

    assert world.order(number).status == OrderStatus.SKIPPED


def test_an_order_left_out_comes_when_the_filter_is_gone_and_it_changes(world: World) -> None:
    kept = leave_out(world, "country", "US")
    number = world.order_placed(lines=BOTH)
    world.download()
    kept.delete()
    list_items(world, POT)
    assert world.order(number).status == OrderStatus.SKIPPED

    world.simulator.request_cancel(number)
    world.later(minutes=5)
    world.download()

    assert world.order(number).held_for == HeldFor.BUYER
    assert set(world.order(number).lines.filter(left_out=True).values_list("sku", flat=True)) == {POT}


def test_filters_are_asked_for_once_a_pull(world: World) -> None:
    for number in range(10):
        leave_out(world, "number", f"X{number}")
    list_items(world, *(f"SKU-{number}" for number in range(200)), POT)

    def pull(orders: int) -> int:
        for _ in range(orders):
            world.order_placed(lines=BOTH)
        world.later(minutes=20)
        with CaptureQueriesContext(connection) as asked:
            assert world.download().new == orders
        return sum("filter" in query["sql"].split("WHERE")[0] for query in asked)

    world.download()
    assert (pull(1), pull(20)) == (2, 2)


# -- Items -----------------------------------------------------------------------------------------------------------
def test_a_line_left_out_does_not_reach_the_warehouse_and_the_rest_is_confirmed_in_part(world: World) -> None:
    list_items(world, POT.lower())
    order = world.at_warehouse(lines=BOTH)
    release = Release.objects.get(order=order)

    assert [(line.product_code, line.quantity) for line in handover.delivery(release).lines] == [(MUG, 2)]

    world.ship(order)
    world.confirm()

    done = world.order(order.number)
    assert (done.status, done.reason) == (OrderStatus.PARTLY, f"Still open on Amazon.com: 3 × {POT} (left out here)")
    assert done.lines.get(sku=POT).wanted == 3
    (told,) = world.told()
    assert list(told["items"].values()) == [2]
    assert [packed.line.sku for packed in Package.objects.get().lines.all()] == [MUG]


def test_a_line_left_out_cannot_be_shipped(world: World) -> None:
    list_items(world, POT)
    order = world.at_warehouse(lines=BOTH)
    pot = order.lines.get(sku=POT)

    closed = world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", "1Z1", {pot.pk: 1})])

    assert not closed[0].shipped
    assert "more than the 0 still open" in closed[0].message


def test_nobody_is_told_of_units_canceled_of_a_line_left_out(world: World) -> None:
    list_items(world, POT)
    order = world.at_warehouse(lines=BOTH)

    world.simulator.cancel_units(order.number, {POT: 2})
    world.later(minutes=5)
    world.download()

    assert order.lines.get(sku=POT).canceled == 2
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert not Alert.objects.exists()


def test_a_line_left_out_is_not_promised(world: World) -> None:
    list_items(world, POT)
    order = world.at_warehouse(lines=BOTH)
    for sku in (MUG, POT):
        StockLevelFactory(merchant=world.merchant, warehouse=Release.objects.get(order=order).warehouse, sku=sku)

    levels: Any = promised.reckon(StockLevel.objects.select_related("warehouse"), now=world.now)

    assert {level.sku: level.promised for level in levels} == {MUG: 2, POT: 0}


@pytest.mark.parametrize(
    ("mode", "scope", "values"),
    [("deny", "line", (MUG, POT)), ("allow", "line", ("LAMP",)), ("deny", "order", (POT,)), ("allow", "order", (POT,))],
)
def test_an_order_of_which_nothing_may_go_is_skipped(
    world: World, mode: str, scope: str, values: tuple[str, ...]
) -> None:
    list_items(world, *values, mode=mode, scope=scope)
    number = world.order_placed(lines=BOTH)

    world.download()

    skipped = world.order(number)
    assert skipped.status == OrderStatus.SKIPPED
    assert skipped.reason.startswith("Left out by the item filter “")
    assert sum(skipped.lines.values_list("ordered", flat=True)) == 5


def test_a_buyers_request_on_a_line_left_out_holds_nothing(world: World) -> None:
    list_items(world, POT)
    number = world.order_placed(lines=BOTH)
    document = world.simulator.order(number)
    document["orderItems"][1]["cancellation"] = {"cancellationRequest": {"requester": "BUYER"}}
    wanted = world.order_placed(lines=BOTH, overrides={"orderItems": document["orderItems"]})

    world.download()

    assert world.order(wanted).lines.get(sku=POT).cancel_requested
    assert world.order(wanted).status == OrderStatus.NEW


def test_a_list_that_changed_holds_for_an_order_not_yet_released(world: World) -> None:
    listed = list_items(world, POT)
    number = world.order_placed(lines=BOTH)
    world.download()
    listed.values = [MUG]
    listed.save(update_fields=["values"])
    assert set(world.order(number).lines.filter(left_out=True).values_list("sku", flat=True)) == {POT}

    world.simulator.request_cancel(number)
    world.later(minutes=5)
    world.download()

    assert set(world.order(number).lines.filter(left_out=True).values_list("sku", flat=True)) == {MUG}


# -- Trying out ------------------------------------------------------------------------------------------------------
def test_trying_says_what_would_have_been_left_out(world: World) -> None:
    for wish in ({"prime": True}, {}, {"lines": BOTH}, {"fulfilled_by": "AMAZON"}):
        world.order_placed(**{"lines": [{"sku": MUG}], **wish})
    world.download()
    leave_out(world, "prime", "yes")
    leave_out(world, "postal_code", "no such code")
    list_items(world, POT)

    tried = cart_filters.try_out(world.cart, cart_filters.load([world.cart])[world.cart.pk], now=world.now)

    assert (tried.looked_at, tried.left_out, tried.in_part) == (3, 1, 1)
    assert tried.all_of_them
    assert [reason for _, reason in tried.shown] == ["Left out by the filter “Prime is yes”"]


def test_trying_reads_the_sealed_address_where_a_filter_needs_it(world: World) -> None:
    number = world.order_placed()
    world.download()
    order = world.order(number)
    address, _ = order.recipient.open()
    assert address
    leave_out(world, "state", address.state)
    rules = cart_filters.load([world.cart])[world.cart.pk]

    assert cart_filters.try_out(world.cart, rules, now=world.now).left_out == 1
    order.recipient.sealed = None
    order.recipient.save(update_fields=["sealed"])
    assert cart_filters.try_out(world.cart, rules, now=world.now).left_out == 0
    assert not Event.objects.filter(kind="recipient.looked_at").exists()


def test_trying_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cart_filters, "MOST_TRIED", 3)
    for _ in range(5):
        OrderFactory(cart=world.cart)
    leave_out(world, "country", "US")

    with CaptureQueriesContext(connection) as asked:
        tried = cart_filters.try_out(world.cart, cart_filters.load([world.cart])[world.cart.pk], now=world.now)

    assert (tried.looked_at, tried.all_of_them, tried.left_out) == (3, False, 3)
    assert len(asked) == 4


# -- What people see -------------------------------------------------------------------------------------------------
def test_what_was_left_out_is_said_where_the_order_is_looked_at_and_shipped(world: World) -> None:
    list_items(world, POT)
    order = world.at_warehouse(lines=BOTH)
    client = Client()
    client.force_login(world.person)

    page = client.get(order.get_absolute_url()).content.decode()
    closing = client.get(reverse("shipping:close"), {"order": order.pk}).content.decode()
    apart = client.post(reverse("shipping:close"), {"order": order.pk, "split": order.pk}).content.decode()

    assert page.count("3 left out</strong>: not sent to the warehouse") == 1
    assert "3 left out: do not ship" in closing
    assert f"<strong>Left out, do not ship:</strong> 3 × {POT}" in apart
    assert f"Units of {MUG}" in apart
    assert f"Units of {POT}" not in apart
