"""What stands around every call: the key, the rate, the form of answers; and the calls about a merchant."""

import json
import logging
from typing import Any

import pytest

from carts.models import Cart
from core.api import keys
from core.api.models import ApiCall
from core.api.scopes import Scope
from core.common import clock
from core.common.log_filter import hidden
from integration_manager.cartrover import caller
from inventory.models import StockLevel
from shipping.models import CartMethod, ItemAlias, ShipMethod
from shipping.routing import routes_for
from tests.cartrover.client import OldClient, order
from tests.factories import CartFactory, MerchantFactory, OrderFactory

UNVERIFIED = ("merchant/orders/confirmed", "merchant/inventory", "merchant/orders/shipments", "wms/merchant/7")


# -- Keys --------------------------------------------------------------------------------------------------------------
def test_an_answer_is_exactly_json_and_names_its_process(shop: OldClient) -> None:
    shop.get("cart/list")

    assert shop.answer["Content-Type"] == "application/json"
    assert shop.answer["X-CartRover-Process-ID"].startswith("req_")
    assert shop.answer["X-CartRover-Api-Minute-Hits-Remaining"] == "99"
    assert shop.answer["Cache-Control"] == "no-store"


def test_a_bearer_header_is_answered_with_a_clear_401(shop: OldClient) -> None:
    said = shop.get("cart/list", Authorization=f"Bearer {shop.user}.{shop.password}")

    assert (shop.answer.status_code, said["success_code"]) == (401, False)
    assert "Basic" in said["message"]
    assert shop.answer["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic aGVsbG8=", "Digest a", "Basic im_aaaaaaaaaa:x", ""])
def test_what_is_no_key_opens_nothing(shop: OldClient, header: str) -> None:
    for path in ("cart/list", "nowhere", "cart/orders/batch"):
        assert shop.get(path, Authorization=header)["success_code"] is False
        assert shop.answer.status_code == 401


def test_a_key_in_the_address_is_taken_but_not_where_a_get_changes_something(shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order())
    named = f"api_user={shop.user}&api_key={shop.password}"
    read = shop.http.get(f"/v1/cart/orders/WEB-1001?{named}").json()
    cancel = shop.http.get(f"/v1/cart/orders/wms_cancel/WEB-1001?{named}")

    assert read["success_code"] is True
    assert (cancel.status_code, cancel["Cache-Control"]) == (401, "no-store")
    assert shop.get("cart/orders/WEB-1001")["response"]["order_status"] == "new"


def test_a_key_in_the_address_stands_in_no_log(shop: OldClient, caplog: pytest.LogCaptureFixture) -> None:
    address = f"/v1/cart/list?api_user={shop.user}&api_key={shop.password}"
    with caplog.at_level(logging.DEBUG):
        shop.http.get(address)
        shop.http.get(address.replace("cart/list", "nowhere"))

    assert shop.password not in caplog.text
    assert shop.password not in hidden(f'"GET {address} HTTP/1.1" 200')
    assert {call.path for call in ApiCall.objects.all()} == {"/v1/cart/list", "/v1/nowhere"}


def test_a_key_that_was_revoked_or_whose_cart_was_put_away_is_closed(cart: Cart, shop: OldClient) -> None:
    other = OldClient(cart)
    keys.revoke(other.key, by=None, now=clock.now())
    assert "revoked" in other.get("cart/list")["message"]

    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.ARCHIVED)
    assert "archived" in shop.get("cart/list")["message"]
    assert shop.answer.status_code == 401


def test_a_key_does_only_what_it_has_the_right_to(cart: Cart) -> None:
    reader = OldClient(cart, Scope.ORDERS_READ)
    OldClient(cart).post("cart/orders/cartrover", order())

    assert "Push orders" in reader.post("cart/orders/cartrover", order("B"))["message"]
    read = reader.get("cart/orders/WEB-1001")["response"]
    assert read["ship_last_name"] is read["ship_e_mail"] is read["ship_address_1"] is None


def test_the_key_of_a_merchant_pushes_into_no_cart(cart: Cart) -> None:
    assert "key of a cart" in OldClient(cart.merchant).post("cart/orders/cartrover", order())["message"]


# -- The rate ----------------------------------------------------------------------------------------------------------
def test_a_client_that_asks_too_often_is_slowed_down_and_may_still_push(
    shop: OldClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "BUCKET", 3)
    monkeypatch.setattr(caller, "REFILL", 3600)
    for _ in range(3):
        assert shop.get("cart/list")["success_code"] is True
    said = shop.get("cart/list")

    assert (shop.answer.status_code, said["error_code"]) == (200, "RateLimit")
    assert said["message"] == "Over API Limit. Please slow down requests."
    assert shop.post("cart/orders/cartrover", order())["success_code"] is True


