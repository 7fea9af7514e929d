from datetime import timedelta
from typing import Any

import pytest

from carts.marketplaces.values import OrderDocument
from carts.models import Cart
from core.activity.models import Event
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
        ({"orderItems": [line("1" * 61)]}, "orderItemId"),
        ({"orderItems": [line("1", quantityOrdered=2**31)]}, "quantityOrdered"),
        ({"orderItems": [line(i, quantityOrdered=2**31 - 1) for i in "12"]}, "quantityOrdered"),
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
    later["recipient"] = {"deliveryAddress": {"addressLine1": "1 New Street", "city": "Boston", "countryCode": "US"}}

    storage.store_page(
        {US: world.cart}, [OrderDocument(number, US, order.changed_at + timedelta(minutes=1), later)], now=world.now
    )

    assert (order.held_for, world.order(number).held_for) == (HeldFor.STATE, HeldFor.ADDRESS)
    assert world.order(number).reason == "Amazon.com sent an address without a postal code and a state or province"


@pytest.mark.parametrize("amount", [37.4, 37, "37.40001", None, {}])
def test_an_amount_that_cannot_be_read_is_empty_and_the_order_flows(world: World, amount: Any) -> None:
    number = world.order_placed(overrides={"proceeds": {"grandTotal": {"amount": amount, "currencyCode": "USD"}}})

    assert world.download().strange == 0

    order = world.order(number)
    assert (order.status, order.total) == (OrderStatus.NEW, None)
    assert Event.objects.get(kind="order.downloaded", subject_id=order.pk).details["unread"] == "total"
    world.deliver()
    assert world.order(number).status == OrderStatus.AT_WMS


@pytest.mark.parametrize("product", [{"asin": "B000000001"}, {"sellerSku": "  "}, {"sellerSku": "S" * 256}, {}])
def test_a_line_without_sku_is_held_and_named(world: World, product: dict[str, str]) -> None:
    lines = [line("1", product={"sellerSku": "MUG", "asin": "B000000009"}), line("2", product=product)]
    number = world.order_placed(overrides={"orderItems": lines})

    world.download()

    order = world.order(number)
    assert (order.status, order.held_for, order.reason) == (OrderStatus.HELD, HeldFor.ITEMS, "Line 2 has no SKU")


def test_a_cart_that_names_products_by_asin_asks_for_no_sku(world: World) -> None:
    Cart.objects.filter(pk=world.cart.pk).update(product_code=Cart.ProductCode.ASIN)
    fits = world.order_placed(overrides={"orderItems": [line("1", product={"asin": "B000000001"})]})
    lacks = world.order_placed(overrides={"orderItems": [line("1", product={"sellerSku": "MUG", "asin": ""})]})

    world.download()

    assert world.order(fits).status == OrderStatus.NEW
    assert world.order(lacks).reason == "Line 1 has no ASIN"


def test_an_order_of_which_nothing_is_left_is_held(world: World) -> None:
    lines = [line("1", quantityOrdered=0, fulfillment={"quantityFulfilled": 0, "quantityUnfulfilled": 0})]
    number = world.order_placed(overrides={"orderItems": lines})

    world.download()

    order = world.order(number)
    assert (order.held_for, order.reason) == (HeldFor.STATE, "Nothing of it is left to ship on Amazon.com")


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({"name": ""}, "a name"),
        ({"name": "", "companyName": "Mugs Inc"}, ""),
        ({"countryCode": ""}, "a country"),
        ({"addressLine1": "", "addressLine2": "Musterweg 3"}, ""),
        ({"addressLine1": "", "addressLine2": "", "addressLine3": ""}, "a street"),
        ({"postalCode": ""}, "a postal code"),
        ({"postalCode": "", "countryCode": "AE"}, ""),
        ({"postalCode": "", "countryCode": "HK", "city": ""}, ""),
        ({"postalCode": "", "countryCode": "IE", "stateOrRegion": ""}, ""),
        ({"stateOrRegion": ""}, "a state or province"),
        ({"stateOrRegion": "", "countryCode": "DE"}, ""),
        ({"city": "", "districtOrCounty": "", "countryCode": "DE"}, "a city"),
        ({"name": "", "postalCode": ""}, "a name and a postal code"),
    ],
)
def test_an_address_needs_what_its_country_needs(world: World, fields: dict[str, str], lacks: str) -> None:
    number = world.order_placed()
    world.download()
    document = source(world.order(number))
    address = {**document["recipient"]["deliveryAddress"], **fields}
    document = {**document, "orderId": "000-1", "recipient": {"deliveryAddress": address}}

    storage.store_page({US: world.cart}, [OrderDocument("000-1", US, world.now, document)], now=world.now)

    order = world.order("000-1")
    assert order.reason == (f"Amazon.com sent an address without {lacks}" if lacks else "")
    assert order.held_for == (HeldFor.ADDRESS if lacks else "")
