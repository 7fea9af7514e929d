"""The ship-by board."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from carts.models import Cart, Grant
from core.common import clock
from integration_manager.portal.dashboard.ship_by_board import BoardRow
from orders.models import HeldFor, OrderStatus
from shipping.models import ShipMethod
from tests.factories import CartFactory, CartMethodFactory, OrderFactory

pytestmark = pytest.mark.django_db
BOARD = "/orders/board/"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """What is due in a few hours is due today."""
    with time_machine.travel("2026-11-20 12:00 +0000"):
        yield


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
        "At the warehouse": ("Warehouse staff", 1, 0, 0, 0, 0),
        "Not released yet": ("Us", 0, 1, 2, 0, 1),
        "Held: its ship method is not mapped": ("Us", 0, 1, 1, 0, 0),
        "Pending on the cart": ("Amazon", 0, 1, 1, 0, 0),
        "Shipped, tracking not yet sent": ("Us", 0, 0, 0, 1, 0),
    }
    totals = owner.get(BOARD).context["totals"]
    told_in_all = {"Overdue": 1, "Next 2 h": 3, "Today": 4, "Tomorrow": 1, "Later": 1}
    assert {cell.label: cell.number for cell in totals} == told_in_all
    listed = {cell.label: owner.get(cell.url).context["listing"].total for cell in totals if cell.url}
    assert listed == {label: number for label, number in told_in_all.items() if label != "Tomorrow"}  # it is shipped


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
    assert found[f"of these: {ended.full_name} needs the seller's authorization"].who == "The seller"
    assert found[f"of these: {paused.full_name} is paused"].who == "Us"
    assert owner.get(BOARD).context["totals"][1].number == 3  # nothing counts twice


def test_a_quiet_day_says_so(owner: Client, cart: Cart) -> None:
    at_risk(cart, OrderStatus.CONFIRMED, 1)

    assert b"Nothing is open" in owner.get(BOARD).content


def test_an_order_without_a_ship_by_time_is_on_it_too(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, status=OrderStatus.NEW, ship_by=None)

    assert rows(owner)["Not released yet"].numbers == {"overdue": 0, "2h": 0, "today": 0, "tomorrow": 0, "later": 1}


@pytest.mark.parametrize("by", ["merchant", "method", "warehouse"])
def test_it_is_divided_by_whatever_a_warehouse_plans_by_and_every_number_leads_to_its_orders(
    owner: Client, cart: Cart, others_order: Any, method: ShipMethod, by: str
) -> None:
    for hours in (-3, 1, 24, 72):
        at_risk(cart, OrderStatus.AT_WMS, hours, service="NextDay", released_to=method.warehouse_id)
        at_risk(others_order.cart, OrderStatus.NEW, hours, service="Standard")
    for each in (cart, others_order.cart):
        CartMethodFactory(cart=each, name="NextDay" if each == cart else "Standard")

    divided = owner.get(BOARD, {"by": by}).context["divided"]

    names = {"merchant": {"Blue Mug Co", "Green Lamp Ltd"}, "method": {"NextDay", "Standard"}}
    assert {row.name for row in divided} == names.get(by, {"Reno", "Not at a warehouse yet"})
    linked = [cell for row in divided for cell in row.cells if cell.number and cell.url]
    assert len(linked) >= 4
    for cell in linked:
        assert owner.get(cell.url).context["listing"].total == cell.number, cell.url


def test_a_division_nobody_knows_is_said(owner: Client) -> None:
    answer = owner.get(BOARD, {"by": "moon"}, follow=True)

    assert answer.redirect_chain[-1][0] == BOARD
    assert b"The board has no such view" in answer.content


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
