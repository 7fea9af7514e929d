"""The buttons of an order's page: offered where they make sense, done once, and said."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.activity.models import Event
from core.common import clock
from core.common.errands import ErrandState
from orders.models import HeldFor, Note, Order, OrderStatus
from shipping import warehouses
from shipping.models import Confirmation, Release, Warehouse
from tests.factories import ConfirmationFactory, OrderFactory, ReleaseFactory
from tests.order_pages import AtWarehouse, ClientFor
from tests.shipping.played_warehouse import Distant

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
DOORS = ["hold", "let_go", "send_again", "hand_over_again", "known", "tell_again", "look", "note"]


def url_of(order: Order, name: str = "order") -> str:
    return reverse(f"orders:{name}", args=[order.pk])


def shown(client: Client, order: Order) -> str:
    return client.get(url_of(order)).content.decode()


def pressed(client: Client, order: Order, name: str, **data: str) -> str:
    return client.post(url_of(order, name), data, follow=True).content.decode()


def offered(client: Client, order: Order) -> list[str]:
    return [offer.label for offer in client.get(url_of(order)).context["offers"]]


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every warehouse one behind a wire."""
    monkeypatch.setitem(warehouses.WAREHOUSES, "distant", Distant)


@pytest.fixture
def confirmed(cart: Cart) -> Order:
    order: Order = OrderFactory(cart=cart, status=OrderStatus.CONFIRMED, shipped_at=clock.now())
    ConfirmationFactory(package__shipment__order=order, state=ErrandState.DONE, confirmed_at=clock.now())
    return order


# -- Doors -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", DOORS)
def test_doors_are_for_who_ships_and_only_by_a_button(
    owner: Client, viewer: Client, stranger: Client, cart: Cart, name: str
) -> None:
    order = OrderFactory(cart=cart)

    assert owner.get(url_of(order, name))["Location"] == url_of(order, "order")
    assert viewer.post(url_of(order, name)).status_code == 403
    assert stranger.post(url_of(order, name)).status_code == 404
    assert not Event.objects.exists()


def test_each_state_offers_what_makes_sense(
    owner: Client, viewer: Client, cart: Cart, at_warehouse: AtWarehouse, confirmed: Order, remote: None
) -> None:
    new, there = OrderFactory(cart=cart), at_warehouse("1")

    assert offered(owner, new) == ["Hold", "Print", "Cancel on Amazon.com"]
    assert offered(owner, there) == ["Ship and Close", "Hold", "Print", "Cancel on Amazon.com"]
    assert offered(owner, confirmed) == ["Print", "Send tracking again"]
    assert offered(owner, OrderFactory(cart=cart, status=OrderStatus.CLOSED)) == ["Print"]
    assert offered(viewer, there) == []
    Warehouse.objects.update(kind="distant")
    assert "Send to warehouse again" in offered(owner, there)


