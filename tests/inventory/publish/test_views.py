"""A cart's Inventory: what it offers, what it was told, and the buttons."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from carts.models import Cart, Listing
from core.accounts.access import Role
from core.common import clock
from core.common.bell import Bell
from core.common.errands import ErrandState
from inventory import tasks
from inventory.models import StockLevel, StockUpdate
from shipping.routing import routes_for
from tests.factories import CartFactory, ListingFactory, OrganizationFactory, StockLevelFactory, make_person
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def cart() -> Cart:
    return CartFactory(name="Amazon US")


@pytest.fixture
def owner(cart: Cart) -> Client:
    return browser_of(cart, Role.OWNER)


def browser_of(cart: Cart, role: Role) -> Client:
    browser = Client()
    merchant = cart.merchant if role == Role.SELLER else None
    browser.force_login(make_person(cart.organization, role, merchant=merchant))
    return browser


def address(cart: Cart, name: str = "cart") -> str:
    return reverse(f"inventory:{name}", args=[cart.pk])


def counted(listing: Listing, on_hand: int) -> None:
    warehouse = routes_for([listing.cart])[listing.cart.pk].warehouse
    StockLevelFactory(merchant=listing.merchant, warehouse=warehouse, sku=listing.sku, on_hand=on_hand)


def update_of(listing: Listing, **fields: Any) -> StockUpdate:
    made: StockUpdate = StockUpdate.objects.create(
        organization=listing.organization,
        merchant=listing.merchant,
        listing=listing,
        wanted_at=clock.now(),
        due_at=clock.now(),
        **fields,
    )
    return made


def rows(client: Client, cart: Cart, **query: str) -> dict[str, Any]:
    return {row.listing.sku: row for row in client.get(address(cart), query).context["rows"]}


# -- The page ----------------------------------------------------------------------------------------------------------
def test_each_listing_says_what_amazon_shows_and_what_it_would_be_told(owner: Client, cart: Cart) -> None:
    told = ListingFactory(cart=cart, sku="MUG-BLUE", asin="B0BLUE", quantity_there=12)
    counted(told, 9)
    update_of(told, wanted=9, told=12, told_at=clock.now() - timedelta(minutes=40))
    refused = ListingFactory(cart=cart, sku="MUG-LID")
    update_of(refused, wanted=3, state=ErrandState.STUCK, last_error="The SKU is unknown.")
    theirs = ListingFactory(cart=cart, sku="MUG-FBA", fulfilled_by_marketplace=True)
    counted(theirs, 5)
    ListingFactory(sku="OF-ANOTHER")

    shown = owner.get(address(cart)).content.decode()

    found = rows(owner, cart)
    assert list(found) == ["MUG-BLUE", "MUG-FBA", "MUG-LID"]
    assert (found["MUG-BLUE"].available, found["MUG-LID"].available, found["MUG-FBA"].available) == (9, None, None)
    assert "12, " in shown
    assert "9 is on its way" in shown
    assert "3 was refused: The SKU is unknown." in shown
    assert "Not ours" in shown
    assert "not counted yet" in shown


def test_stock_goes_by_sku_whatever_code_the_orders_of_a_cart_carry(owner: Client, cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(product_code=Cart.ProductCode.ASIN)
    listing = ListingFactory(cart=cart, sku="MUG-BLUE", asin="B0BLUE")
    warehouse = routes_for([cart])[cart.pk].warehouse
    StockLevelFactory(merchant=listing.merchant, warehouse=warehouse, sku="B0BLUE", on_hand=9)
    StockLevelFactory(merchant=listing.merchant, warehouse=warehouse, sku="MUG-BLUE", on_hand=4)

    assert rows(owner, cart)["MUG-BLUE"].available == 4


@pytest.mark.parametrize("words", ["blue", "B0BL", "ceramic", "\0blue"])
def test_listings_are_found_by_sku_asin_and_title(owner: Client, cart: Cart, words: str) -> None:
    ListingFactory(cart=cart, sku="MUG-BLUE", asin="B0BLUE", title="Ceramic blue")
    ListingFactory(cart=cart, sku="POT-RED", asin="B0RED", title="Red pot")

    assert list(rows(owner, cart, q=words)) == ["MUG-BLUE"]


def test_a_page_of_twenty_asks_as_often_as_one_of_ten(owner: Client, cart: Cart) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            owner.get(address(cart))
        return len(queries)

    def offer(count: int) -> None:
        for _ in range(count):
            listing = ListingFactory(cart=cart)
            counted(listing, 5)
            update_of(listing, wanted=5)

    offer(10)
    asked()
    ten = asked()
    offer(10)

    assert asked() == ten
    assert owner.get(address(cart)).context["listing"].total == 20


def test_others_find_nothing_there(cart: Cart) -> None:
    ListingFactory(cart=cart)
    stranger = Client()
    stranger.force_login(make_person(OrganizationFactory()))

    assert stranger.get(address(cart)).status_code == 404
    assert stranger.post(address(cart, "upload")).status_code == 404


# -- The buttons -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("button", ["upload", "read"])
def test_the_buttons_wake_a_worker(
    owner: Client, cart: Cart, button: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Cart.objects.filter(pk=cart.pk).update(listed_at=clock.now() - timedelta(hours=1))

    with django_capture_on_commit_callbacks() as rung:
        owner.post(address(cart, button))

    assert [call.args[0] for call in rung if hasattr(call, "args")] == [Bell.PUBLISH]
    cart.refresh_from_db()
    assert (cart.listed_at is None) == (button == "read")
    assert cart.inventory_due_at


@pytest.mark.parametrize("button", ["upload", "read"])
def test_a_cart_that_is_not_live_is_neither_told_nor_read(
    owner: Client, cart: Cart, button: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.PAUSED)

    with django_capture_on_commit_callbacks() as rung:
        shown = owner.post(address(cart, button), follow=True).content.decode()

    assert not [call for call in rung if hasattr(call, "args")]
    assert "it must be live" in shown
    assert "Upload now" not in shown


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
def test_who_may_not_connect_only_looks(cart: Cart, role: Role) -> None:
    browser = browser_of(cart, role)

    assert browser.get(address(cart)).status_code == 200
    assert browser.post(address(cart, "upload")).status_code == 403
    assert browser.post(address(cart, "read")).status_code == 403


# -- The worker --------------------------------------------------------------------------------------------------------
def work(world: World) -> list[dict[str, Any]]:
    """A worker hears the bell. Returns what Amazon was told."""
    tasks.publish.run(cart_id=world.cart.pk)
    return world.simulator.journal("stock")


def count_all(world: World) -> None:
    for listing in Listing.objects.filter(cart=world.cart, fulfilled_by_marketplace=False):
        counted(listing, 7)


def test_a_worker_reads_and_tells_a_live_cart(world: World) -> None:
    assert work(world) == []
    assert Listing.objects.filter(cart=world.cart).exists()
    world.cart.refresh_from_db()
    StockLevel.objects.update(on_hand=7, observed_at=world.now)

    assert work(world)


@pytest.mark.parametrize("change", [{"state": Cart.State.PAUSED}, {"inventory_on": False}])
def test_a_worker_tells_nothing_to_a_cart_that_was_paused_or_switched_off_meanwhile(
    world: World, change: dict[str, Any]
) -> None:
    work(world)
    StockLevel.objects.update(on_hand=7, observed_at=world.now)
    Cart.objects.filter(pk=world.cart.pk).update(listed_at=None, **change)

    assert work(world) == []

    world.cart.refresh_from_db()
    assert (world.cart.listed_at is None) == ("state" in change)
