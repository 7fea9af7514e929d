from datetime import timedelta
from typing import Any

import pytest

from carts.marketplaces.values import OrderDocument
from carts.models import Cart
from orders.download import storage
from orders.models import HeldFor, OrderStatus
from tests.world import US, World, line, source


def test_one_strange_order_is_held_and_stops_nobody_else(world: World) -> None:
    strange = world.order_placed(overrides={"orderItems": [{"orderItemId": "1", "quantityOrdered": -3}]})
    good = world.order_placed()

    imported = world.download()

    assert (imported.new, imported.strange) == (2, 1)
    held = world.order(strange)
    assert (held.status, held.held_for) == (OrderStatus.HELD, HeldFor.STRANGE)
    assert "could not be read" in held.reason
    assert source(held)["orderId"] == strange
    assert world.order(good).status == OrderStatus.NEW


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"fulfillment": {"fulfillmentStatus": "X" * 61}}, "fulfillmentStatus"),
        ({"fulfillment": {"fulfillmentServiceLevel": "X" * 61}}, "fulfillmentServiceLevel"),
        ({"proceeds": {"grandTotal": {"amount": "1" + "0" * 14, "currencyCode": "USD"}}}, "grandTotal"),
        ({"proceeds": {"grandTotal": {"amount": "0.00001", "currencyCode": "USD"}}}, "grandTotal"),
        ({"orderItems": [line("1" * 61)]}, "orderItemId"),
        ({"orderItems": [line("1", quantityOrdered=2**31)]}, "quantityOrdered"),
        ({"orderItems": [line(i, quantityOrdered=2**31 - 1) for i in "12"]}, "quantityOrdered"),
        ({"orderItems": [line("1", product={"sellerSku": "S" * 256})]}, "sellerSku"),
        ({"orderItems": [line("1", product={"asin": "B" * 21})]}, "asin"),
    ],
)
def test_what_our_columns_cannot_hold_is_held_as_strange(world: World, overrides: dict[str, Any], named: str) -> None:
    strange = world.order_placed(overrides=overrides)
    good = world.order_placed()

    imported = world.download()

    assert (imported.new, imported.strange) == (2, 1)
    held = world.order(strange)
    assert (held.held_for, held.lines.count()) == (HeldFor.STRANGE, 0)
    assert named in held.reason
    assert source(held)["orderId"] == strange
    assert world.order(good).status == OrderStatus.NEW


def test_new_words_and_fields_are_kept_and_not_fatal(world: World) -> None:
    number = world.order_placed(
        overrides={"brandNewField": {"a": 1}, "fulfillment": {"fulfillmentServiceLevel": "BY_DRONE"}}
    )

    world.download()

    assert world.order(number).service == "BY_DRONE"
    assert source(world.order(number))["brandNewField"] == {"a": 1}


def test_a_status_nobody_knows_holds_the_order(world: World) -> None:
    number = world.order_placed(overrides={"fulfillment": {"fulfillmentStatus": "ON_THE_MOON"}})

    world.download()

    assert world.order(number).held_for == HeldFor.STATE
    assert "ON_THE_MOON" in world.order(number).reason


def test_an_order_without_an_address_waits_for_it(world: World) -> None:
    number = world.order_placed(status="PENDING")
    world.download()
    assert world.order(number).status == OrderStatus.PENDING

    world.simulator.make_ready(number)
    world.later(minutes=5)
    world.download()

    assert world.order(number).status == OrderStatus.NEW
    assert world.order(number).recipient.open()[0] is not None


def test_a_cancellation_before_the_warehouse_cancels(world: World) -> None:
    number = world.order_placed()
    world.download()

    world.simulator.cancel(number)
    world.later(minutes=5)
    world.download()

    assert world.order(number).status == OrderStatus.CANCELED


def test_a_cancellation_at_the_warehouse_says_do_not_ship(world: World) -> None:
    order = world.at_warehouse()

    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()

    assert world.order(order.number).status == OrderStatus.HELD
    assert "do not ship" in world.order(order.number).reason


def test_a_buyers_request_holds_the_order(world: World) -> None:
    number = world.order_placed()
    world.simulator.request_cancel(number)
    world.later(minutes=5)

    world.download()

    assert world.order(number).held_for == HeldFor.BUYER


def test_shipped_at_amazon_closes_the_order_here(world: World) -> None:
    number = world.order_placed()
    world.download()
    world.simulator.ship(number)
    world.later(minutes=5)

    world.download()

    assert world.order(number).status == OrderStatus.CLOSED


def test_orders_before_the_earliest_date_stay_out_of_the_warehouse(world: World) -> None:
    number = world.order_placed()
    Cart.objects.filter(pk=world.cart.pk).update(earliest_order_at=world.now)

    # What was placed earlier changes after the date, so that it is listed at all.
    world.simulator.request_cancel(number)
    world.later(minutes=15)
    world.download()

    assert world.order(number).status == OrderStatus.SKIPPED


def test_the_reason_of_a_hold_follows_what_amazon_says(world: World) -> None:
    number = world.order_placed(overrides={"fulfillment": {"fulfillmentStatus": "ON_THE_MOON"}})
    world.download()
    order = world.order(number)
    later = source(order)
    later["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
    del later["recipient"]

    storage.store_page(
        {US: world.cart}, [OrderDocument(number, US, order.changed_at + timedelta(minutes=1), later)], now=world.now
    )

    assert (order.held_for, world.order(number).held_for) == (HeldFor.STATE, HeldFor.ADDRESS)
    assert world.order(number).reason == "Amazon.com sent no address"