# -- Calls there are not -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", UNVERIFIED)
def test_a_call_nobody_verified_says_that_it_is_not_answered(shop: OldClient, path: str) -> None:
    said = shop.post(path, {"any": "thing"})

    assert (shop.answer.status_code, said["success_code"]) == (200, False)
    assert "could not be verified" in said["message"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
def test_other_methods_are_refused_and_change_nothing(shop: OldClient, method: str) -> None:
    shop.post("cart/orders/cartrover", order())
    answer: Any = shop.http.generic(
        method, "/v1/cart/orders/wms_cancel/WEB-1001", headers={"Authorization": shop.basic}
    )

    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert shop.get("cart/orders/WEB-1001")["response"]["order_status"] == "new"


def test_what_goes_wrong_here_is_said_without_its_reason(shop: OldClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("integration_manager.cartrover.order_calls.intake.take", fails)
    said = shop.post("cart/orders/cartrover", order())

    assert (shop.answer.status_code, said["success_code"]) == (500, False)
    assert "secret" not in json.dumps(said)


# -- Merchants ---------------------------------------------------------------------------------------------------------
def test_a_key_of_the_house_names_the_merchant(cart: Cart) -> None:
    house, stranger = OldClient(cart.organization), MerchantFactory()
    OrderFactory(cart=cart, number="S-1")
    listed = house.get("wms/merchant/list")["response"]

    assert listed == [{"pk": str(cart.merchant_id), "name": cart.merchant.name}]
    named = {"X-Merchant-Pk": str(cart.merchant_id)}
    assert house.get("merchant/orders/S-1", **named)["response"]["cust_ref"] == "S-1"
    assert "X-Merchant-Pk" in house.get("merchant/orders/S-1")["message"]
    for wrong in (str(stranger.pk), "0", "-1", "one", "9" * 30):
        said = house.get("merchant/orders/S-1", **{"X-Merchant-Pk": wrong})
        assert said["message"].startswith(f"There is no merchant {wrong[:20]}.")
    assert "whole organization" in OldClient(cart.merchant).get("wms/merchant/list")["message"]


def test_a_merchant_reads_the_orders_of_all_its_carts(cart: Cart) -> None:
    amazon = CartFactory(merchant=cart.merchant)
    OrderFactory(cart=amazon, number="113-1")
    OrderFactory(cart=cart, number="S-1")
    merchant = OldClient(cart.merchant)

    assert len(merchant.get("merchant/orders/list/any")["response"]) == 2
    found = merchant.get(f"merchant/orders/list/any?order_source={amazon.name}")["response"]
    assert [each["cust_ref"] for each in found] == ["113-1"]
    assert [each["cust_ref"] for each in OldClient(cart).get("merchant/orders/list/any")["response"]] == ["S-1"]


def test_stock_is_read_by_sku_and_by_alias(cart: Cart, shop: OldClient) -> None:
    warehouse = routes_for([cart])[cart.pk].warehouse
    own = {"organization": cart.organization, "merchant": cart.merchant}
    StockLevel.objects.create(warehouse=warehouse, sku="MUG", title="A mug", on_hand=8, observed_at=clock.now(), **own)
    StockLevel.objects.create(warehouse=warehouse, sku="POT", **own)
    ItemAlias.objects.create(name="0042", sku="MUG", made_at=clock.now(), **own)
    OrderFactory(cart=cart, lines={"MUG": 3})

    mug, pot = shop.get("merchant/inventory?limit=250")["response"]
    assert shop.answer["total-records"] == "2"
    assert (mug["sku"], mug["qty_available"], mug["qty_on_hand"], mug["aliases"]) == (
        "MUG",
        "5",
        "8",
        {"ALIAS_1": "0042"},
    )
    assert mug["wms_datetime"].endswith("+00:00")
    assert mug["warehouses"][str(warehouse.pk)]["qty_available"] == "5"
    assert (pot["qty_available"], pot["aliases"]) == (None, [])
    assert shop.get("merchant/inventory/0042")["response"] == mug
    assert shop.get("merchant/product/0042")["response"]["aliases"] == [{"code_type": "ALIAS", "code": "0042"}]
    assert shop.get("merchant/inventory/NONE")["message"] == "There is no product NONE."
    assert OldClient(CartFactory(kind="api_access", place_id="api_access", grant=None)).get("merchant/inventory")[
        "response"
    ] == []  # fmt: skip


def test_ship_methods_are_listed_and_mapped(cart: Cart) -> None:
    merchant, warehouse = OldClient(cart.merchant), routes_for([cart])[cart.pk].warehouse
    ShipMethod.objects.filter(warehouse=warehouse).delete()
    own = {"organization": cart.organization, "warehouse": warehouse}
    ShipMethod.objects.create(label="UPS Ground", carrier="UPS", scac="UPSN", service="Ground", **own)
    assert merchant.get("wms/shipmethod/list")["response"] == [
        {"carrier": "UPS", "code": "UPS Ground", "description": "Ground"}
    ]

    said = [{"cart_code": "Express", "wms_code": "UPS Ground"}, {"cart_code": "Standard", "wms_code": None}]
    assert merchant.post("cart/shipmethod/Web shop", said)["success_code"] is True
    assert merchant.get("cart/shipmethod/list/Web shop")["response"] == said
    assert (
        "no ship method" in merchant.post("cart/shipmethod/Web shop", [{"cart_code": "X", "wms_code": "20"}])["message"]
    )
    mistakes: list[Any] = [[], {}, [7], [{"cart_code": ""}], [{"cart_code": 7, "wms_code": None}]]
    for wrong in mistakes:
        assert merchant.post("cart/shipmethod/Web shop", wrong)["success_code"] is False
    assert not CartMethod.objects.filter(name="X").exists()
    assert "no cart" in merchant.get("cart/shipmethod/list/Another")["message"]
