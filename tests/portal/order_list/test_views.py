"""The list of orders."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.activity.models import Event
from core.common import clock
from orders.models import HeldFor, Order, OrderStatus
from tests.factories import CartFactory, OrderFactory, PackageFactory
from tests.order_pages import AtWarehouse

pytestmark = pytest.mark.django_db
STRANGE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "أهلاً بك",
    "🦄 {{ 7|add:7 }} %s %(x)s",
    "a\u202eb\u0000c",
]


def numbers(client: Client, **query: Any) -> list[str]:
    page = client.get(reverse("orders:orders"), query)
    assert page.status_code == 200
    return [order.number for order in page.context["listing"].rows]


def url_of(order: Order, name: str = "order") -> str:
    return reverse(f"orders:{name}", args=[order.pk])


# -- Tabs, search and filters ----------------------------------------------------------------------------------------
def test_what_needs_a_person_is_shown_first(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1")
    OrderFactory(cart=cart, number="2", status=OrderStatus.HELD)
    OrderFactory(cart=cart, number="3", status=OrderStatus.ERROR, placed_at=clock.now() - timedelta(days=1))

    assert numbers(owner) == ["2", "3"]
    assert numbers(owner, tab="new") == ["1"]
    assert sorted(numbers(owner, tab="all")) == ["1", "2", "3"]


def test_when_nothing_needs_a_person_all_are_shown(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1", status=OrderStatus.CONFIRMED)

    assert numbers(owner) == ["1"]


def test_tabs_count_what_matches_the_filters(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="111-1", status=OrderStatus.SHIPPED)
    OrderFactory(cart=cart, number="222-1", status=OrderStatus.SHIPPED)

    page = owner.get(reverse("orders:orders"), {"tab": "shipped", "q": "111"})

    counts = {tab["label"]: tab["count"] for tab in page.context["tabs"]}
    assert counts == {
        "Needs attention": 0,
        "New": 0,
        "At the warehouse": 0,
        "Shipped": 1,
        "Confirmed": 0,
        "Canceled": 0,
        "Closed": 0,
        "Skipped": 0,
        "All": 1,
    }


def test_an_order_is_found_by_number_sku_and_tracking(owner: Client, cart: Cart) -> None:
    first = OrderFactory(cart=cart, number="113-1", lines={"MUG-BLUE": 1, "MUG-LID": 1})
    OrderFactory(cart=cart, number="114-1", lines={"LAMP": 1})
    PackageFactory(shipment__order=first, tracking_number="1Z777")

    assert numbers(owner, q="113-") == ["113-1"]
    assert numbers(owner, q="mug") == ["113-1"]
    assert numbers(owner, q="1Z777") == ["113-1"]
    assert numbers(owner, q="nothing") == []


@pytest.mark.parametrize("text", ["%", "_", "11%", "\\", "' OR 1=1 --", "\0", *STRANGE])
def test_a_search_means_what_it_says(owner: Client, cart: Cart, text: str) -> None:
    OrderFactory(cart=cart, number="113-1")

    assert numbers(owner, q=text) == []


def test_filters_live_in_the_address_and_are_taken_out_one_by_one(owner: Client, cart: Cart) -> None:
    other = CartFactory(merchant__organization=cart.organization, name="Amazon DE")
    OrderFactory(cart=cart, number="1")
    OrderFactory(cart=other, number="2")
    OrderFactory(cart=cart, number="3", placed_at=clock.now() - timedelta(days=40))

    query: dict[str, Any] = {"cart": cart.pk, "merchant": cart.merchant.pk, "placed": "30"}
    page = owner.get(reverse("orders:orders"), query)

    assert [order.number for order in page.context["listing"].rows] == ["1"]
    assert [chip["label"] for chip in page.context["chips"]] == [
        "Merchant: Blue Mug Co",
        "Cart: Blue Mug Co · Amazon US",
        "Placed: last 30 days",
    ]
    assert page.context["chips"][2]["remove_url"] == f"/orders/?merchant={cart.merchant.pk}&cart={cart.pk}"


def test_what_is_due_is_found(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="late", ship_by=clock.now() - timedelta(hours=1))
    OrderFactory(cart=cart, number="later", ship_by=clock.now() + timedelta(days=4))
    OrderFactory(cart=cart, number="gone", ship_by=clock.now() - timedelta(hours=1), status=OrderStatus.SHIPPED)

    assert numbers(owner, due="overdue") == ["late"]


def test_an_order_that_makes_no_sense_shows_the_list_in_its_own(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1")

    assert numbers(owner, sort="total") == ["1"]


def test_nothing_yet_differs_from_nothing_matches(owner: Client, viewer: Client, cart: Cart) -> None:
    assert b"No orders yet" in owner.get(reverse("orders:orders")).content
    assert reverse("carts:new").encode() not in viewer.get(reverse("orders:orders")).content

    OrderFactory(cart=cart)
    page = owner.get(reverse("orders:orders"), {"q": "zzz"})
    assert b"Nothing matches" in page.content
    assert b"No orders yet" not in page.content


def test_fifty_are_shown_and_then_older_ones(owner: Client, cart: Cart) -> None:
    for number in range(53):
        OrderFactory(cart=cart, number=f"{number:03}", placed_at=clock.now() - timedelta(minutes=number))

    first = owner.get(reverse("orders:orders"), {"tab": "all"}).context["listing"]
    second = owner.get(reverse("orders:orders") + first.query_older).context["listing"]

    assert (first.first, first.last, first.total) == (1, 50, 53)
    assert [order.number for order in second.rows] == ["050", "051", "052"]


def test_htmx_gets_only_the_list_and_never_a_part_when_going_back(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1")
    url = reverse("orders:orders")

    part = owner.get(url, {"q": "1", "cart": "", "tab": ""}, headers={"HX-Request": "true"})
    back = owner.get(url, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert b"<html" not in part.content
    assert b'id="found"' in part.content
    assert part["HX-Push-Url"] == "/orders/?q=1"
    assert "HX-Request" in part["Vary"]
    assert b"<html" in back.content


def test_ten_more_orders_make_no_more_queries(owner: Client, cart: Cart, django_assert_max_num_queries: Any) -> None:
    def load() -> int:
        with django_assert_max_num_queries(30) as asked:
            owner.get(reverse("orders:orders"), {"q": "1"})
        return len(asked)

    for number in range(10):
        OrderFactory(cart__merchant__organization=cart.organization, number=f"1{number}")
    few = load()
    for number in range(10):
        OrderFactory(cart__merchant__organization=cart.organization, number=f"1{number}")

    assert load() == few


@pytest.mark.parametrize(("status", "told"), [(OrderStatus.NEW, True), (OrderStatus.SHIPPED, False)])
def test_ship_by_is_told_while_it_still_matters(owner: Client, cart: Cart, status: OrderStatus, told: bool) -> None:
    ship_by = clock.now() + timedelta(hours=5)
    OrderFactory(cart=cart, number="1", status=status, ship_by=ship_by)

    page = owner.get(reverse("orders:orders"), {"tab": "all"}).content.decode()

    assert (ship_by.isoformat() in page) is told


# -- Who sees what ---------------------------------------------------------------------------------------------------
def test_a_seller_sees_their_own_orders_only(seller: Client, cart: Cart, others_order: Order) -> None:
    OrderFactory(cart=cart, number="111-1")

    page = seller.get(reverse("orders:orders"), {"tab": "all"})

    assert [order.number for order in page.context["listing"].rows] == ["111-1"]
    assert b"Green Lamp" not in page.content
    assert numbers(seller, tab="all", merchant=others_order.merchant.pk) == []


def test_strangers_see_no_order(stranger: Client, cart: Cart) -> None:
    OrderFactory(cart=cart)

    assert numbers(stranger, tab="all") == []


def test_a_viewer_has_nothing_to_press(viewer: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    page = viewer.get(reverse("orders:orders"))

    assert b'name="chosen"' not in page.content
    assert b"Ship and Close" not in page.content
    assert viewer.post(reverse("orders:act"), {"chosen": order.pk, "action": "hold"}).status_code == 403
    order.refresh_from_db()
    assert order.status == OrderStatus.NEW


@pytest.mark.parametrize("text", STRANGE[:4])
def test_strange_texts_are_shown_and_do_nothing(owner: Client, cart: Cart, text: str) -> None:
    Cart.objects.filter(pk=cart.pk).update(name=text)
    OrderFactory(cart=cart, number=text[:60], status=OrderStatus.HELD, reason=text)

    page = owner.get(reverse("orders:orders"), {"q": text, "tab": "all"}).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "🦄 14" not in page


# -- Doing something to the chosen ones --------------------------------------------------------------------------------
def test_chosen_orders_are_held_and_the_late_ones_named(owner: Client, cart: Cart) -> None:
    new, gone = OrderFactory(cart=cart, number="113-7"), OrderFactory(cart=cart, status=OrderStatus.SHIPPED)

    page = owner.post(
        reverse("orders:act") + "?tab=all&evil=//x.example",
        {"chosen": [new.pk, gone.pk], "action": "hold"},
        follow=True,
    )

    assert page.redirect_chain == [("/orders/?tab=all", 302)]
    new.refresh_from_db()
    assert (new.status, new.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    assert [str(message) for message in page.context["messages"]] == [
        "Order 113-7 held. It stays here until somebody releases it. 1 could not be held: already shipped."
    ]
    assert Event.objects.filter(kind="order.held", subject_id=new.pk).count() == 1


def test_chosen_orders_are_let_go(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.PERSON, reason="Held by Maria")

    owner.post(reverse("orders:act"), {"chosen": order.pk, "action": "let_go"})

    order.refresh_from_db()
    assert (order.status, order.held_for, order.reason) == (OrderStatus.NEW, "", "")


def test_ship_and_close_takes_the_chosen_ones_along(owner: Client, at_warehouse: AtWarehouse) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")

    page = owner.post(reverse("orders:act"), {"chosen": [one.pk, two.pk], "action": "ship"})

    assert page["Location"] == f"{reverse('shipping:close')}?order={one.pk}&order={two.pk}"


def test_ship_and_close_leaves_out_what_cannot_be_shipped(owner: Client, cart: Cart, at_warehouse: AtWarehouse) -> None:
    ready, pending = at_warehouse("1"), OrderFactory(cart=cart, number="2", status=OrderStatus.PENDING)

    page = owner.post(reverse("orders:act"), {"chosen": [pending.pk, ready.pk], "action": "ship"}, follow=True)

    assert page.redirect_chain == [(f"{reverse('shipping:close')}?order={ready.pk}", 302)]
    assert [str(message) for message in page.context["messages"]] == [
        "1 order was left out because it can't be shipped: 2 is pending."
    ]


def test_ship_and_close_of_nothing_that_can_be_shipped_stays_on_the_list(owner: Client, cart: Cart) -> None:
    orders = [OrderFactory(cart=cart, number=number, status=OrderStatus.ERROR) for number in ("1", "2")]

    page = owner.post(
        reverse("orders:act") + "?tab=all", {"chosen": [each.pk for each in orders], "action": "ship"}, follow=True
    )

    assert page.redirect_chain == [("/orders/?tab=all", 302)]
    assert [str(message) for message in page.context["messages"]] == [
        "2 orders were left out because they can't be shipped: 1 is in error, 2 is in error."
    ]


def test_choosing_none_or_too_many_changes_nothing(owner: Client, cart: Cart) -> None:
    choices: list[list[int]] = [[], list(range(1, 1_100))]
    for chosen in choices:
        page = owner.post(reverse("orders:act"), {"chosen": chosen, "action": "hold"}, follow=True)
        assert page.status_code == 200
        assert len(page.context["messages"]) == 1


@pytest.mark.parametrize("bad", ["0", "-1", "x", "9" * 40, "１"])
def test_what_cannot_be_an_order_is_not_found(owner: Client, cart: Cart, bad: str) -> None:
    assert owner.post(reverse("orders:act"), {"chosen": bad, "action": "hold"}).status_code == 404


def test_a_strangers_choice_changes_nothing(stranger: Client, owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    answer = stranger.post(reverse("orders:act"), {"chosen": order.pk, "action": "hold"})
    absent = stranger.post(reverse("orders:act"), {"chosen": 999_999, "action": "hold"})

    assert answer.status_code == absent.status_code == 404
    assert answer.content == absent.content
    order.refresh_from_db()
    assert order.status == OrderStatus.NEW
