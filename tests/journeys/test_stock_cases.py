"""Cases of stock from the field: smallest inputs that went wrong, and their siblings."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts import listings
from carts.models import Cart, Listing
from inventory.models import StockLevel, StockUpdate
from inventory.publish import single_numbers
from tests.inventory.publish.accounts import SKUS, alerts, count, there, work
from tests.world import SELLER, US, World

SKU = SKUS[0]
ODD = ["A/B %2F", "50% + #1", "space  inside", "übergröße", "漢字", 'say "hi"', "a,b", "q?x=1&y"]


@pytest.fixture
def sold(world: World) -> World:
    """Ten of each SKU, and the cart knows it."""
    work(world.cart)
    count(world.cart, 10)
    work(world.cart)
    assert there(world) == 10
    world.later(minutes=1)
    return world


def channels(world: World, sku: str = SKU) -> set[str]:
    listing = world.simulator.world.listings[SELLER][US][sku]
    return {str(one["fulfillment_channel_code"]) for one in listing.availability}


def update(sku: str = SKU) -> StockUpdate:
    found: StockUpdate = StockUpdate.objects.get(sku=sku)
    return found


def told(world: World, sku: str = SKU) -> list[int]:
    return [entry["quantity"] for entry in world.simulator.journal("stock") if entry["sku"] == sku]


def press(world: World, button: str, **data: Any) -> str:
    browser = Client()
    browser.force_login(world.person)
    answer = browser.post(reverse(f"inventory:{button}", args=[world.cart.pk]), data, follow=True)
    return str(answer.content.decode())


# -- S1: changed at the marketplace ----------------------------------------------------------------------------------
@pytest.mark.parametrize("shown", [500, 0, 9])
def test_a_quantity_somebody_changed_there_is_told_again(sold: World, shown: int) -> None:
    sold.later(hours=25)
    sold.simulator.set_quantity(SELLER, SKU, shown)

    work(sold.cart)

    assert there(sold) == 10
    sold.later(hours=1)
    work(sold.cart)
    assert told(sold) == [10, 10]


def test_what_was_told_just_now_is_not_compared_yet(sold: World) -> None:
    sold.later(minutes=10)
    sold.simulator.set_quantity(SELLER, SKU, 500)
    listings.begin_anew(sold.cart)

    work(sold.cart)

    assert told(sold) == [10]


# -- S3: moved to the marketplace's warehouse ------------------------------------------------------------------------
@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize("moved_to", [("AMAZON",), ("AMAZON", "DEFAULT")])
def test_an_offer_that_moved_to_the_marketplace_is_never_told(
    sold: World, moved_to: tuple[str, ...], read: bool
) -> None:
    count(sold.cart, 35, SKU)
    sold.simulator.fail("patchListingsItem", "503", times=1)
    work(sold.cart)
    sold.simulator.fulfil_by(SELLER, SKU, *moved_to)
    before = told(sold)
    if read:
        listings.begin_anew(sold.cart)

    for _ in range(3):
        sold.later(minutes=5)
        work(sold.cart)

    assert told(sold) == before
    assert update().is_dropped
    assert len(alerts("stock.both_channels")) == (len(moved_to) == 2)


def test_the_first_number_after_a_while_looks_at_the_listing_first(sold: World) -> None:
    sold.later(hours=3)
    sold.simulator.fulfil_by(SELLER, SKU, "AMAZON")
    count(sold.cart, 4, SKU)

    work(sold.cart)

    assert channels(sold) == {"AMAZON_NA"}
    assert Listing.objects.get(cart=sold.cart, sku=SKU).fulfilled_by_marketplace


def test_an_offer_that_comes_back_is_told(sold: World) -> None:
    sold.simulator.fulfil_by(SELLER, SKU, "AMAZON")
    sold.later(hours=25)
    work(sold.cart)
    sold.simulator.fulfil_by(SELLER, SKU, "DEFAULT")
    sold.later(hours=25)

    work(sold.cart)

    assert there(sold) == 10


# -- S4: refused, and mended there -----------------------------------------------------------------------------------
@pytest.fixture
def refused(sold: World) -> World:
    sold.simulator.block_listing(SELLER, SKU, "The listing is blocked until the price is corrected.")
    count(sold.cart, 8, SKU)
    work(sold.cart)
    assert update().is_stuck
    (alert,) = alerts("stock.not_told")
    assert "Send again" in alert.message
    browser = Client()
    browser.force_login(sold.person)
    assert "Send again" in browser.get(alert.path).content.decode()
    sold.simulator.block_listing(SELLER, SKU)
    return sold


@pytest.mark.parametrize("way", ["upload", "read", "send_again", "count", "day"])
def test_what_was_refused_and_mended_is_told_again(refused: World, way: str) -> None:
    level = StockLevel.objects.get(sku=SKU)
    if way == "day":
        refused.later(hours=24)
    elif way == "count":
        browser = Client()
        browser.force_login(refused.person)
        same = {f"seen_{level.pk}": "8", f"on_hand_{level.pk}": "8"}
        answer = browser.post(reverse("inventory:inventory"), same, follow=True)
        assert "1 refused quantity is being sent again." in answer.content.decode()
    else:
        refused.later(minutes=2)
        press(refused, way, sku=SKU)

    work(refused.cart)

    assert there(refused) == 8
    assert alerts("stock.not_told") == []


# -- S6 and S9: reading the list -------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["400", "500", "html_200"])
def test_a_page_that_cannot_be_read_stops_no_known_sku_and_is_told_of(sold: World, fault: str) -> None:
    sold.simulator.list_skus(SELLER, US, [f"Z-{number:03}" for number in range(30)])
    sold.later(hours=25)
    count(sold.cart, 3, SKU)
    sold.simulator.fail("searchListingsItems", fault, after=1, times=10_000)

    for _ in range(4):
        work(sold.cart)
        sold.later(minutes=5)

    assert there(sold) == 3
    assert not Listing.objects.exclude(gone_at=None).exists()
    (alert,) = alerts("cart.listings_unread")
    assert "can't be read to the end" in alert.message
    sold.simulator.faults.waiting.clear()
    for _ in range(3):
        sold.later(minutes=5)
        work(sold.cart)
    assert alerts("cart.listings_unread") == []
    assert Listing.objects.filter(cart=sold.cart, sku="Z-029").exists()


def test_a_long_list_is_kept_page_by_page_and_read_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.simulator.list_skus(SELLER, US, [f"Z-{number:03}" for number in range(60)])
    monkeypatch.setattr(listings, "GOING_ON", timedelta(seconds=-1))  # every run reads one page

    seen = []
    for _ in range(4):
        work(world.cart)
        world.later(seconds=5)
        seen.append(Listing.objects.count())

    assert seen == [20, 40, 60, 66]
    calls = [entry for entry in world.simulator.journal("call") if entry["operation"] == "searchListingsItems"]
    assert len(calls) == 4


def test_a_worker_killed_while_it_reads_loses_no_page(world: World) -> None:
    world.simulator.list_skus(SELLER, US, [f"Z-{number:03}" for number in range(30)])
    world.simulator.fail("searchListingsItems", "503", after=1, times=1)
    work(world.cart)
    assert Listing.objects.count() == 20

    world.later(minutes=5)
    work(world.cart)

    assert Listing.objects.count() == 36
    assert Cart.objects.get(pk=world.cart.pk).listed_at == world.now


def test_a_listing_is_gone_when_amazon_asked_for_it_says_so(sold: World) -> None:
    sold.simulator.end_listing(SELLER, SKU, US)
    sold.later(hours=25)
    work(sold.cart)
    count(sold.cart, 2, SKU)
    work(sold.cart)

    assert Listing.objects.get(cart=sold.cart, sku=SKU).gone_at
    assert update().is_dropped
    assert alerts("stock.not_told") == []


# -- S8: many at once ------------------------------------------------------------------------------------------------
def test_a_hundred_at_once_go_out_as_the_quota_allows_and_what_is_sold_out_first(
    sold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    skus = [f"Z-{number:03}" for number in range(100)]
    sold.simulator.list_skus(SELLER, US, skus, 50)
    one = Listing.objects.get(cart=sold.cart, sku=SKU)
    same = {"organization_id": one.organization_id, "merchant_id": one.merchant_id, "cart": one.cart}
    Listing.objects.bulk_create(Listing(**same, sku=sku, seen_at=sold.now) for sku in skus)
    work(sold.cart)
    count(sold.cart, 7, *skus)
    count(sold.cart, 0, skus[-1])
    slept = SimpleNamespace(sleep=lambda seconds: sold.later(seconds=seconds))
    monkeypatch.setattr(single_numbers, "time", slept)
    began = sold.now

    work(sold.cart)

    assert [told(sold, sku)[0] for sku in skus] == [7] * 99 + [0]
    assert sold.now - began <= timedelta(seconds=30)
    entries = [entry["sku"] for entry in sold.simulator.journal("stock") if entry["sku"] in skus]
    assert entries[0] == skus[-1]


def test_a_run_that_ends_for_want_of_quota_comes_back_when_it_is_there(sold: World) -> None:
    sold.simulator.fail("patchListingsItem", "429", times=1)
    count(sold.cart, 6)

    work(sold.cart)

    sold.cart.refresh_from_db()
    assert sold.cart.inventory_due_at is not None
    assert sold.cart.inventory_due_at - sold.now <= timedelta(seconds=10)


# -- Names ------------------------------------------------------------------------------------------------------------
def test_odd_skus_are_told_and_keep_their_handling_time(world: World) -> None:
    world.simulator.list_skus(SELLER, US, [*ODD, "X" * 300], 50)  # one that nobody could keep
    work(world.cart)
    assert not Listing.objects.filter(sku__startswith="XX").exists()
    count(world.cart, 4)
    world.later(hours=2)  # each is looked at first

    for _ in range(6):
        world.later(seconds=10)
        work(world.cart)

    assert {sku: there(world, sku) for sku in ODD} == dict.fromkeys(ODD, 4)
    whole = {"fulfillment_channel_code": "DEFAULT", "quantity": 4, "lead_time_to_ship_max_days": 2}
    assert all(world.simulator.world.listings[SELLER][US][sku].availability == [whole] for sku in ODD)
