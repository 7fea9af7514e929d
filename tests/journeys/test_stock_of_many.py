"""Cases of stock from the field, where several take part: marketplaces of one account, other tools, other spellings."""

import unicodedata
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts import connections
from carts.models import AccountReading, Cart, Listing
from inventory import levels
from inventory.intake import Observed, observe
from inventory.models import Observation, StockLevel, StockUpdate
from inventory.publish import single_numbers
from shipping.models import ItemAlias
from shipping.routing import routes_for
from tests.inventory.publish.accounts import DE, FR, NORDLICHT, SKUS, alerts, connect, count, send_to, there, work
from tests.world import SELLER, US, World

SKU = SKUS[0]


@pytest.fixture
def sold(world: World) -> World:
    """Ten of each SKU, and the cart knows it."""
    work(world.cart)
    count(world.cart, 10)
    work(world.cart)
    world.later(minutes=1)
    return world


def told(world: World, sku: str) -> list[int]:
    return [entry["quantity"] for entry in world.simulator.journal("stock") if entry["sku"] == sku]


def calls(world: World, operation: str) -> int:
    return sum(entry["operation"] == operation for entry in world.simulator.journal("call"))


# -- S10: one quantity for an account --------------------------------------------------------------------------------
@pytest.fixture
def candles(world: World) -> list[Cart]:
    """A seller with carts in Germany and France, whose orders go to two warehouses."""
    carts = connect(world, NORDLICHT, DE, FR)
    for cart, name in zip(carts, ("Berlin", "Lyon"), strict=True):
        send_to(cart, name)
    work(carts[0])
    for cart, on_hand in zip(carts, (27, 6), strict=True):
        count(cart, on_hand)
    return carts


def test_carts_that_want_different_numbers_send_the_lowest_until_somebody_chooses(
    world: World, candles: list[Cart]
) -> None:
    german, french = candles
    work(german)

    shown = {there(world, "KERZE-HONIG-L", NORDLICHT, place) for place in (DE, FR)}
    assert shown == {6}
    assert told(world, "KERZE-HONIG-L") == [6]
    (alert,) = alerts("stock.conflict")
    assert f"{german} 27, {french} 6" in alert.message

    browser = Client()
    browser.force_login(world.person)
    browser.post(reverse("inventory:decide", args=[french.pk]), {"decides": german.pk})
    assert alerts("stock.conflict") == []
    world.later(minutes=1)
    work(french)
    work(german)
    assert {there(world, "KERZE-HONIG-L", NORDLICHT, place) for place in (DE, FR)} == {27}
    assert told(world, "KERZE-HONIG-L") == [6, 27]


def test_carts_of_one_account_that_agree_are_told_once(world: World) -> None:
    german, french = connect(world, NORDLICHT, DE, FR)
    work(german)
    count(german, 9)

    work(german)
    work(french)

    assert told(world, "TEELICHT-24") == [9]
    assert {there(world, "TEELICHT-24", NORDLICHT, place) for place in (DE, FR)} == {9}
    assert alerts("stock.conflict") == []


def test_a_marketplace_that_the_seller_left_gets_no_number_and_has_no_say(world: World, candles: list[Cart]) -> None:
    german, french = candles
    count(german, 4)
    count(french, 9)
    world.simulator.close_store(NORDLICHT, DE)
    world.simulator.fulfil_by(NORDLICHT, "KERZE-HONIG-L", "AMAZON")
    world.later(hours=2)

    for _ in range(2):
        work(german)  # nobody knows yet: Germany says and takes nothing, France does
        world.later(seconds=10)

    assert StockUpdate.objects.get(sku="KERZE-HONIG-L").is_dropped
    assert alerts("stock.not_told") == []
    assert there(world, "TEELICHT-24", NORDLICHT, FR) == 4
    assert alerts("stock.conflict")
    assert german.grant is not None
    with connections.marketplace(german.grant) as amazon:
        seller = asdict(amazon.seller_facts())  # as it is asked once a day
    owner = {"organization": german.organization, "merchant": german.merchant, "due_at": world.now}
    AccountReading.objects.create(grant=german.grant, seller=seller, **owner)
    before = calls(world, "patchListingsItem")
    work(german)
    assert there(world, "TEELICHT-24", NORDLICHT, FR) == 9
    assert alerts("stock.conflict") == []
    assert {entry["marketplace_id"] for entry in world.simulator.journal("stock")} == {FR}
    skus = {entry["sku"] for entry in world.simulator.journal("stock")}
    assert calls(world, "patchListingsItem") - before == len(skus)  # Germany is not asked any more


