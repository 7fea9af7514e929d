"""The ship-by board."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from carts.models import Cart, Grant
from core.common import clock
from integration_manager.portal.dashboard.ship_by_board import BoardRow
from orders.models import HeldFor, OrderStatus
from tests.factories import CartFactory, OrderFactory

pytestmark = pytest.mark.django_db
BOARD = "/orders/board/"


def rows(client: Client) -> dict[str, BoardRow]:
    page = client.get(BOARD)
    assert page.status_code == 200
    return {row.place: row for row in page.context["rows"]}


def at_risk(cart: Cart, status: str, hours: float, **fields: Any) -> None:
    OrderFactory(cart=cart, status=status, ship_by=clock.now() + timedelta(hours=hours), recipient=None, **fields)


def test_what_is_late_or_soon_will_be_is_told_with_who_must_act(owner: Client, cart: Cart) -> None:
    at_risk(cart, OrderStatus.NEW, 1)
    at_risk(cart, OrderStatus.NEW, 5)
    at_risk(cart, OrderStatus.AT_WMS, -1)
    at_risk(cart, OrderStatus.SHIPPED, 23)
    at_risk(cart, OrderStatus.HELD, 1, held_for=HeldFor.UNMAPPED)
    at_risk(cart, OrderStatus.PENDING, 1)
    at_risk(cart, OrderStatus.CONFIRMED, -1)
    at_risk(cart, OrderStatus.NEW, 48)

    told = {place: (row.who, *row.numbers.values()) for place, row in rows(owner).items()}

    assert told == {
        "At the warehouse": ("Warehouse staff", 1, 0, 0, 0),
        "Not released yet": ("Us", 0, 1, 2, 2),
        "Held: its ship method is not mapped": ("Us", 0, 1, 1, 1),
        "Pending on the cart": ("Amazon", 0, 1, 1, 1),
        "Shipped, tracking not yet sent": ("Us", 0, 0, 0, 1),
    }
    assert owner.get(BOARD).context["totals"] == [("Overdue", 1), ("Next 2 h", 3), ("Next 6 h", 4), ("Next 24 h", 5)]


def test_every_number_leads_to_just_so_many_orders(owner: Client, cart: Cart) -> None:
    for status in (OrderStatus.NEW, OrderStatus.AT_WMS, OrderStatus.SHIPPED, OrderStatus.ERROR, OrderStatus.PENDING):
        for hours in (-3, 1, 5, 23, 48):
            at_risk(cart, status, hours)
    for why in HeldFor:
        at_risk(cart, OrderStatus.HELD, 3, held_for=why)
    ended = CartFactory(merchant__organization=cart.organization, name="Amazon DE")
    Grant.objects.filter(pk=ended.grant.pk if ended.grant else 0).update(state=Grant.State.ENDED)
    at_risk(ended, OrderStatus.NEW, 1)

    found = [(cell.number, cell.url) for row in rows(owner).values() for cell in row.cells if cell.number]

    assert len(found) > 20
    for number, url in found:
        assert owner.get(url).context["listing"].total == number, url


def test_what_waits_for_a_cart_is_told_apart(owner: Client, cart: Cart) -> None:
    ended = CartFactory(merchant__organization=cart.organization, name="Amazon DE")
    paused = CartFactory(merchant__organization=cart.organization, name="Amazon FR", state=Cart.State.PAUSED)
    assert ended.grant is not None
    Grant.objects.filter(pk=ended.grant.pk).update(state=Grant.State.ENDED)
    for each in (cart, ended, paused):
        at_risk(each, OrderStatus.NEW, 1)

    found = rows(owner)

    assert found["Not released yet"].numbers["2h"] == 3
    assert found["of these: Amazon DE needs the seller's authorization"].who == "The seller"
    assert found["of these: Amazon FR is paused"].who == "Us"
    assert owner.get(BOARD).context["totals"][1] == ("Next 2 h", 3)  # nothing counts twice


def test_a_quiet_day_says_so(owner: Client, cart: Cart) -> None:
    at_risk(cart, OrderStatus.NEW, 48)

    assert b"Nothing is at risk" in owner.get(BOARD).content


def test_a_seller_and_a_stranger_see_their_own(seller: Client, stranger: Client, cart: Cart, others_order: Any) -> None:
    at_risk(others_order.cart, OrderStatus.NEW, 1)
    at_risk(cart, OrderStatus.NEW, 1)

    assert rows(seller)["Not released yet"].numbers["2h"] == 1
    assert rows(stranger) == {}


def test_more_orders_make_no_more_queries(owner: Client, cart: Cart, django_assert_max_num_queries: Any) -> None:
    def load() -> int:
        with django_assert_max_num_queries(12) as asked:
            owner.get(BOARD)
        return len(asked)

    at_risk(cart, OrderStatus.NEW, 1)
    few = load()
    for status in OrderStatus:
        for each in (cart, CartFactory(merchant__organization=cart.organization, grant=None)):
            at_risk(each, status, 1)

    assert load() == few
