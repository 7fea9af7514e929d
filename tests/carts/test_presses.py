"""Buttons that spend quota rest after they are pressed, and say so."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from carts import presses
from carts.models import Cart, Grant
from core.common import clock
from core.common.bell import Bell
from orders import tasks as orders_tasks
from shipping.models import Reconciliation
from shipping.reconcile import reconciliations
from tests.carts.conftest import Consent, press
from tests.factories import CartFactory, make_person
from tests.world import SELLER, US, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def button(client: Client, cart: Cart, route: str) -> str:
    """Press it as a browser without JavaScript does."""
    answer = client.post(reverse(route, args=[cart.pk]), follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def boss(world: World) -> Client:
    client = Client()
    client.force_login(make_person(world.organization))
    return client


def pull(world: World) -> None:
    """A worker hears the bell."""
    assert world.cart.grant_id
    orders_tasks.import_orders.run(grant_id=world.cart.grant_id)


# -- The mechanism -----------------------------------------------------------------------------------------------------
def test_a_button_is_pressed_once_in_a_minute(still: time_machine.Traveller) -> None:
    cart = CartFactory()
    assert presses.press("test", cart, now=clock.now()) is None
    still.shift(timedelta(seconds=20))
    assert presses.press("test", cart, now=clock.now()) == timedelta(seconds=20)
    assert presses.press("test", CartFactory(), now=clock.now()) is None
    assert presses.press("read", cart, now=clock.now()) is None
    still.shift(timedelta(seconds=40))

    assert presses.press("test", cart, now=clock.now()) is None


def test_words_for_how_long_ago() -> None:
    said = [presses.ago(timedelta(seconds=seconds)) for seconds in (0, 1, 59)]

    assert said == ["just now", "1 second ago", "59 seconds ago"]
    assert presses.wait(timedelta(seconds=59)) == "in 1 second"
    assert presses.wait(timedelta(seconds=12)) == "in 48 seconds"


# -- Download now ------------------------------------------------------------------------------------------------------
def test_download_now_pressed_25_times_asks_once(
    world: World, boss: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as rung:
        shown = [button(boss, world.cart, "carts:download") for _ in range(25)]

    assert "We are checking now" in shown[0]
    assert all("We are checking already: that was asked for just now." in each for each in shown[1:])
    assert [call.args[0] for call in rung if hasattr(call, "args")] == [Bell.IMPORT_ORDERS]


def test_after_a_good_download_it_says_when_that_was(
    world: World, boss: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    world.order_placed()
    pull(world)
    due = Cart.objects.get().orders_due_at
    world.later(seconds=20)

    with django_capture_on_commit_callbacks() as rung:
        shown = [button(boss, world.cart, "carts:download") for _ in range(25)]

    assert all("Downloaded 20 seconds ago." in each for each in shown)
    assert "lists new orders about two minutes late: press again in 40 seconds." in shown[0]
    assert not [call for call in rung if hasattr(call, "args")]
    assert Cart.objects.get().orders_due_at == due
    world.later(seconds=41)
    assert "We are checking now" in button(boss, world.cart, "carts:download")


def test_carts_of_one_seller_share_the_rest(world: World, boss: Client) -> None:
    other = CartFactory(merchant=world.merchant, place_id="A2EUQ1WTGCTBG2", grant=world.cart.grant)

    button(boss, world.cart, "carts:download")

    assert "We are checking already" in button(boss, other, "carts:download")


def test_a_cart_that_was_never_downloaded_does_not_rest_on_anothers_download(world: World, boss: Client) -> None:
    Grant.objects.update(pulled_at=clock.now())

    assert world.cart.orders_seen_until is None
    assert "We are checking now" in button(boss, world.cart, "carts:download")


def test_a_download_that_failed_is_asked_for_again_after_a_minute(world: World, boss: Client) -> None:
    world.simulator.fail("searchOrders", "503_html", times=99)
    button(boss, world.cart, "carts:download")
    pull(world)
    world.later(seconds=30)
    assert "We are checking already" in button(boss, world.cart, "carts:download")
    world.later(seconds=31)

    assert "We are checking now" in button(boss, world.cart, "carts:download")


# -- Its siblings ------------------------------------------------------------------------------------------------------
def test_test_pressed_25_times_looks_once(
    owner: Client, cart: Cart, consent: Consent, still: time_machine.Traveller
) -> None:
    owner.get(consent(owner, cart))
    assert "Everything a working cart needs is there." in press(owner, cart, "test")
    first = Cart.objects.get(pk=cart.pk).checked_at
    still.shift(timedelta(seconds=10))

    shown = [press(owner, cart, "test") for _ in range(24)]

    assert all("Tested 10 seconds ago: the result is below." in each for each in shown)
    assert Cart.objects.get(pk=cart.pk).checked_at == first
    still.shift(timedelta(seconds=51))
    press(owner, cart, "test")
    assert Cart.objects.get(pk=cart.pk).checked_at == clock.now()


def test_what_was_missing_is_tested_again_at_once_and_not_for_ever(
    owner: Client, cart: Cart, consent: Consent, simulator: Any, still: time_machine.Traveller
) -> None:
    owner.get(consent(owner, cart))
    simulator.suspend(SELLER, US)
    press(owner, cart, "test")
    still.shift(timedelta(seconds=10))

    resting = ["Tested 10 seconds ago" in press(owner, cart, "test") for _ in range(24)]

    assert resting[:3] == [False] * 3
    assert all(resting[5:])
    simulator.suspend(SELLER, US, suspended=False)
    still.shift(timedelta(seconds=51))
    assert "Everything a working cart needs is there." in press(owner, cart, "test")


def test_reading_the_listings_rests(
    world: World, boss: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as rung:
        shown = [button(boss, world.cart, "inventory:read") for _ in range(25)]

    assert "The listings are being read. Check again in a minute." in shown[0]
    assert all("already: that was asked for just now." in each for each in shown[1:])
    assert [call.args[0] for call in rung if hasattr(call, "args")] == [Bell.PUBLISH]
    Cart.objects.update(listed_at=clock.now())
    world.later(seconds=30)
    assert "The listings were read 30 seconds ago." in button(boss, world.cart, "inventory:read")
    assert Cart.objects.get().listed_at is not None


def test_upload_now_rests_and_loses_nothing(
    world: World, boss: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as rung:
        button(boss, world.cart, "inventory:upload")
        world.later(seconds=20)
        shown = [button(boss, world.cart, "inventory:upload") for _ in range(24)]

    assert "Sent 20 seconds ago. What has changed since is sent in 40 seconds, automatically." in shown[0]
    assert [call.args[0] for call in rung if hasattr(call, "args")] == [Bell.PUBLISH]
    assert Cart.objects.get().inventory_due_at == clock.now() + timedelta(seconds=40)


def test_comparing_rests(world: World, boss: Client) -> None:
    first = button(boss, world.cart, "shipping:reconcile")
    assert "The comparison has started." in first
    Reconciliation.objects.all().finish(finished_at=clock.now())
    world.later(seconds=30)

    shown = [button(boss, world.cart, "shipping:reconcile") for _ in range(24)]

    assert all("Compared 30 seconds ago: the result is below." in each for each in shown)
    assert Reconciliation.objects.count() == 1
    world.later(seconds=31)
    assert "The comparison has started." in button(boss, world.cart, "shipping:reconcile")
    assert reconciliations.begin(world.cart, by=world.person, now=clock.now()) is None


def test_sending_the_tracking_again_rests(world: World, boss: Client) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.confirm()
    assert "It updates existing packages" in _tell(boss, order)
    world.later(seconds=20)
    world.confirm()
    told = len(world.told())

    shown = [_tell(boss, order) for _ in range(24)]
    world.confirm()

    assert "The tracking was sent again 20 seconds ago." in shown[0]
    assert len(world.told()) == told


def _tell(client: Client, order: Any) -> str:
    return str(client.post(reverse("orders:tell_again", args=[order.pk]), follow=True).content.decode())
