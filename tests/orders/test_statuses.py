"""The table of transitions: what it allows is done, with its times; all else is refused, and nothing is written."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carts.models import Cart
from core.common import clock
from orders import statuses
from orders.models import Order, OrderAction
from orders.statuses import BEGINNINGS, FOLLOWS, HeldFor, NotAllowed, OrderStatus
from tests.factories import CartFactory, OrderFactory

PAIRS = list(product(OrderStatus, OrderStatus))
NOON = datetime.fromisoformat("2026-11-20T12:00:00+00:00")


@pytest.fixture
def cart(db: None) -> Cart:
    made: Cart = CartFactory()
    return made


def written(order: Order) -> tuple[str, str, str, datetime | None, datetime | None]:
    fresh = Order.objects.get(pk=order.pk)
    return fresh.status, fresh.held_for, fresh.reason, fresh.shipped_at, fresh.confirmed_at


def test_every_status_stands_in_the_table() -> None:
    assert set(FOLLOWS) == set(OrderStatus)


def test_what_the_table_allows_is_done_and_all_else_is_refused(cart: Cart) -> None:
    for frm, to in PAIRS:
        order: Order = OrderFactory(cart=cart, status=frm, reason="Before")
        before, now = written(order), clock.now()

        if to in FOLLOWS[frm]:
            assert order.advance(frm=[frm], to=to, now=now, reason="After")
            assert written(order)[:3] == (to, "", "After"), (frm, to)
            assert (order.status, order.shipped_at, order.confirmed_at) == (to, *written(order)[3:])
        else:
            with pytest.raises(NotAllowed):
                order.advance(frm=[frm], to=to, now=now)
            assert written(order) == before, (frm, to)


def test_many_are_moved_in_one_statement_and_only_those_that_are_where_they_are_said_to_be(cart: Cart) -> None:
    new, held = OrderFactory(cart=cart), OrderFactory(cart=cart, status=OrderStatus.HELD)

    moved = Order.objects.filter(cart=cart).move(frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS, now=clock.now())

    assert moved == 1
    assert (written(new)[0], written(held)[0]) == (OrderStatus.AT_WMS, OrderStatus.HELD)


def test_an_order_somebody_else_moved_is_not_moved(cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    Order.objects.filter(pk=order.pk).move(frm=[OrderStatus.NEW], to=OrderStatus.CANCELED, now=clock.now())

    assert not order.advance(frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS, now=clock.now())
    assert written(order)[0] == OrderStatus.CANCELED


def test_a_hold_ends_only_by_what_made_it(cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.BUYER, reason="The buyer asked")

    assert not order.let_go_of(HeldFor.ADDRESS, now=clock.now())
    assert written(order)[:2] == (OrderStatus.HELD, HeldFor.BUYER)
    assert order.let_go_of(HeldFor.BUYER, now=clock.now())
    assert written(order)[:3] == (OrderStatus.NEW, "", "")


def test_moves_that_change_different_times_are_not_said_as_one() -> None:
    with pytest.raises(NotAllowed, match="not one move"):
        statuses.times([OrderStatus.AT_WMS, OrderStatus.CONFIRMED], OrderStatus.SHIPPED, NOON)
    with pytest.raises(NotAllowed, match="nowhere"):
        statuses.times([], OrderStatus.NEW, NOON)


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - BEGINNINGS))
def test_no_order_begins_half_way(status: OrderStatus) -> None:
    order = Order(number="1")

    with pytest.raises(NotAllowed):
        order.begin(status, reason="", held_for="")
    assert order.status == ""


@given(data=st.data())
def test_wherever_an_order_goes_only_a_confirmed_one_says_when_it_was_confirmed(data: st.DataObject) -> None:
    at = data.draw(st.sampled_from(sorted(BEGINNINGS)))
    kept: dict[str, datetime | None] = {"shipped_at": None, "confirmed_at": None}
    for step in range(data.draw(st.integers(0, 12))):
        if not FOLLOWS[at]:
            break
        frm, at = at, data.draw(st.sampled_from(sorted(FOLLOWS[at])))
        moment = NOON + timedelta(hours=step)
        kept |= statuses.times([frm], at, moment)

        assert (kept["confirmed_at"] is not None) == (at == OrderStatus.CONFIRMED)
        if at == OrderStatus.AT_WMS and frm in statuses.SHIPPED_OR_CONFIRMED:
            assert kept["shipped_at"] is None
        if at == OrderStatus.SHIPPED and frm in statuses.BOUND_FOR_WAREHOUSE:
            assert kept["shipped_at"] == moment


@pytest.mark.parametrize(
    ("action", "status", "held_for", "hindrance"),
    [
        (OrderAction.HOLD, OrderStatus.NEW, "", None),
        (OrderAction.HOLD, OrderStatus.HELD, HeldFor.PERSON, "It is already held."),
        (OrderAction.HOLD, OrderStatus.AT_WMS, "", None),
        (OrderAction.HOLD, OrderStatus.PENDING, "", "Amazon.com has not released it yet, so it goes nowhere."),
        (OrderAction.LET_GO, OrderStatus.HELD, HeldFor.PERSON, None),
        (OrderAction.LET_GO, OrderStatus.HELD, HeldFor.STRANGE, "It could not be read yet. Each download tries again."),
        (OrderAction.LET_GO, OrderStatus.NEW, "", "It is no longer held."),
        (OrderAction.EDIT, OrderStatus.AT_WMS, "", None),
        (OrderAction.EDIT, OrderStatus.HELD, HeldFor.CANCELED, "It is canceled, or about to be."),
        (OrderAction.EDIT_ADDRESS, OrderStatus.CONFIRMED, "", "It has already been shipped."),
        (OrderAction.HOLD, OrderStatus.ERROR, "", None),
        (OrderAction.HOLD, OrderStatus.SHIPPED, "", "It has already been shipped, at least in part."),
        (OrderAction.HOLD, OrderStatus.SKIPPED, "", "It is skipped."),
        (OrderAction.CANCEL, OrderStatus.HELD, HeldFor.BUYER, None),
        (OrderAction.CANCEL, OrderStatus.PENDING, "", "It is pending."),
        (OrderAction.TAKE, OrderStatus.SKIPPED, "", None),
        (OrderAction.TAKE, OrderStatus.CLOSED, "", "It is closed, not skipped."),
    ],
)
def test_an_order_says_what_keeps_a_person_from_it(
    cart: Cart, action: OrderAction, status: OrderStatus, held_for: str, hindrance: str | None
) -> None:
    order: Order = OrderFactory(cart=cart, status=status, held_for=held_for)

    assert order.hindrance_to(action) == hindrance
