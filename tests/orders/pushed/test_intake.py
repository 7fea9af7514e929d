"""Orders that a cart's own client pushes: stored, shipped, fetched and canceled, with nobody asked and nothing told."""

from datetime import timedelta
from typing import Any

import pytest

from carts import checks, lifecycle
from carts.marketplaces.values import OrderDocument
from carts.models import Cart
from core.common import clock
from orders import tasks as order_tasks
from orders.models import HeldFor, Order, OrderStatus
from orders.pushed import intake
from shipping import overdue
from shipping import tasks as shipping_tasks
from shipping.close import ship_and_close
from shipping.close.ship_and_close import Closing
from shipping.confirmation import client_receipt
from shipping.delivery import recall, releases
from shipping.routing import make_portal_warehouse
from shipping.shipments.shipped_packages import Parcel
from tests.factories import CartFactory, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cart() -> Cart:
    made = CartFactory(kind="api_access", place_id="api_access", grant=None)
    make_portal_warehouse(made.organization)
    return made


def document(cart: Cart, number: str = "S-1", **said: Any) -> OrderDocument:
    source = {
        "cust_ref": number,
        "ship_first_name": "Ida",
        "ship_last_name": "Berg",
        "ship_address_1": "12 Quay Street",
        "ship_city": "Reno",
        "ship_state": "NV",
        "ship_zip": "89501",
        "ship_country": "US",
        "ship_is_billing": "Y",
        "ship_code": "Express",
        "created_date_time": "2026-11-20T10:00:00+00:00",
        "items": [{"item": "MUG-BLUE", "quantity": "2", "price": "9.50"}],
    }
    return OrderDocument(number, cart.place_id, clock.now(), source | said)


def pushed(cart: Cart, number: str = "S-1") -> Order:
    intake.take(cart, [document(cart, number)], now=clock.now())
    return Order.objects.get(cart=cart, number=number)


def at_warehouse(cart: Cart, number: str = "S-1") -> Order:
    order = pushed(cart, number)
    releases.release_orders(now=clock.now())
    order.refresh_from_db()
    return order


def ship(order: Order, tracking: str = "1Z999AA10000000001") -> None:
    by = make_person(order.organization)
    parcels = [Parcel("UPS", "UPSN", "Ground", tracking)]
    ship_and_close.ship_and_close([Closing(order, parcels, clock.now())], by=by, now=clock.now())
    order.refresh_from_db()


def test_a_pushed_order_is_stored_like_a_downloaded_one(cart: Cart) -> None:
    order = pushed(cart)

    assert order.status == OrderStatus.NEW
    assert (order.service, order.line_count, order.unit_count, order.seller_id) == ("Express", 1, 2, "")
    assert order.lines.get().sku == "MUG-BLUE"


def test_pushing_the_same_twice_changes_nothing(cart: Cart) -> None:
    pushed(cart)
    again = intake.take(cart, [document(cart)], now=clock.now())
    left = intake.take(cart, [document(cart)], now=clock.now(), only_new=True)

    assert (again.new, again.unchanged) == (0, 1)
    assert (left.unchanged, left.known) == (0, ["S-1"])


def test_an_order_without_an_address_is_held_for_that(cart: Cart) -> None:
    gone = dict.fromkeys(("ship_address_1", "ship_zip"), "")
    intake.take(cart, [document(cart, **gone)], now=clock.now())

    assert Order.objects.get(cart=cart).held_for == HeldFor.ADDRESS


@pytest.mark.parametrize("state", [Cart.State.ARCHIVED, Cart.State.DISCONNECTED])
def test_a_cart_that_was_put_away_takes_nothing(cart: Cart, state: Cart.State) -> None:
    Cart.objects.filter(pk=cart.pk).update(state=state)

    with pytest.raises(intake.NotTaken):
        intake.take(cart, [document(cart)], now=clock.now())
    assert not Order.objects.exists()


def test_nothing_can_be_pushed_into_a_cart_that_downloads() -> None:
    amazon = CartFactory()

    with pytest.raises(intake.NotTaken):
        intake.take(amazon, [document(amazon)], now=clock.now())


def test_what_was_shipped_is_confirmed_once_the_client_has_it(cart: Cart) -> None:
    order = at_warehouse(cart)
    ship(order)
    assert order.status == OrderStatus.SHIPPED

    assert client_receipt.acknowledge(order, now=clock.now(), tracking_numbers=["1Z-SOMEBODY-ELSES"]) == 0
    assert client_receipt.acknowledge(order, now=clock.now()) == 1
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    assert client_receipt.acknowledge(order, now=clock.now()) == 0


def test_its_client_cancels_it_before_it_goes_out(cart: Cart) -> None:
    canceled = intake.cancel(pushed(cart), now=clock.now())

    assert canceled.status == OrderStatus.CANCELED
    assert intake.cancel(canceled, now=clock.now()).status == OrderStatus.CANCELED


def test_its_client_cancels_it_while_the_warehouse_has_it(cart: Cart) -> None:
    order = at_warehouse(cart)
    held = intake.cancel(order, now=clock.now())
    assert held.held_for == HeldFor.CANCELED

    recall.recall_orders(now=clock.now())
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELED


def test_what_is_shipped_is_canceled_by_nobody(cart: Cart) -> None:
    order = at_warehouse(cart)
    ship(order)

    with pytest.raises(intake.NotTaken, match="already been shipped"):
        intake.cancel(order, now=clock.now())
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED


def test_nobody_is_asked_and_nothing_is_told(cart: Cart) -> None:
    """Every sweep passes such a cart by; it goes live without a grant or a Test."""
    order = at_warehouse(cart)
    ship(order)
    assert (cart.is_authorized, cart.is_at_work, cart.is_asked, cart.passed) == (True, True, False, True)
    assert list(Cart.objects.at_work()) == [cart]
    assert list(Cart.objects.asked()) == []
    assert checks.claim_due(clock.now()) == []
    assert checks.check(cart, by=None, now=clock.now()) == []

    for sweep in (order_tasks.import_due, shipping_tasks.confirm_due, shipping_tasks.reconcile_due):
        sweep()
    with pytest.raises(lifecycle.NotReady):
        lifecycle.download(cart, now=clock.now())


def test_it_goes_live_and_is_put_away_without_an_authorization(cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.SETUP, live_at=None)
    cart.refresh_from_db()

    lifecycle.turn_on(cart, by=None, now=clock.now())
    assert cart.status == ("Live", "good")
    lifecycle.pause(cart, by=None, now=clock.now())
    assert lifecycle.archive(cart, by=None, now=clock.now())


def test_a_client_that_fetches_nothing_is_told_of(cart: Cart) -> None:
    from_now = clock.now() + timedelta(hours=5)
    ship(at_warehouse(cart))
    messages = [said[1] for said in overdue._tracking(from_now)]

    assert len(messages) == 1
    assert "Its own client fetches them" in messages[0]
