"""What is pushed, field by field: what comes back of it, and what is wrong with it."""

from typing import Any

import pytest

from carts.models import Cart
from orders.models import HeldFor, Order
from tests.cartrover.client import OldClient, order
from tests.factories import CartFactory, OrderFactory

ABSENT = object()


def test_an_order_reads_as_it_was_written(shop: OldClient) -> None:
    extra: dict[str, Any] = {"custom_field_1": "B2B", "extra_fields": {"channel": "pos"}, "ship_phone": 7755550100}
    shop.post("cart/orders/cartrover", order(**extra))
    read = shop.get("cart/orders/WEB-1001?include_order_extras=Y")["response"]

    assert read["ship_first_name"] == "Ida"
    assert (read["ship_country"], read["cust_country"], read["cust_last_name"]) == ("USA", "USA", "Berg")
    assert (read["order_date"], read["ship_phone"], read["custom_field_1"]) == ("2026-11-07", "7755550100", "B2B")
    assert (read["cust_po_no"], read["order_source"], read["ship_code"]) == ("PO-WEB-1001", "Web shop", "Express")
    assert (read["total_qty"], read["num_to_ship"], read["num_shipped"]) == ("2", "2", "0")
    assert (read["grand_total"], read["sub_total"], read["ship_is_billing"]) == ("25.50", "19.0", "Y")
    assert read["extra_fields"] == {"channel": "pos"}
    assert read["created_date_time"].endswith("+00:00")
    assert read["on_hold"] == read["sending_canceled"] == "N"
    (item,) = read["items"]
    assert (item["item"], item["quantity"], item["filtered_sku"], item["extra_fields"]) == ("MUG-BLUE", "2", "N", [])


def test_every_value_of_an_order_is_a_text_or_null_or_a_list(shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order())
    read = shop.get("cart/orders/WEB-1001")["response"]

    assert [name for name, value in read.items() if not isinstance(value, str | None | list)] == []
    assert [name for name, value in read["items"][0].items() if not isinstance(value, str | None | list)] == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"cust_ref": ABSENT}, "Order missing required field(s): cust_ref"),
        ({"items": []}, "items"),
        ({"items": "MUG-BLUE"}, "items"),
        ({"items": [{"item": "MUG"}]}, "items[0].quantity"),
        ({"items": [{"item": "MUG", "quantity": 1.5}]}, "items[0].quantity"),
        ({"items": [{"item": "MUG", "quantity": -1}]}, "items[0].quantity"),
        ({"items": [{"item": "MUG", "quantity": True}]}, "items[0].quantity"),
        ({"items": [{"quantity": 1}]}, "items[0].item is missing"),
        ({"items": ["MUG"]}, "items[0] has to be an object"),
        ({"items": [{"item": "MUG", "quantity": 1, "price": "ten"}]}, "items[0].price"),
        ({"ship_address_1": "", "ship_city": None}, "ship_address_1, ship_city"),
        ({"ship_country": "Narnia"}, "ship_country is no country"),
        ({"ship_is_billing": False}, "cust_company"),
        ({"ship_is_billing": "perhaps"}, "ship_is_billing"),
        ({"order_date": "7 November"}, "order_date is no date"),
        ({"order_date": "2026-02-30"}, "order_date"),
        ({"latest_ship_date": 20261130}, "latest_ship_date is no date"),
        ({"grand_total": "NaN"}, "grand_total"),
        ({"grand_total": "1e999"}, "grand_total"),
        ({"currency_code": "DOLLARS"}, "currency_code"),
        ({"cust_ref": "A/B"}, "no slash"),
        ({"cust_ref": "W" * 61}, "cust_ref is longer than 60"),
        ({"ship_city": {"name": "Reno"}}, "ship_city has to be a text"),
        ({"extra_fields": "none"}, "extra_fields"),
    ],
)
def test_what_is_wrong_with_an_order_is_said_and_nothing_is_stored(
    shop: OldClient, said: dict[str, Any], message: str
) -> None:
    sent = {name: value for name, value in order(**said).items() if value is not ABSENT}
    answer = shop.post("cart/orders/cartrover", sent)

    assert (shop.answer.status_code, answer["success_code"], answer["error_code"]) == (200, False, "Invalid")
    assert message in answer["message"]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'"order"',
        b"7",
        b"null",
        b"NaN",
        b"[" * 5000,
        b"[]",
        b'{"cust_ref":"A","cust_ref":"B"}',
        b'{"cust_ref":"A\\u0000"}',
        b'{"cust_ref":"\\ud800"}',
    ],  # fmt: skip
)
def test_a_body_that_is_no_order_is_answered_in_the_envelope(shop: OldClient, body: bytes) -> None:
    for path in ("cart/orders/cartrover", "cart/orders/batch", "cart/orders/cancel/cartrover"):
        answer = shop.post(path, body)
        assert (shop.answer.status_code, answer["success_code"]) == (200, False)
        assert answer["message"]
    assert not Order.objects.exists()


