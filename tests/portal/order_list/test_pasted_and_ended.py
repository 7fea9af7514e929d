"""Search as people know orders: by the last digits, by a column of a sheet, by what was bought."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from integration_manager.portal.order_list import listed_products, order_search, pasted_numbers
from orders.models import Order, OrderStatus
from tests.factories import CartFactory, ListingFactory, OrderFactory, PackageFactory

pytestmark = pytest.mark.django_db
LIST = "/orders/"
ONE, TWO, THREE = "113-1234567-7654321", "113-2222222-1111111", "305-3333333-9999999"


def numbers(client: Client, **query: Any) -> list[str]:
    page = client.get(LIST, {"tab": "all", **query})
    assert page.status_code == 200
    return sorted(order.number for order in page.context["listing"].rows)


@pytest.fixture
def orders(cart: Cart) -> list[Order]:
    return [OrderFactory(cart=cart, number=number, lines={"MUG-BLUE": 1}) for number in (ONE, TWO, THREE)]


@pytest.mark.parametrize("text", ["4321", "7654321", "67-7654321", "\u20117654321", "４３２１"])
def test_an_order_is_found_by_its_last_digits(owner: Client, orders: list[Order], text: str) -> None:
    assert numbers(owner, q=text) == [ONE]


@pytest.mark.parametrize("text", ["321", "765432", "%321", "_654321", "4321 "])
def test_an_end_is_four_signs_and_really_the_end(owner: Client, orders: list[Order], text: str) -> None:
    assert numbers(owner, q=text) == ([ONE] if text == "4321 " else [])


def test_letters_of_an_end_may_be_small(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="WEB-100-ABCD")

    assert numbers(owner, q="abcd") == ["WEB-100-ABCD"]


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE} {TWO}",
        f"{ONE},{TWO}",
        f"{ONE};{TWO};",
        f" {ONE}\n{TWO}\n",
        f"{ONE}\r\n\r\n{TWO}",
        f"{ONE}\t{TWO}",
        f"{ONE}{TWO}",  # a column, pasted into a field of one line without JavaScript
        f"{ONE}, {TWO}, {ONE}",
        f"{ONE} | {TWO}",
        f"{ONE.replace('-', chr(0x2011))} {TWO}",
    ],
)
def test_several_pasted_numbers_find_just_those(owner: Client, orders: list[Order], text: str) -> None:
    page = owner.get(LIST, {"tab": "all", "q": text})

    assert sorted(order.number for order in page.context["listing"].rows) == [ONE, TWO]
    assert page.context["notes"] == ()
    assert page.context["chips"][0]["label"] == "Search: 2 numbers"


def test_what_of_a_list_is_not_found_is_said(owner: Client, orders: list[Order]) -> None:
    missing = [f"999-0000000-000000{place}" for place in range(7)]
    page = owner.get(LIST, {"tab": "all", "q": " ".join([ONE, *missing])})

    assert [order.number for order in page.context["listing"].rows] == [ONE]
    assert f"Not found: {', '.join(missing[:5])} and 2 more." in page.content.decode()


def test_a_list_may_hold_tracking_numbers_and_be_filtered_and_done_with(owner: Client, orders: list[Order]) -> None:
    PackageFactory(shipment__order=orders[2], tracking_number="1Z999AA10123456784")
    Order.objects.filter(pk=orders[1].pk).update(status=OrderStatus.AT_WMS)
    query = f"?tab=new&q={ONE}+{TWO}+1z999aa10123456784"

    page = owner.get(LIST + query)
    assert {order.number for order in page.context["listing"].rows} == {ONE, THREE}
    chosen = {"action": "hold", "all_matching": "yes", "matching": page.context["matching"]}
    owner.post(reverse("orders:act") + query, chosen)

    held = set(Order.objects.filter(status=OrderStatus.HELD).values_list("number", flat=True))
    assert held == {ONE}, "the other one was shipped in part"


@pytest.mark.parametrize(
    "text", ["1Z 999 AA1 01 2345 6784", "9400 1000 0000 0000 0000 00", "blue mug", "MUG BLUE 2024", "MUG-BLUE", ""]
)
def test_one_thing_with_blanks_in_it_is_no_list(text: str) -> None:
    assert pasted_numbers.split(text) == []


def test_two_hundred_numbers_are_looked_for_at_once_and_no_more(owner: Client, orders: list[Order]) -> None:
    many = [ONE, *(f"113-0000000-{place:07}" for place in range(199))]

    assert numbers(owner, q=" ".join(many)) == [ONE]
    page = owner.get(LIST, {"tab": "all", "q": " ".join([*many, THREE])})
    assert page.context["listing"].rows == []
    assert "A search can have up to 200 numbers. Paste them in parts." in page.content.decode()


def test_a_list_asks_as_little_as_one_number(
    owner: Client, orders: list[Order], django_assert_max_num_queries: Any
) -> None:
    def asked(text: str) -> int:
        with django_assert_max_num_queries(40) as statements:
            owner.get(LIST, {"tab": "all", "q": text})
        return len(statements)

    assert asked(" ".join([ONE, TWO, THREE])) == asked(f"{ONE} {TWO}") <= asked(ONE)


@pytest.mark.parametrize("text", ["blue mug", "MUG BLUE", "mug", "UG-BL", "Blu"])
def test_orders_are_found_by_the_title_of_what_was_bought(owner: Client, cart: Cart, text: str) -> None:
    ListingFactory(cart=cart, sku="MUG-BLUE", title="A big blue mug, 12 oz")
    ListingFactory(cart=cart, sku="LAMP", title="A lamp")
    OrderFactory(cart=cart, number="1", lines={"MUG-BLUE": 1})
    OrderFactory(cart=cart, number="2", lines={"LAMP": 1})

    assert numbers(owner, q=text) == ["1"]


def test_titles_of_others_find_nothing(owner: Client, seller: Client, cart: Cart, acme: Organization) -> None:
    other = CartFactory(merchant__organization=acme, name="Other")
    ListingFactory(cart=other, sku="MUG-BLUE", title="Teapot")
    OrderFactory(cart=cart, number="mine", lines={"MUG-BLUE": 1})
    OrderFactory(cart=other, number="theirs", lines={"MUG-BLUE": 1})

    assert numbers(seller, q="teapot") == []
    assert numbers(owner, q="teapot") == ["mine", "theirs"]


def test_more_products_than_are_looked_through_are_said(
    owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed_products, "MOST", 2)
    for _ in range(3):
        ListingFactory(cart=cart, title="Blue mug")

    assert "Type more of the title." in owner.get(LIST, {"tab": "all", "q": "blue mug"}).content.decode()


def test_a_search_that_finds_too_many_still_pages_through_all(
    owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_search, "MOST_SEARCHED", 3)
    ListingFactory(cart=cart, sku="MUG-BLUE", title="Blue mug")
    for place in range(120):
        OrderFactory(cart=cart, number=f"{place:03}-9999", lines={"MUG-BLUE": 1}, recipient=None)

    for text, rare in (("blue mug", 1), ("blue mug", 150), ("9999", 150)):
        monkeypatch.setattr(order_search, "RARE", rare)
        seen: list[str] = []
        query = f"?tab=all&q={text}"
        while query:
            page = owner.get(LIST + query).context["listing"]
            seen += [order.number for order in page.rows]
            query = page.query_older
        assert len(seen) == len(set(seen)) == 120


def test_an_end_is_read_off_an_index(cart: Cart) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite looks through the numbers of one organization
    some: dict[str, Any] = {"cart": cart, "recipient": None, "lines": {}}
    for number in range(60):
        OrderFactory(number=f"113-{number:07}-{number:07}", **some)
    found = Order.objects.filter(organization=cart.organization, number__ends="7654321")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "orders_by_ending" in found.explain(), found.explain()
