"""One shelf that several offers sell from: what one sells the others show no longer, and how they share it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.marketplaces.values import OrderDocument
from carts.models import Cart
from core.common.bell import Bell
from inventory import intake as intake_of_stock
from inventory.intake import Observed
from inventory.models import Observation, StockLevel
from inventory.publish import inventory_upload
from orders.pushed import intake
from shipping.models import ItemAlias
from tests.factories import CartFactory
from tests.inventory.publish.accounts import GB, MUGS_EU, SKUS, alerts, connect, count, there, work
from tests.world import World

SKU = SKUS[0]


@pytest.fixture
def sold(world: World) -> World:
    """Ten of each SKU, and the cart knows it."""
    work(world.cart)
    count(world.cart, 10)
    work(world.cart)
    world.later(minutes=1)
    return world


# -- Between accounts ------------------------------------------------------------------------------------------------
def test_an_order_on_one_account_lowers_the_other_within_a_minute(sold: World) -> None:
    (british,) = connect(sold, MUGS_EU, GB)
    work(british)
    work(british)
    assert there(sold, SKU, MUGS_EU, GB) == 10
    sold.order_placed(lines=[{"sku": SKU, "quantity": 3}])
    Cart.objects.update(inventory_due_at=sold.now + timedelta(hours=1))

    sold.download()

    british.refresh_from_db()
    assert british.inventory_due_at == sold.now
    work(british)
    assert there(sold, SKU, MUGS_EU, GB) == 7


def test_an_order_that_a_client_pushes_lowers_the_accounts_too(sold: World) -> None:
    shop = CartFactory(merchant=sold.merchant, kind="api_access", place_id="api_access", grant=None, live_at=sold.now)
    Cart.objects.update(inventory_due_at=sold.now + timedelta(hours=1))
    order = {
        "cust_ref": "S-1", "ship_first_name": "Ida", "ship_last_name": "Berg", "ship_address_1": "12 Quay Street",
        "ship_city": "Reno", "ship_state": "NV", "ship_zip": "89501", "ship_country": "US", "ship_is_billing": "Y",
        "ship_code": "Express", "created_date_time": "2026-11-20T10:00:00+00:00",
        "items": [{"item": SKU, "quantity": "2", "price": "9.50"}],
    }  # fmt: skip

    intake.take(shop, [OrderDocument("S-1", "api_access", sold.now, order)], now=sold.now)

    sold.cart.refresh_from_db()
    assert sold.cart.inventory_due_at == sold.now
    work(sold.cart)
    assert there(sold) == 8


@pytest.mark.parametrize("way", ["page", "sku", "safety", "alias", "report"])
def test_what_changes_the_shelf_makes_its_carts_due_though_no_bell_is_heard(
    sold: World, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bell, "ring", lambda *args, **of: None)
    Cart.objects.update(inventory_due_at=sold.now + timedelta(hours=1))
    level, browser = StockLevel.objects.get(sku=SKU), Client()
    browser.force_login(sold.person)

    if way == "page":
        counted = {f"seen_{level.pk}": "10", f"on_hand_{level.pk}": "9"}
        browser.post(reverse("inventory:inventory"), counted)
    elif way == "sku":
        browser.post(reverse("inventory:level", args=[level.pk]), {"seen": "10", "on_hand": "9"})
    elif way == "safety":
        browser.post(reverse("inventory:safety", args=[level.pk]), {"safety": "1"})
    elif way == "alias":
        browser.post(reverse("inventory:items", args=[sold.merchant.pk]), {"name": "MUG-ALIAS", "sku_1": SKU})
    else:
        intake_of_stock.observe(
            level.warehouse, sold.merchant, [Observed(SKU, 9, sold.now)], source=Observation.Source.API, now=sold.now
        )

    sold.cart.refresh_from_db()
    assert sold.cart.inventory_due_at == sold.now


def test_what_changes_while_a_run_is_at_it_is_told_by_the_next_one(
    sold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = inventory_upload.publish

    def tell_slowly(*args: Any, **fields: Any) -> Any:
        told_now = tell(*args, **fields)
        sold.later(seconds=5)
        level = StockLevel.objects.get(sku=SKU)
        seen = [Observed(SKU, 4, sold.now)]
        intake_of_stock.observe(level.warehouse, sold.merchant, seen, source=Observation.Source.API, now=sold.now)
        return told_now

    with monkeypatch.context() as patch:
        patch.setattr(inventory_upload, "publish", tell_slowly)
        work(sold.cart)

    sold.cart.refresh_from_db()
    assert sold.cart.inventory_due_at == sold.now
    work(sold.cart)
    assert there(sold) == 4


# -- S11: offers of one account that sell the same units -------------------------------------------------------------
def test_two_skus_of_one_item_are_warned_of_until_somebody_decides(sold: World) -> None:
    ItemAlias.objects.create(
        organization=sold.organization, merchant=sold.merchant, name=SKUS[1], sku=SKU, made_at=sold.now
    )
    StockLevel.objects.filter(sku=SKUS[1]).delete()
    work(sold.cart)
    assert (there(sold), there(sold, SKUS[1])) == (10, 10)
    (alert,) = alerts("stock.shared")
    assert f"{SKU}, {SKUS[1]} sell the same units" in alert.message

    browser = Client()
    browser.force_login(sold.person)
    chosen = {"rule": "shares", "last_units": "5", f"share_{sold.cart.grant_id}": "1"}
    tried = browser.post(alert.path, {**chosen, "do": "try"}).content.decode()
    assert "2 offers would show another quantity." in tried
    assert alerts("stock.shared")
    browser.post(alert.path, {**chosen, "do": "save"})
    assert alerts("stock.shared") == []
    sold.later(minutes=1)
    work(sold.cart)
    assert (there(sold), there(sold, SKUS[1])) == (5, 5)
    assert alerts("stock.shared") == []


def test_the_last_units_go_to_one_account(sold: World) -> None:
    (british,) = connect(sold, MUGS_EU, GB)
    Cart.objects.update(brake="zero")
    work(british)
    browser, path = Client(), reverse("inventory:shared_stock", args=[sold.merchant.pk])
    browser.force_login(sold.person)
    browser.post(path, {"rule": "last", "last_units": "3", "last_grant": str(british.grant_id), "do": "save"})
    for on_hand, shown in ((4, (4, 4)), (3, (0, 3))):
        count(sold.cart, on_hand, observed_at=sold.now)
        sold.later(minutes=1)
        for cart in (sold.cart, british):
            work(cart)
        assert (there(sold), there(sold, SKU, MUGS_EU, GB)) == shown
