"""Holding many orders wherever they are, with one line about them, and taking it back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.activity.models import Event
from core.common import clock
from core.ui.told import More, more_of
from orders.actions import holds
from orders.models import HeldFor, Order, OrderStatus
from shipping import warehouses
from shipping.cancellation import order_hold
from shipping.models import Recall, Warehouse
from tests.factories import OrderFactory, OrganizationFactory, PackageFactory, make_person
from tests.order_pages import AtWarehouse, ClientFor
from tests.shipping.played_warehouse import Distant

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ACT = reverse("orders:act") + "?tab=all"


def hold(client: Client, *orders: Order, action: str = "hold") -> tuple[str, More]:
    """Do it to these orders; return the one line that is said, and what stands under it."""
    page = client.post(ACT, {"action": action, "chosen": [order.pk for order in orders]}, follow=True)
    (message,) = page.context["messages"]
    return str(message), more_of(message)


def states(*orders: Order) -> list[tuple[str, str]]:
    found = {order.pk: order for order in Order.objects.filter(pk__in=[each.pk for each in orders])}
    return [(found[each.pk].status, found[each.pk].held_for) for each in orders]


HELD = (OrderStatus.HELD, HeldFor.PERSON)


def test_orders_of_every_stage_are_held_with_one_line(
    owner: Client, cart: Cart, at_warehouse: AtWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(warehouses.WAREHOUSES, "distant", Distant)
    new, refused = OrderFactory(cart=cart), OrderFactory(cart=cart, status=OrderStatus.ERROR)
    benched, away = at_warehouse("at-bench"), at_warehouse("away")
    distant = Warehouse.objects.create(organization=cart.organization, name="Far", kind="distant")
    away.releases.update(warehouse=distant)
    begun = at_warehouse("begun")
    PackageFactory(shipment__order=begun)
    shipped = OrderFactory(cart=cart, number="gone", status=OrderStatus.SHIPPED, shipped_at=clock.now())
    held = OrderFactory(cart=cart, number="kept", status=OrderStatus.HELD, held_for=HeldFor.PERSON)
    pending = OrderFactory(cart=cart, number="soon", status=OrderStatus.PENDING)

    said, more = hold(owner, new, refused, benched, away, begun, shipped, held, pending)

    assert states(new, refused, benched, away) == [HELD] * 4
    assert said == (
        "4 orders held, 1 being recalled from the warehouse, 1 to be pulled from packing. "
        "They stay here until somebody releases them. "
        "4 could not be held: 2 already shipped, 1 already held, 1 pending."
    )
    assert "begun was not held. It has already been shipped, at least in part." in more.lines
    assert "soon was not held. Amazon.com has not released it yet, so it goes nowhere." in more.lines
    assert Recall.objects.filter(order=away).unfinished().exists()


def test_orders_that_are_all_shipped_are_said_to_be_in_one_line(owner: Client, cart: Cart) -> None:
    gone = [OrderFactory(cart=cart, status=OrderStatus.CONFIRMED, shipped_at=clock.now()) for _ in range(30)]

    said, more = hold(owner, *gone)

    assert said == "30 could not be held: already shipped."
    assert len(more.lines) == 21
    assert more.lines[-1] == "and 10 orders more"
    assert more.undo_url == ""


def test_what_was_just_held_is_released_again(owner: Client, cart: Cart, at_warehouse: AtWarehouse) -> None:
    new, benched = OrderFactory(cart=cart), at_warehouse("at-bench")
    _, more = hold(owner, new, benched)

    page = owner.post(more.undo_url, follow=True)

    assert states(new, benched) == [(OrderStatus.NEW, "")] * 2
    assert [str(each) for each in page.context["messages"]] == ["2 orders released again."]
    assert page.redirect_chain == [("/orders/?tab=all", 302)]
    again = owner.post(more.undo_url, follow=True)
    assert "be undone any more" in again.content.decode()
    assert states(new, benched) == [(OrderStatus.NEW, "")] * 2


def test_undo_leaves_alone_what_changed_meanwhile(owner: Client, cart: Cart) -> None:
    same, canceled, anothers, released = (OrderFactory(cart=cart) for _ in range(4))
    _, more = hold(owner, same, canceled, anothers, released)
    other, now = make_person(cart.organization), clock.now()
    Order.objects.filter(pk=canceled.pk).update(held_for=HeldFor.CANCELED)
    for order in (anothers, released):
        order.refresh_from_db()
        holds.let_go(order, by=other, now=now)
    order_hold.hold(anothers, by=other, now=now)

    page = owner.post(more.undo_url, follow=True)

    assert states(same, canceled, anothers) == [
        (OrderStatus.NEW, ""),
        (OrderStatus.HELD, HeldFor.CANCELED),
        (OrderStatus.HELD, HeldFor.PERSON),
    ]
    assert [str(each) for each in page.context["messages"]] == [
        "1 order released again.",
        "3 orders were not released: they changed since.",
    ]
    assert Event.objects.filter(kind="order.let_go", subject_id=released.pk).count() == 1


def test_an_undo_is_only_for_who_held_where_they_held_it(client_for: ClientFor, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    mine, other = client_for(Role.STAFF), client_for(Role.STAFF)
    _, more = hold(mine, order)

    assert "be undone any more" in other.post(more.undo_url, follow=True).content.decode()
    assert mine.get(more.undo_url).status_code in {302, 405}
    assert client_for(Role.VIEWER).post(more.undo_url).status_code == 403
    assert states(order) == [HELD]
    assert OrganizationFactory()  # nothing of another 3PL is named in an undo: it is kept in the session


def test_one_order_is_held_at_the_bench_and_taken_back_from_its_page(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("at-bench")
    page = owner.post(reverse("orders:hold", args=[order.pk]), follow=True)
    (message,) = page.context["messages"]
    assert str(message).startswith("Held. Pull it from packing")
    shown = page.content.decode()
    assert "If you release it instead, it is back on their list within a minute." in shown
    assert ">Release</button>" in shown
    assert ">Pulled from packing</button>" in shown

    back = owner.post(more_of(message).undo_url, follow=True)

    assert back.redirect_chain == [(order.get_absolute_url(), 302)]
    assert states(order) == [(OrderStatus.NEW, "")]


def test_who_releases_what_lies_at_packing_is_told_to_say_so_there(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("at-bench")
    owner.post(reverse("orders:hold", args=[order.pk]))

    said = owner.post(reverse("orders:let_go", args=[order.pk]), follow=True).content.decode()

    assert "It may still lie at packing: tell them to go on with it." in said


OFFERED = {
    "attention": ["Hold", "Release"],
    "new": ["Hold"],
    "wms": ["Ship and Close", "Hold"],
    "shipped": [],
    "confirmed": [],
    "canceled": [],
    "closed": [],
    "skipped": ["Accept anyway"],
    "all": ["Ship and Close", "Hold", "Release", "Accept anyway"],
}


@pytest.mark.parametrize("tab", OFFERED)
def test_the_bar_offers_what_can_be_done_in_its_tab(owner: Client, cart: Cart, tab: str) -> None:
    OrderFactory(cart=cart)

    actions: Any = owner.get("/orders/", {"tab": tab}).context["actions"]

    assert [action.label for action in actions if action.value != "print"] == OFFERED[tab]


def test_an_order_that_is_being_canceled_says_so(owner: Client, cart: Cart) -> None:
    order = OrderFactory(
        cart=cart, status=OrderStatus.HELD, held_for=HeldFor.CANCELED, reason="To be canceled on Amazon.com"
    )

    assert "Canceling</span>" in owner.get(order.get_absolute_url()).content.decode()
    assert "Canceling</span>" in owner.get("/orders/?tab=attention").content.decode()


def test_holding_more_costs_the_page_no_more_messages(owner: Client, cart: Cart) -> None:
    now = clock.now()
    orders = [OrderFactory(cart=cart, placed_at=now - timedelta(minutes=each)) for each in range(40)]

    said, _ = hold(owner, *orders)

    assert said == "40 orders held. They stay here until somebody releases them."
