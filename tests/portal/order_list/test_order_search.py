"""Filters, search, counts and saved filters of the list of orders."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Access, Role
from core.accounts.models import Organization
from core.common import clock
from integration_manager.portal.order_list import (
    order_filters,
    order_search,
    tab_counts,
)
from orders.models import HeldFor, Line, Order, OrderStatus, SavedFilter
from shipping.delivery import releases as delivery_releases
from shipping.models import Package, Release
from tests.factories import (
    CartFactory,
    CartMethodFactory,
    MerchantFactory,
    OrderFactory,
    PackageFactory,
    RouteFactory,
    SavedFilterFactory,
    WarehouseFactory,
)
from tools.bench import year_of_orders

pytestmark = pytest.mark.django_db
LIST = "/orders/"


def numbers(client: Client, **query: Any) -> list[str]:
    page = client.get(LIST, {"tab": "all", **query})
    assert page.status_code == 200
    return sorted(order.number for order in page.context["listing"].rows)


def chips(client: Client, **query: Any) -> list[str]:
    return [chip["label"] for chip in client.get(LIST, query).context["chips"]]


def counts(client: Client, **query: Any) -> dict[str, str]:
    tabs = client.get(LIST, query).context["tabs"]
    return {tab["label"]: "" if tab["count"] is None else str(tab["count"]) for tab in tabs}


@pytest.mark.parametrize("sku", [" BLANK-1", "BLANK-1 "])
def test_a_sku_with_a_blank_around_it_is_kept_and_found(owner: Client, cart: Cart, sku: str) -> None:
    OrderFactory(cart=cart, number="1", lines={sku: 1})

    assert numbers(owner, q="blank-1") == ["1"]
    assert Line.objects.get(order__number="1").sku == sku


def test_an_order_number_copied_from_a_printed_page_is_found(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="113-1234567-7654321")

    assert numbers(owner, q="113\u20111234567\u20117654321\u200b") == ["113-1234567-7654321"]


# -- Filters ---------------------------------------------------------------------------------------------------------
def test_carts_of_two_merchants_that_are_called_the_same_say_whose_they_are(owner: Client, cart: Cart) -> None:
    organization = cart.organization
    mugs = CartFactory(merchant=MerchantFactory(organization=organization, name="Green Cup Co"), name="Amazon.com")
    CartFactory(merchant=MerchantFactory(organization=organization, name="Harbor Rope"), name="Amazon.com")

    shown = owner.get(LIST).content.decode()

    for words in (cart.full_name, "Green Cup Co · Amazon.com", "Harbor Rope · Amazon.com"):
        assert f">{words}</option>" in shown
    assert chips(owner, cart=mugs.pk) == ["Cart: Green Cup Co · Amazon.com"]


@pytest.mark.parametrize(
    ("query", "expected", "chip"),
    [
        ({"status": "at_wms"}, ["wms"], "Status: At the warehouse"),
        ({"held": "unmapped"}, ["held"], "Held: Its ship method is not mapped"),
        ({"method": "NextDay"}, ["fast"], "Ship method: NextDay"),
        ({"prime": "yes"}, ["prime"], "Prime"),
        ({"prime": "no", "business": "yes"}, ["business"], "Business"),
        ({"placed_from": "2020-05-01", "placed_to": "2020-05-01"}, ["old"], "Placed from 1 May 2020"),
    ],
)
def test_a_filter_finds_what_it_says_and_says_so(
    owner: Client, cart: Cart, query: dict[str, str], expected: list[str], chip: str
) -> None:
    CartMethodFactory(cart=cart, name="NextDay")
    OrderFactory(cart=cart, number="wms", status=OrderStatus.AT_WMS)
    OrderFactory(cart=cart, number="held", status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED)
    OrderFactory(cart=cart, number="mine", status=OrderStatus.HELD, held_for=HeldFor.PERSON)
    OrderFactory(cart=cart, number="fast", service="NextDay")
    OrderFactory(cart=cart, number="prime", is_prime=True)
    OrderFactory(cart=cart, number="business", is_business=True)
    OrderFactory(cart=cart, number="old", placed_at=clock.now().replace(year=2020, month=5, day=1, hour=12))

    assert numbers(owner, **query) == expected
    assert chip in chips(owner, **query)


@pytest.mark.parametrize("name", ["null", "on", "0"])
def test_a_ship_method_is_found_whatever_it_is_called(owner: Client, cart: Cart, name: str) -> None:
    CartMethodFactory(cart=cart, name=name)
    CartMethodFactory(cart=cart, name="Standard")
    OrderFactory(cart=cart, number="1", service=name)
    OrderFactory(cart=cart, number="2", service="Standard")

    assert numbers(owner, method=name) == ["1"]
    assert chips(owner, method=name) == [f"Ship method: {name}"]


def test_a_filter_that_is_refused_finds_nothing_and_says_so(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="prime", is_prime=True)
    OrderFactory(cart=cart, number="other")

    page = owner.get(LIST, {"prime": "yes", "status": "lost", "placed_from": "yesterday"})

    assert page.context["listing"].rows == []
    assert "Status: “lost” is not one of the choices." in page.content.decode()
    assert "Placed from: “yesterday” is not one of the choices." in page.content.decode()
    assert chips(owner, prime="yes", status="lost", placed_from="yesterday") == ["Prime"]


def test_a_ship_method_that_the_menu_is_too_short_for_is_found_all_the_same(owner: Client, cart: Cart) -> None:
    for place in range(order_filters.LONGEST_METHODS):
        CartMethodFactory(cart=cart, name=f"A{place:03}")
    CartMethodFactory(cart=cart, name="Zeppelin")
    OrderFactory(cart=cart, number="1", service="Zeppelin")
    for number in range(5):
        OrderFactory(cart=cart, number=f"2{number}", service="A000")

    assert numbers(owner, tab="all", method="Zeppelin") == ["1"]
    assert chips(owner, tab="all", method="Zeppelin") == ["Ship method: Zeppelin"]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("overdue", ["late"]),
        ("2h", ["in 1 h"]),
        ("6h", ["in 1 h", "in 5 h"]),
        ("24h", ["in 1 h", "in 5 h", "in 23 h"]),
    ],
)
def test_orders_are_found_by_when_they_must_ship(owner: Client, cart: Cart, due: str, expected: list[str]) -> None:
    for number, hours in (("late", -1), ("in 1 h", 1), ("in 5 h", 5), ("in 23 h", 23), ("in 2 days", 48)):
        OrderFactory(cart=cart, number=number, ship_by=clock.now() + timedelta(hours=hours))
    OrderFactory(cart=cart, number="gone", status=OrderStatus.SHIPPED, ship_by=clock.now() + timedelta(hours=1))
    OrderFactory(cart=cart, number="open end", ship_by=None)

    assert numbers(owner, due=due) == sorted(expected)
    assert numbers(owner, due="2h", status="shipped") == ["gone"]


def test_a_day_is_the_organizations_day(owner: Client, acme: Organization, cart: Cart) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="America/New_York")
    midnight = clock.now().replace(year=2026, month=3, day=2, hour=4, minute=30)  # 23:30 on the first in New York
    OrderFactory(cart=cart, number="night", ship_by=midnight)

    assert numbers(owner, due_from="2026-03-01", due_to="2026-03-01") == ["night"]
    assert numbers(owner, due_from="2026-03-02") == []


def test_an_order_is_found_by_the_warehouse_it_went_to(owner: Client, acme: Organization, cart: Cart) -> None:
    reno, other = WarehouseFactory(organization=acme, name="Reno"), WarehouseFactory(organization=acme, name="Other")
    RouteFactory(cart=cart, warehouse=reno)
    OrderFactory(cart=cart, number="sent")
    delivery_releases.release_orders(now=clock.now())
    OrderFactory(cart=cart, number="waits")

    assert numbers(owner, warehouse=reno.pk) == ["sent"]
    assert numbers(owner, warehouse=other.pk) == []
    assert chips(owner, warehouse=reno.pk) == ["Warehouse: Reno"]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"},
        {"warehouse": "1"},
        {"method": "Teleport"},
        {"due": "100h"},
        {"prime": "maybe"},
        {"placed_from": "yesterday"},
        {"placed_to": "0001-01-01"},
        {"due_to": "9999-12-31"},
        {"held": "'"},
        {"cart": "9" * 30},
        {"placed": "-1"},
        {"tab": "lost"},
        {"carts": "1"},
        {"q": "1" * 101},
        {"q": "\0"},
        {"prime": ["no", "yes"]},
        {"method": "a\0b"},
    ],
)
def test_what_an_address_says_that_we_do_not_know_finds_nothing_and_nothing_is_done(
    owner: Client, cart: Cart, query: dict[str, Any]
) -> None:
    order = OrderFactory(cart=cart, number="1")
    all_of_them = owner.get(LIST, {"tab": "all"}).context["matching"]
    asked = f"?{urlencode({'tab': 'all', **query}, doseq=True)}"

    page = owner.get(LIST + asked)
    held = owner.post(
        reverse("orders:act") + asked, {"action": "hold", "all_matching": "yes", "matching": all_of_them}, follow=True
    )
    file = owner.get(reverse("orders:export") + asked, follow=True)
    saved = owner.post(reverse("orders:save_filter") + asked, {"name": "Mine"}, follow=True)

    assert page.context["listing"].rows == []
    assert "Nothing is shown" in page.content.decode()
    order.refresh_from_db()
    assert order.status == OrderStatus.NEW
    assert "Nothing was done." in told(held)
    assert "No file was made." in told(file)
    assert "Nothing was saved." in told(saved)
    assert not SavedFilter.objects.exists()


def told(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


# -- Sorting and pages -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("search", ["", "MUG"])
def test_every_order_is_on_one_page_however_it_is_sorted(owner: Client, cart: Cart, search: str) -> None:
    soon = clock.now() + timedelta(hours=1)
    for place in range(120):
        ship_by = None if place % 4 == 0 else soon + timedelta(minutes=place % 3)
        OrderFactory(cart=cart, number=f"{place:03}", line_count=place % 2, ship_by=ship_by, recipient=None)

    for sort in ("number", "-number", "lines", "-lines", "due", "-due", "placed", "-placed"):
        seen: list[str] = []
        query = f"?tab=all&sort={sort}&q={search}"
        while query:
            page = owner.get(LIST + query).context["listing"]
            seen += [order.number for order in page.rows]
            query = page.query_older

        assert len(seen) == 120, sort
        assert len(set(seen)) == 120, sort
        if sort == "due":
            assert all(int(number) % 4 == 0 for number in seen[-30:])  # those without a promise come last


def test_an_order_found_twice_is_shown_once(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, number="1Z-1", lines={"1Z-MUG": 1})
    PackageFactory(shipment__order=order, tracking_number="1Z999")

    page = owner.get(LIST, {"q": "1z"})

    assert [each.number for each in page.context["listing"].rows] == ["1Z-1"]
    assert counts(owner, q="1z")["All"] == "1"


# -- Counting --------------------------------------------------------------------------------------------------------
def test_nobody_counts_further_than_anybody_reads(owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab_counts, "MOST", 3)
    monkeypatch.setattr(order_search, "MOST_SEARCHED", 3)
    monkeypatch.setattr(tab_counts, "MOST_SEARCHED", 3)
    for number in range(4):
        OrderFactory(cart=cart, number=f"11{number}", status=OrderStatus.HELD)
    OrderFactory(cart=cart, number="2")

    page = owner.get(LIST, {"tab": "attention"})

    assert counts(owner) == {
        "Needs attention": "3+", "New": "1", "At the warehouse": "0", "Shipped": "0", "Confirmed": "0", "Canceled": "0",
        "Closed": "0", "Skipped": "0", "All": "3+",
    }  # fmt: skip
    assert "1–4 of 3+" in page.content.decode()
    assert counts(owner, q="11")["All"] == "3+"
    assert counts(owner, q="11")["Needs attention"] == ""  # not told, rather than told wrong
    assert set(counts(owner, q="11", prime="no").values()) == {""}
    assert numbers(owner, q="11", tab="attention") == ["110", "111", "112", "113"]
    assert counts(owner, q="2")["New"] == "1"


@pytest.mark.parametrize("query", [{}, {"q": "1"}, {"tab": "all", "prime": "no", "placed": "30"}])
def test_more_orders_and_filters_make_no_more_queries(
    owner: Client, cart: Cart, query: dict[str, str], django_assert_max_num_queries: Any
) -> None:
    def load() -> int:
        with django_assert_max_num_queries(30) as asked:
            owner.get(LIST, query)
        return len(asked)

    def add(ten: int) -> None:
        for number in range(10):
            OrderFactory(cart__merchant__organization=cart.organization, number=f"1{ten}{number}")
            SavedFilterFactory(organization=cart.organization, user=owner_of(owner))

    add(1)
    few = load()
    add(2)

    assert load() == few


def owner_of(client: Client) -> Any:
    return client.get(LIST).wsgi_request.user


# -- The index -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_search_is_answered_by_an_index() -> None:
    house = year_of_orders.fill(3_000, now=clock.now())
    releases = Release.objects.filter(organization=house.organization).exclude(number="")
    plans = {
        "releases_by_beginning": releases.filter(number__begins="P-113-12"),
        "orders_by_beginning": Order.objects.filter(organization=house.organization, number__begins="113-12"),
        "lines_by_beginning": Line.objects.filter(organization=house.organization, sku__begins="SKU-03999"),
        "packages_by_beginning": Package.objects.filter(
            organization=house.organization, tracking_number__begins="1Z0000000079"
        ),
    }

    for index, found in plans.items():
        assert index in found.explain(), found.explain()
    access = Access(0, house.organization, Role.STAFF)
    by_hand = order_search.asked_about(Order.objects.visible_to(access), access).order_by("-placed_at", "-pk")[:51]
    assert "orders_by" not in by_hand.explain(), by_hand.explain()  # few: from them to their orders, not the other way


def test_a_beginning_is_found_whatever_the_case_and_never_more(cart: Cart) -> None:
    for sku in ("MUG-BLUE", "mug_lid", "Mugs", "AMUG", "mu", "MUH"):
        OrderFactory(cart=cart, lines={sku: 1})

    def found(text: str) -> set[str]:
        return set(Line.objects.filter(sku__begins=text).values_list("sku", flat=True))

    assert found("mug") == {"MUG-BLUE", "mug_lid", "Mugs"}
    assert found("MUG_") == {"mug_lid"}
    assert found("mug%") == set()
