"""Orders that a person has to see to though their status does not say so: counted, shown and ended in the list."""

from typing import Any

import pytest
from django.test import Client

from carts.models import Cart
from core.accounts.access import Role
from core.common import clock
from orders.alerts import CANCELED_LATE, PARTLY_CANCELED
from orders.models import Order, OrderStatus
from shipping.alerts import MISPACKED, NOT_SEEN, OFF_THE_BENCH
from tests.factories import AlertFactory, OrderFactory, make_person

pytestmark = pytest.mark.django_db
LIST = "/orders/"


def alarmed(cart: Cart, cause: str, status: OrderStatus = OrderStatus.CONFIRMED, **fields: Any) -> Order:
    order: Order = OrderFactory(cart=cart, status=status)
    place = {"organization": cart.organization, "merchant": cart.merchant, "cart_id": cart.pk}
    AlertFactory(cause=cause, subject_kind="order", subject_id=order.pk, message="Do it.", **place, **fields)
    return order


def attention(client: Client, **query: str) -> tuple[list[Order], int]:
    page = client.get(LIST, {"tab": "attention", **query}).context
    return sorted(page["listing"].rows, key=lambda order: order.pk), page["listing"].total


def test_what_has_to_be_done_by_hand_counts_once_whatever_the_status(owner: Client, cart: Cart) -> None:
    late, held = alarmed(cart, CANCELED_LATE), alarmed(cart, OFF_THE_BENCH, OrderStatus.HELD)
    part, packed = alarmed(cart, PARTLY_CANCELED, OrderStatus.AT_WMS), alarmed(cart, MISPACKED, OrderStatus.AT_WMS)
    alarmed(cart, NOT_SEEN)  # the marketplace's turn
    alarmed(cart, CANCELED_LATE, closed_at=clock.now())
    alarmed(cart, CANCELED_LATE, dismissed_at=clock.now())  # somebody said why nothing is to be done

    assert attention(owner) == ([late, held, part, packed], 4)
    assert attention(owner, q=late.number) == ([late], 1)
    shown = owner.get(LIST, {"tab": "attention"}).content.decode()
    assert shown.count('name="seen"') == 2  # of a part the order's page says what is left first
    assert ">Pulled</button>" in shown
    assert ">Handled</button>" in shown
    viewer, seller = Client(), Client()
    viewer.force_login(make_person(cart.organization, Role.VIEWER))
    seller.force_login(make_person(cart.organization, Role.SELLER, merchant=cart.merchant))
    assert 'name="seen"' not in viewer.get(LIST, {"tab": "attention"}).content.decode()
    assert attention(seller) == ([held, packed], 2)  # what waits: the rest is the warehouse's to do
    assert "Pull from packing" not in seller.get(LIST, {"tab": "attention"}).content.decode()


def test_more_to_do_by_hand_takes_no_more_statements(
    owner: Client, cart: Cart, django_assert_max_num_queries: Any
) -> None:
    def load() -> int:
        with django_assert_max_num_queries(30) as asked:
            owner.get(LIST, {"tab": "attention"})
        return len(asked)

    alarmed(cart, CANCELED_LATE)
    load()
    one = load()
    for _ in range(5):
        alarmed(cart, OFF_THE_BENCH, OrderStatus.CANCELED)
    assert load() == one
