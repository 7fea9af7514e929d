"""The start page."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts import connections
from carts.models import Bucket, Cart, Grant
from core.accounts.models import Organization
from core.activity import call_counts
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.models import ShipMethod
from tests.factories import (
    AlertFactory,
    CartFactory,
    MerchantFactory,
    OrderFactory,
    RouteFactory,
    ShipmentFactory,
    StockLevelFactory,
    UserFactory,
)
from tests.order_pages import ClientFor

pytestmark = pytest.mark.django_db


def tiles(client: Client) -> dict[str, int]:
    response = client.get(reverse("dashboard"))
    assert response.status_code == 200
    return {tile.label: tile.number for row in response.context["tiles"] for tile in row}


def test_the_numbers_of_the_day_are_counted(owner: Client, cart: Cart) -> None:
    now = clock.now()
    OrderFactory(cart=cart, status=OrderStatus.HELD, reason="Held by Maria")
    OrderFactory(cart=cart, status=OrderStatus.AT_WMS, ship_by=now - timedelta(minutes=5))
    OrderFactory(cart=cart, status=OrderStatus.AT_WMS, ship_by=now + timedelta(milliseconds=1) + timedelta(days=3))
    OrderFactory(cart=cart, status=OrderStatus.SHIPPED, ship_by=now - timedelta(days=1))

    numbers = tiles(owner)

    assert numbers["Need attention"] == 1
    assert numbers["At the warehouse"] == 2
    assert numbers["Shipped, to be confirmed"] == 1
    assert numbers["Overdue"] == 1
    assert numbers["All"] == 4


def test_open_orders_stand_by_the_day_they_are_due_in_all_and_by_merchant(
    owner: Client, cart: Cart, others_order: Order
) -> None:
    with time_machine.travel("2026-11-20 12:00 +0000"):
        for hours in (-1, 5, 24, 72):
            OrderFactory(cart=cart, status=OrderStatus.AT_WMS, ship_by=clock.now() + timedelta(hours=hours))
        others_order.ship_by = clock.now() + timedelta(hours=1)
        others_order.save()

        page = owner.get(reverse("dashboard"))

    due = {tile.label: tile.number for tile in page.context["tiles"][0]}
    assert due == {"Overdue": 1, "Due today": 2, "Due tomorrow": 1, "Due later": 1}
    by_merchant = {row.name: [cell.number for cell in row.cells] for row in page.context["merchants"]}
    assert by_merchant == {"Blue Mug Co": [1, 1, 1, 1], "Green Lamp Ltd": [0, 1, 0, 0]}
    assert page.context["oldest"] is not None


def test_what_was_shipped_is_told_by_day_with_the_share_in_time(owner: Client, cart: Cart, method: ShipMethod) -> None:
    with time_machine.travel("2026-11-20 12:00 +0000"):
        now = clock.now()
        for days, late in ((0, False), (0, False), (1, True), (1, False), (13, False), (20, True)):
            at = now - timedelta(days=days)
            order = OrderFactory(
                cart=cart,
                status=OrderStatus.CONFIRMED,
                ship_by=at + timedelta(hours=-1 if late else 1),
                shipped_at=at,
            )
            ShipmentFactory(order=order, warehouse=method.warehouse, shipped_at=at, created_at=at)

        shipped = owner.get(reverse("dashboard")).context["shipped"]

    assert [day.number for day in shipped.days] == [1, *[0] * 11, 2, 2]
    assert shipped.total == 5
    assert (shipped.on_time, shipped.promised) == (80, 5)


def test_more_is_ordered_than_is_there_and_it_is_said_by_how_much(
    owner: Client, seller: Client, cart: Cart, method: ShipMethod
) -> None:
    RouteFactory(cart=cart, warehouse=method.warehouse)
    OrderFactory(cart=cart, status=OrderStatus.NEW, lines={"MUG-BLUE": 11, "MUG-LID": 2})
    for sku, there in (("MUG-BLUE", 1), ("MUG-LID", 2)):
        StockLevelFactory(
            warehouse=method.warehouse, merchant=cart.merchant, sku=sku, on_hand=there, observed_at=clock.now()
        )

    short = owner.get(reverse("oversold")).context["short"]

    assert [(each.level.sku, each.there, each.promised, each.short) for each in short] == [("MUG-BLUE", 1, 11, 10)]


def test_zeros_are_shown_and_the_next_step_is_taught(owner: Client) -> None:
    page = owner.get(reverse("dashboard"))

    assert set(tiles(owner).values()) == {0}
    assert b"<strong>0</strong>" in page.content
    assert b"No carts yet" in page.content
    assert reverse("carts:new").encode() in page.content


def test_a_viewer_is_not_sent_where_they_may_not_go(viewer: Client) -> None:
    page = viewer.get(reverse("dashboard"))

    assert b"No carts yet" in page.content
    assert reverse("carts:new").encode() not in page.content


def test_a_person_without_an_organization_is_told_so(db: None) -> None:
    client = Client()
    client.force_login(UserFactory(email="lost@northwind.example"))

    page = client.get(reverse("dashboard"))

    assert page.status_code == 200
    assert b"You don't belong to an organization yet" in page.content
    assert b"lost@northwind.example" in page.content


def test_who_is_not_logged_in_is_asked_to(db: None) -> None:
    page = Client().get(reverse("dashboard"))

    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))


def test_a_seller_sees_their_own_numbers_carts_and_alerts(seller: Client, cart: Cart, acme: Organization) -> None:
    other = CartFactory(merchant=MerchantFactory(organization=acme, name="Green Lamp Ltd"), name="Lamps DE")
    OrderFactory(cart=cart)
    OrderFactory(cart=other)
    AlertFactory(organization=acme, merchant=cart.merchant, cause="stock.not_told", message="Ask at Reno.")
    AlertFactory(organization=acme, merchant=other.merchant, message="Lamps are stuck.")

    page = seller.get(reverse("dashboard"))

    assert {each.label: each.number for each in page.context["numbers"]}["New"] == 1
    assert b"Stock refused by the cart. The warehouse has been told." in page.content
    assert b"Reno" not in page.content
    assert b"Lamps" not in page.content


def test_a_cart_that_needs_authorization_comes_first(owner: Client, cart: Cart, acme: Organization) -> None:
    CartFactory(merchant__organization=acme, name="Zebra", grant=None)

    AlertFactory(organization=acme, cause="order.not_confirmed", message="Order 7: refused.", path="/orders/7/")

    page = owner.get(reverse("dashboard"))

    assert [each.name for each in page.context["carts"]] == ["Zebra", "Amazon US"]
    assert b"Needs authorization" in page.content
    said = page.content.decode()
    places = [said.index(part) for part in ('class="tiles', 'href="/orders/7/">Order 7</a>: refused.', 'id="flow"')]
    assert places == sorted(places), "what is wrong comes right under the numbers"
    assert "Urgent" in said[places[0] : places[1]]


def test_more_carts_make_no_more_queries(
    owner: Client, acme: Organization, django_assert_max_num_queries: object
) -> None:
    def load() -> int:
        with django_assert_max_num_queries(40) as asked:  # type: ignore[operator]
            owner.get(reverse("dashboard"))
        return len(asked)

    for _ in range(5):
        OrderFactory(cart__merchant__organization=acme)
    few = load()
    for _ in range(5):
        OrderFactory(cart__merchant__organization=acme)

    assert load() == few


def test_strangers_see_nothing_of_it(stranger: Client, cart: Cart, client_for: ClientFor) -> None:
    OrderFactory(cart=cart)

    page = stranger.get(reverse("dashboard"))

    assert set(tiles(stranger).values()) == {0}
    assert b"Amazon US" not in page.content


def test_the_first_run_is_led_to_its_end_by_whoever_may_do_each_step(
    owner: Client, viewer: Client, acme: Organization, cart: Cart, method: ShipMethod
) -> None:
    def steps(client: Client) -> dict[str, tuple[bool, bool]]:
        found = client.get(reverse("dashboard")).context["first_steps"]
        return {step.label: (step.is_done, bool(step.url)) for step in found}

    waiting = [s.label for s in owner.get(reverse("dashboard")).context["first_steps"] if s.state[0] == "Can wait"]
    assert waiting == ["Say who you are: name, time zone, logo", "Mail leaves the portal"]
    assert steps(owner)["A warehouse to ship from"] == (True, True)
    assert steps(owner)["A cart that is live"] == (cart.state == Cart.State.LIVE, True)
    assert steps(viewer)["Ship methods mapped, before the cart goes live"][1] is False
    assert b"Somebody who can map ship methods" in viewer.get(reverse("dashboard")).content
    assert steps(owner)["The first order is here"] == (False, True)
    order = OrderFactory(cart=cart, status=OrderStatus.AT_WMS)
    assert steps(owner)["The first order is here"] == (True, True)

    viewer.post(reverse("put_away_first_steps"))
    assert steps(viewer) == {}
    assert len(steps(owner)) == 8
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CONFIRMED)
    assert steps(owner) == {}


def test_accounts_tell_what_is_left_of_their_quota_and_what_their_calls_would_cost(
    owner: Client, stranger: Client, cart: Cart, settings: Any
) -> None:
    settings.CALLS_FREE_A_MONTH, settings.CALLS_PRICE_PER_1000 = 1000, 0.4
    assert cart.grant is not None
    now = clock.now()
    for operation, tokens, burst in (("getOrder", 30, 30), ("searchOrders", 3, 20)):
        Bucket.objects.create(
            grant=cart.grant, operation=operation, rate=1e-9, burst=burst, tokens=tokens, filled_at=now
        )
    name = connections.name_of(cart.grant)
    for _ in range(2):
        calls = Counter({("searchOrders", "GET"): 1500, ("patchListingsItem", "PATCH"): 9000})
        call_counts.add(name, cart.organization_id, calls, now=now)
    call_counts.add(name, cart.organization_id, Counter({("getOrder", "GET"): 7}), now=now - timedelta(days=32))

    page = owner.get(reverse("dashboard"))

    said = " ".join(page.content.decode().split())
    assert "3,000 reading calls this month. Amazon charges nothing" in said
    assert "(1,000 a month free, then $0.40 per 1,000), they would have cost $0.80." in said
    (row,) = page.context["accounts"]
    assert [(each.operation, each.left, each.burst, each.tone) for each in row.quotas] == [
        ("searchOrders", 3, 20, "warn"),
        ("getOrder", 30, 30, ""),
    ]
    assert (row.gets, page.context["cost"].gets) == (3000, 3000)
    assert page.context["cost"].would_cost == Decimal("0.80")
    assert stranger.get(reverse("dashboard")).context["cost"].gets == 0

    of = {"organization": cart.organization, "merchant": cart.merchant, "kind": "amazon", "region": "NA"}
    Grant.objects.bulk_create(
        Grant(**of, seller_id=f"A{number}", authorized_at=now, refresh_token=b"") for number in range(20)
    )
    cut, all_of_them = owner.get(reverse("dashboard")), owner.get(reverse("dashboard"), {"accounts": "all"})
    assert (len(cut.context["accounts"]), len(all_of_them.context["accounts"])) == (20, 21)
    assert b'<a href="?accounts=all#accounts">1 more account</a>' in cut.content
    assert b"1 more account" not in all_of_them.content