# -- Each ------------------------------------------------------------------------------------------------------------
def test_what_is_at_the_warehouse_is_held_once(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")

    assert "stays here until somebody releases it" in pressed(owner, order, "hold")
    again = pressed(owner, order, "hold")

    order.refresh_from_db()
    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    assert "It was not held. It is already held." in again
    assert Event.objects.filter(kind="order.sending_canceled").count() == 1
    assert "Released." in pressed(owner, order, "let_go")


def test_a_warehouse_that_does_not_give_it_back_asks_for_a_person(
    owner: Client, viewer: Client, at_warehouse: AtWarehouse, remote: None
) -> None:
    order = at_warehouse("1")
    Warehouse.objects.update(kind="distant")
    pressed(owner, order, "hold")
    assert "is asked to give it back" in shown(owner, order)
    recall = order.recalls.get()
    recall.state, recall.last_error = ErrandState.STUCK, "It is packed."
    recall.save(update_fields=["state", "last_error"])

    page = shown(owner, order)

    assert "It is packed. Call Reno." in page
    assert "The warehouse stopped it" in page
    assert "The warehouse stopped it" not in shown(viewer, order)
    pressed(owner, order, "stopped")
    assert "The warehouse stopped it" not in shown(owner, order)


def test_an_order_goes_to_the_warehouse_again_once(owner: Client, at_warehouse: AtWarehouse, remote: None) -> None:
    order = at_warehouse("1")
    assert "was not sent again" in pressed(owner, order, "hand_over_again")
    Warehouse.objects.update(kind="distant")

    assert "On its way to the warehouse again" in pressed(owner, order, "hand_over_again")
    assert "was not sent again" in pressed(owner, order, "hand_over_again")

    assert Release.objects.get().state == ErrandState.DUE
    assert Event.objects.filter(kind="order.handed_again").count() == 1


def test_tracking_is_sent_again_once(owner: Client, confirmed: Order) -> None:
    assert "It updates existing packages" in pressed(owner, confirmed, "tell_again")
    assert "no tracking to send again" in pressed(owner, confirmed, "tell_again")

    confirmed.refresh_from_db()
    assert (confirmed.status, confirmed.confirmed_at) == (OrderStatus.SHIPPED, None)
    assert Confirmation.objects.get().state == ErrandState.DUE
    assert Event.objects.filter(kind="order.tracking_sent_again").count() == 1


def test_holding_twice_says_so(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    assert "Held. It stays here" in pressed(owner, order, "hold")
    assert "It is already held." in pressed(owner, order, "hold")


def test_nobody_waits_for_what_the_warehouse_knows(owner: Client, cart: Cart) -> None:
    assert "Nobody was waiting for that" in pressed(owner, OrderFactory(cart=cart), "known")


# -- Notes -----------------------------------------------------------------------------------------------------------
def test_notes_are_shown_newest_first_as_they_were_written(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    nasty = "<script>alert(1)</script> אבג 🦄\nsecond line"

    pressed(owner, order, "note", text="First")
    page = pressed(owner, order, "note", text=nasty)

    assert "&lt;script&gt;alert(1)&lt;/script&gt; אבג 🦄<br>second line</bdi>" in page
    assert page.index("second line") < page.index("First")
    assert "Added a note" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "Note is empty. Write something first."),
        ("a\0b", "contains a control character"),
        ("a\x1bb", "contains a control character"),
        ("x" * 2001, "has 2,001 characters; the limit is 2,000"),
    ],
)
def test_a_note_that_is_not_fit_says_why_and_is_not_lost(owner: Client, cart: Cart, text: str, said: str) -> None:
    order = OrderFactory(cart=cart)

    answer = owner.post(url_of(order, "note"), {"text": text})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["note_form"]["text"].value() == text
    assert f'action="{url_of(order, "note")}#notes"' in answer.content.decode()  # the browser shows why
    assert not Note.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
def test_notes_are_for_colleagues(client_for: ClientFor, owner: Client, cart: Cart, role: Role) -> None:
    order = OrderFactory(cart=cart)
    pressed(owner, order, "note", text="Ring Mrs Doe")

    page = shown(client_for(role, merchant=cart.merchant if role == Role.SELLER else None), order)

    said = pressed(owner, order, "note", text="Ring Mrs Doe twice")
    assert "Owners, admins and staff can read it. Viewers and the merchant's people can't." in unescape(said)
    assert "Mrs Doe" not in page
    assert "Notes" not in page
    assert url_of(order, "note") not in page


def test_no_browser_keeps_a_page_with_notes(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    assert "Cache-Control" not in owner.get(url_of(order)).headers
    refused = owner.post(url_of(order, "note"), {"text": "Mrs Doe \0"})
    pressed(owner, order, "note", text="Ring Mrs Doe")

    for answer in (refused, owner.get(url_of(order))):
        assert "no-store" in answer.headers["Cache-Control"]


def test_more_notes_make_no_more_queries(owner: Client, cart: Cart, django_assert_max_num_queries: Any) -> None:
    few, many = OrderFactory(cart=cart), OrderFactory(cart=cart)
    for order, notes in ((few, 1), (many, 6)):
        for number in range(notes):
            pressed(owner, order, "note", text=f"Note {number}")

    def load(order: Order) -> int:
        with django_assert_max_num_queries(40) as asked:
            owner.get(url_of(order))
        return len(asked)

    assert load(many) == load(few)


# -- Looking ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.STAFF])
def test_who_may_see_buyers_is_shown_one_after_asking(client_for: ClientFor, cart: Cart, role: Role) -> None:
    client = client_for(role)
    order = OrderFactory(cart=cart)
    ReleaseFactory(order=order)

    assert "1 Main Street" not in shown(client, order)
    assert "1 Main Street" in client.post(url_of(order, "look")).content.decode()

    assert Event.objects.filter(kind="recipient.looked_at", subject_id=order.pk).count() == 1