def test_a_batch_takes_what_is_good_and_names_the_rest_by_place(shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order("OLD"))
    nameless = {name: value for name, value in order().items() if name != "cust_ref"}
    batch = [order("A"), nameless, order("OLD"), order("A"), order("B", items=[]), 7]
    answer = shop.post("cart/orders/batch", batch)

    assert answer["success_code"] is True
    assert answer["response"]["success"] == [{"cust_ref": "A", "cust_po_no": "PO-A"}]
    assert [(each["index_pos"], each["message"]) for each in answer["response"]["failed"]] == [
        (1, "Order missing required field(s): cust_ref"),
        (2, "OrderDuplicate"),
        (3, "OrderDuplicate"),
        (4, "Order missing required field(s): items"),
        (5, "An order has to be an object."),
    ]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["A", "OLD"]


def test_an_order_pushed_twice_is_a_duplicate_and_stays_as_it_was(shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order())
    again = shop.post("cart/orders/cartrover", order(items=[{"item": "OTHER", "quantity": 9}]))

    assert again == {"success_code": False, "error_code": "Invalid", "message": "OrderDuplicate"}
    assert Order.objects.get().lines.get().sku == "MUG-BLUE"


def test_sums_that_do_not_add_up_are_said_and_the_order_goes_on(shop: OldClient) -> None:
    answer = shop.post("cart/orders/cartrover", order(sub_total="18.00", grand_total="99.00"))

    assert answer["success_code"] is True
    assert [warning.split(" is ")[0] for warning in answer["warnings"]] == ["sub_total", "grand_total"]


def test_an_address_no_carrier_takes_holds_the_order(cart: Cart, shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order(ship_zip=""))

    assert Order.objects.get(cart=cart).held_for == HeldFor.ADDRESS
    read = shop.get("cart/orders/WEB-1001")["response"]
    assert (read["order_status"], read["error_code"]) == ("error", "address")


def test_somebody_elses_order_is_answered_like_one_that_is_not_there(cart: Cart, shop: OldClient) -> None:
    elsewhere = [
        OrderFactory(number="SECRET").number,
        OrderFactory(number="SISTER", cart=CartFactory(merchant=cart.merchant, grant=None)).number,
    ]
    calls = ("cart/orders/{}", "merchant/orders/{}", "cart/orders/status/{}", "cart/orders/wms_cancel/{}")
    for path in calls:
        absent = shop.get(path.format("NOBODY"))
        for number in elsewhere:
            assert shop.get(path.format(number))["message"] == absent["message"].replace("NOBODY", number)
    for path in ("cart/orders/update/{}",):
        absent = shop.post(path.format("NOBODY"), {"order_status": "confirmed"})
        assert absent["message"] == "There is no order NOBODY."
        for number in elsewhere:
            assert number in shop.post(path.format(number), {"order_status": "confirmed"})["message"]


def test_pages_are_cut_and_a_limit_too_high_is_lowered(shop: OldClient) -> None:
    shop.post("cart/orders/batch", [order(f"N-{place}") for place in range(5)])
    first = shop.get("cart/orders/list/new?limit=2&page=3")["response"]

    assert [each["cust_ref"] for each in first] == ["N-4"]
    assert shop.answer["total-records"] == "5"
    assert len(shop.get("cart/orders/list/any?limit=250")["response"]) == 5
    for wrong in ("limit=0", "limit=-1", "page=0", "limit=many", "page=99999999999"):
        assert shop.get(f"cart/orders/list/any?{wrong}")["success_code"] is False


def test_a_list_takes_dates_as_clients_write_them(shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order())
    for span in ("from_date=2020-3-7", "from_date=2020-03-07T10:00:00+00:00&to_date=2199-1-1", "to_date=2199-1-1"):
        assert len(shop.get(f"cart/orders/list/new?{span}")["response"]) == 1
    assert shop.get("cart/orders/list/new?from_date=2199-1-1")["response"] == []
    for wrong in ("from_date=yesterday", "from_date=2024-13-1", "from_date=2024-3-7&to_date=2023-1-1"):
        assert shop.get(f"cart/orders/list/new?{wrong}")["success_code"] is False
    assert "new_or_at_wms" in shop.get("cart/orders/list/ready")["message"]


def test_a_list_asks_as_often_for_many_as_for_one(shop: OldClient, django_assert_max_num_queries: Any) -> None:
    shop.post("cart/orders/batch", [order(f"N-{place}") for place in range(8)])
    with django_assert_max_num_queries(22):
        assert len(shop.get("cart/orders/list/new?limit=8")["response"]) == 8
