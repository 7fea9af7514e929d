"""What a merchant's own people read on an order: what happened to it, not who did it and what packing has to do."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.event_log import record
from core.alerts.raised import raise_alert
from core.common import clock
from orders.models import HeldFor, Order, OrderStatus
from shipping.cancellation import order_hold
from tests.factories import OrderFactory, make_person
from tests.order_pages import AtWarehouse

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
BENCH = ("pull it from packing", "do not ship", "Pulled from packing", "Handled:", "Taken off")


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_neither_staffs_names_nor_what_packing_does_stand_on_a_sellers_order(
    seller: Client, acme: Organization, at_warehouse: AtWarehouse
) -> None:
    maria = make_person(acme, Role.STAFF)
    maria.name = "Maria Ortiz"
    maria.save()
    order, now = at_warehouse("113-1"), clock.now()
    order_hold.hold(order, by=maria, now=now)
    record("order.noted", order, now=now, actor=maria)
    record("recipient.looked_at", order, now=now, actor=maria)
    record("order.seen_to", order, now=now, actor=maria, what="Order 113-1 is held: pull it from packing at Reno.")
    record("order.moved", order, now=now, frm="at_wms", to="held", reason="Canceled on Amazon.com: do not ship")

    page, listed = read(seller, order.get_absolute_url()), read(seller, reverse("orders:orders") + "?tab=all")

    for words in ("Maria", *BENCH, "Viewed the recipient", "Added a note"):
        assert words not in page, words
        assert words not in listed, words
    assert "Held by the warehouse" in page
    assert "· Northwind 3PL" in page
    assert "Canceled on Amazon.com" in page


def test_a_sellers_own_people_keep_their_names(seller: Client, cart: Cart, acme: Organization) -> None:
    jo = make_person(acme, Role.SELLER, merchant=cart.merchant)
    jo.name = "Jo Mug"
    jo.save()
    order = OrderFactory(cart=cart)
    record("order.let_go", order, now=clock.now(), actor=jo)

    assert "Jo Mug" in read(seller, order.get_absolute_url())


def test_what_has_to_be_done_is_not_the_sellers_to_read(seller: Client, owner: Client, cart: Cart) -> None:
    order: Order = OrderFactory(
        cart=cart,
        status=OrderStatus.HELD,
        held_for=HeldFor.CANCELED,
        reason="Canceled on Amazon.com while at the warehouse: do not ship",
    )
    raise_alert("order.off_the_bench", order, "Order 1: pull it from packing at Reno.", now=clock.now())

    page = read(seller, order.get_absolute_url())

    for words in BENCH:
        assert words not in page, words
    assert "Canceled on Amazon.com while at the warehouse" in page
    assert "The warehouse, which had it, has been told." in page
    assert "do not ship" in read(owner, order.get_absolute_url())


def test_the_carts_history_names_the_3pl_for_its_people(seller: Client, cart: Cart, acme: Organization) -> None:
    maria = make_person(acme, Role.STAFF)
    maria.name = "Maria Ortiz"
    maria.save()
    record("cart.paused", cart, now=clock.now(), actor=maria)

    page = read(seller, reverse("carts:history", args=[cart.pk]))

    assert "Maria" not in page
    assert "· Northwind 3PL" in page