def test_a_warehouse_that_is_silent_holds_no_number_that_comes_from_another_one(
    world: World, candles: list[Cart], monkeypatch: pytest.MonkeyPatch
) -> None:
    german, french = candles
    work(german)
    world.later(minutes=1)
    monkeypatch.setattr("shipping.warehouses.portal.system.Portal.keeps_count", False)
    count(german, 27, observed_at=world.now - timedelta(hours=30))
    count(french, 8, observed_at=world.now)

    work(german)

    assert there(world, "TEELICHT-24", NORDLICHT, FR) == 8
    world.later(minutes=1)
    count(french, 30, observed_at=world.now)
    work(german)  # the silent one's are the lowest now
    assert there(world, "TEELICHT-24", NORDLICHT, FR) == 8
    assert "Berlin has reported no stock" in alerts("stock.held")[0].message


# -- Others at the same time -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["lost_answer", "503"])
def test_what_another_tool_wrote_after_us_is_not_taken_for_ours(sold: World, fault: str) -> None:
    sold.simulator.fail("patchListingsItem", fault, seconds=0)
    count(sold.cart, 4, SKU)
    work(sold.cart)
    sold.simulator.set_quantity(SELLER, SKU, 77)

    sold.later(minutes=5)
    work(sold.cart)

    assert there(sold) == 4
    assert not StockUpdate.objects.untold().exists()


@pytest.mark.parametrize("revoked", [True, False])
def test_a_seller_who_authorizes_anew_while_a_number_is_told_loses_none(
    sold: World, monkeypatch: pytest.MonkeyPatch, revoked: bool
) -> None:
    send = single_numbers.NumberJob._patiently

    def meanwhile(job: single_numbers.NumberJob, call: Any) -> str:
        if revoked:
            sold.simulator.revoke(SELLER)
        monkeypatch.undo()
        sold.renew()
        return send(job, call)

    monkeypatch.setattr(single_numbers.NumberJob, "_patiently", meanwhile)
    count(sold.cart, 4)

    for _ in range(3):
        work(sold.cart)
        sold.later(minutes=6)
        sold.cart.refresh_from_db()

    assert [there(sold, sku) for sku in SKUS] == [4] * 5
    assert not StockUpdate.objects.owed().exists()


# -- Names -------------------------------------------------------------------------------------------------------------
def test_a_sku_that_a_warehouse_writes_in_other_bytes_is_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """é is one sign or two, and looks the same; in upper and lower case it is another SKU."""
    composed = unicodedata.normalize("NFC", "CAFÉ-TASSE")
    apart = unicodedata.normalize("NFD", "CAFÉ-KANNE")
    world.simulator.list_skus(SELLER, US, [composed, apart, "café-löffel"], 50)
    monkeypatch.setattr("shipping.warehouses.portal.system.Portal.keeps_count", False)
    work(world.cart)
    warehouse = routes_for([world.cart])[world.cart.pk].warehouse
    other = {composed: unicodedata.normalize("NFD", composed), apart: unicodedata.normalize("NFC", apart)}
    seen = [Observed(name, 7, world.now) for name in (*other.values(), "CAFÉ-LÖFFEL")]
    observe(warehouse, world.merchant, seen, source=Observation.Source.API, now=world.now)

    work(world.cart)

    assert [there(world, sku) for sku in (composed, apart, "café-löffel")] == [7, 7, 50]
    assert dict(ItemAlias.objects.values_list("name", "sku")) == other
    unmatched = set(Listing.objects.filter(is_unmatched=True).values_list("sku", flat=True))
    assert unmatched.isdisjoint(other)
    assert "café-löffel" in unmatched


def test_listings_that_have_a_level_are_not_gone_through_again(sold: World, django_assert_num_queries: Any) -> None:
    warehouse = routes_for([sold.cart])[sold.cart.pk].warehouse
    StockLevel.objects.filter(sku=SKU).delete()

    levels.meet(sold.cart, warehouse)

    assert StockLevel.objects.filter(sku=SKU, on_hand=None).exists()
    with django_assert_num_queries(1):
        levels.meet(sold.cart, warehouse)
