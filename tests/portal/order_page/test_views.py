"""The page of one order."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.marketplaces.values import Address
from carts.models import Cart
from core.accounts.access import Role
from core.activity.models import Event
from core.common import clock
from core.common.errands import ErrandState
from orders.models import HeldFor, Order, OrderStatus, Recipient
from tests.factories import (
    ConfirmationFactory,
    LineFactory,
    OrderFactory,
    PackageFactory,
    PackageLineFactory,
    ReleaseFactory,
)
from tests.order_pages import AtWarehouse, ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LOOKED = "recipient.looked_at"


def url_of(order: Order, name: str = "order") -> str:
    return reverse(f"orders:{name}", args=[order.pk])


def shown(client: Client, order: Order) -> str:
    response = client.get(url_of(order))
    assert response.status_code == 200
    return response.content.decode()


# -- Who sees what ---------------------------------------------------------------------------------------------------
def test_the_recipient_is_masked_until_somebody_asks_and_each_look_is_recorded(
    client_for: ClientFor, cart: Cart
) -> None:
    order, staff = OrderFactory(cart=cart), client_for(Role.STAFF)

    masked = shown(staff, order)
    assert "J. D." in masked
    assert "Reno, United States" in masked
    assert "Main Street" not in masked
    assert "jane@" not in masked
    assert not Event.objects.filter(kind=LOOKED).exists()

    for _ in range(2):
        opened = staff.post(url_of(order, "look"))
        assert "1 Main Street" in opened.content.decode()
        assert "jane@buyers.example" in opened.content.decode()
        assert "no-store" in opened.headers["Cache-Control"]

    looks = Event.objects.filter(kind=LOOKED, subject_kind="order", subject_id=order.pk)
    assert looks.count() == 2
    assert "Main" not in str(looks.values())


def test_a_viewer_sees_no_recipient_no_button_and_leaves_no_look(viewer: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    page = shown(viewer, order)

    assert "Jane" not in page
    assert "Main Street" not in page
    assert "jane@" not in page
    assert "J. D." in page
    assert "Your role can't see" in page
    assert url_of(order, "look") not in page
    assert viewer.post(url_of(order, "look")).status_code == 403
    assert url_of(order, "hold") not in page
    assert not Event.objects.filter(kind=LOOKED).exists()


@pytest.mark.parametrize("name", ["hold", "let_go", "send_again"])
def test_a_viewer_and_a_seller_may_not_act(viewer: Client, seller: Client, cart: Cart, name: str) -> None:
    order = OrderFactory(cart=cart)

    assert viewer.post(url_of(order, name)).status_code == 403
    assert seller.post(url_of(order, name)).status_code == 403
    order.refresh_from_db()
    assert order.status == OrderStatus.NEW


@pytest.mark.parametrize("name", ["order", "hold", "let_go", "send_again"])
def test_a_strangers_order_is_as_absent_as_one_that_is_not_there(stranger: Client, cart: Cart, name: str) -> None:
    order = OrderFactory(cart=cart)
    ask = stranger.get if name == "order" else stranger.post

    foreign = ask(url_of(order, name))

    for absent in (999_999, 2**63, 10**30):
        answer = ask(reverse(f"orders:{name}", args=[absent]))
        assert foreign.status_code == answer.status_code == 404
        assert foreign.content == answer.content


def test_a_seller_sees_their_own_order_and_nobody_elses(seller: Client, cart: Cart, others_order: Order) -> None:
    mine = OrderFactory(cart=cart)

    assert mine.number in shown(seller, mine)
    assert seller.get(url_of(others_order)).status_code == 404


def test_a_seller_sees_no_buyer(seller: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    page = shown(seller, order)

    assert "1 Main Street" not in page
    assert url_of(order, "look") not in page
    assert seller.post(url_of(order, "look")).status_code == 403
    assert not Event.objects.filter(kind="recipient.looked_at").exists()


def test_what_is_erased_missing_or_sealed_with_another_key_is_said(owner: Client, cart: Cart, settings: Any) -> None:
    erased, missing, lost = OrderFactory(cart=cart), OrderFactory(cart=cart), OrderFactory(cart=cart)
    Recipient.objects.filter(order=erased).update(sealed=None, erased_at=clock.now())
    Recipient.objects.filter(order=missing).delete()
    settings.VAULT_KEYS = ["k9:" + "A" * 43]

    assert "Erased" in shown(owner, erased)
    assert "sent no recipient" in shown(owner, missing)
    assert "be decrypted" in shown(owner, lost)


def test_strange_texts_are_shown_and_do_nothing(owner: Client, cart: Cart) -> None:
    nasty = "<script>alert(1)</script>\"' 🦄 أهلاً {{ 7|add:7 }}"
    order = OrderFactory(
        cart=cart, lines={nasty: 1}, status=OrderStatus.HELD, reason=nasty, recipient=Address(name=nasty, country="US")
    )
    LineFactory(order=order, sku="x", title=nasty)

    page = shown(owner, order)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "🦄 أهلاً {{ 7|add:7 }}" in page


# -- What it says ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "held_for", "label", "route"),
    [
        (OrderStatus.HELD, HeldFor.UNMAPPED, "Map ship method", "shipping:methods"),
        (OrderStatus.HELD, HeldFor.PERSON, "Release", "orders:let_go"),
        (OrderStatus.ERROR, "", "Send again", "orders:send_again"),
    ],
)
def test_a_problem_comes_with_what_solves_it(
    owner: Client, viewer: Client, cart: Cart, status: OrderStatus, held_for: str, label: str, route: str
) -> None:
    order = OrderFactory(cart=cart, status=status, held_for=held_for, reason="It went wrong")
    target = reverse(route, args=[cart.pk if route == "shipping:methods" else order.pk])

    page = owner.get(url_of(order))

    assert page.context["problem"].action_label == label
    assert f'"{target}' in page.content.decode()
    assert "It went wrong." in shown(viewer, order)
    assert target not in shown(viewer, order)


def test_the_four_steps_say_how_far_it_is(owner: Client, at_warehouse: AtWarehouse, cart: Cart) -> None:
    def tones(order: Order) -> list[str]:
        return [step.tone for step in owner.get(url_of(order)).context["steps"]]

    shipped = at_warehouse("3")
    Order.objects.filter(pk=shipped.pk).update(status=OrderStatus.SHIPPED, shipped_at=clock.now())
    ConfirmationFactory(package__shipment__order=shipped)
    refused = OrderFactory(cart=cart, status=OrderStatus.ERROR, reason="No")
    ReleaseFactory(order=refused, state=ErrandState.STUCK, released_at=None, attempts=2)

    assert tones(OrderFactory(cart=cart)) == ["good", "todo", "todo", "todo"]
    assert tones(OrderFactory(cart=cart, status=OrderStatus.HELD)) == ["good", "warn", "todo", "todo"]
    assert tones(at_warehouse("2")) == ["good", "good", "busy", "todo"]
    assert tones(shipped) == ["good", "good", "good", "busy"]
    assert tones(refused) == ["good", "bad", "todo", "todo"]
    assert "stuck, 2 tries" in shown(owner, refused)


def test_packages_say_what_the_cart_knows(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.ERROR, reason="Tracking was refused", lines={"MUG": 3})
    now = clock.now()
    first = ConfirmationFactory(package__shipment__order=order, state=ErrandState.DONE, confirmed_at=now, seen_at=now)
    PackageLineFactory(package=first.package, quantity=2)
    ConfirmationFactory(package__shipment__order=order, state=ErrandState.STUCK, last_error="Unknown carrier")

    page = owner.get(url_of(order))

    told = [each.told for shipped in page.context["shipments"] for each in shipped.packages]
    assert told == [("Shows on Amazon", "good"), ("Refused", "bad")]
    assert "seen there" in page.content.decode()
    assert "2 × <bdi>MUG</bdi>" in page.content.decode()
    assert "Unknown carrier" in page.content.decode()
    assert page.context["lines"].rows[0].shipped == 2


def test_a_cancel_request_says_what_each_choice_does(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.BUYER)
    order.lines.update(cancel_requested=True)

    page = shown(owner, order)

    assert "Cancel it on Amazon.com" in page
    assert "Ship it anyway" in page


@pytest.mark.parametrize(
    ("total", "rest"), [("32.50", Decimal("12.50")), ("20", None), ("19", Decimal("-1")), (None, None)]
)
def test_what_the_total_holds_beside_the_lines_is_a_row(
    owner: Client, cart: Cart, total: str | None, rest: Decimal | None
) -> None:
    order = OrderFactory(cart=cart, total=total, currency="USD", lines={})
    LineFactory(order=order, ordered=3, canceled=1, unit_price=Decimal(10), currency="USD")

    page = owner.get(url_of(order))

    assert page.context["lines"].rest == rest
    assert ("hipping, tax and other" in page.content.decode()) is (rest is not None)


def test_of_a_canceled_order_the_total_adds_up_and_no_rest_is_told_when_a_price_is_missing(
    owner: Client, cart: Cart
) -> None:
    unpriced, canceled = (OrderFactory(cart=cart, total="20", currency="USD", lines={}) for _ in range(2))
    LineFactory(order=unpriced, ordered=1, unit_price=None, total=None, currency="USD")
    LineFactory(order=canceled, ordered=1, canceled=1, unit_price=Decimal(10), currency="USD")

    assert [owner.get(url_of(each)).context["lines"].rest for each in (unpriced, canceled)] == [None, Decimal(20)]


def test_the_promise_names_what_it_was_shipped_with(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")
    assert "<bdi>UPS Ground</bdi>" in shown(owner, order)

    PackageFactory(shipment__order=order, carrier="FedEx", service="Express")
    assert re.search(r"Ship method</dt>\s*<dd>\s*<bdi>FedEx Express</bdi>", shown(owner, order))


def test_a_pending_order_says_when_the_address_comes(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.PENDING)
    Recipient.objects.filter(order=order).delete()

    assert "Amazon.com provides the address when the order is released." in shown(owner, order)


def test_more_lines_and_packages_make_no_more_queries(
    owner: Client, cart: Cart, django_assert_max_num_queries: Any
) -> None:
    def load(order: Order) -> int:
        owner.get(url_of(order))  # the look is recorded now
        with django_assert_max_num_queries(32) as asked:
            owner.get(url_of(order))
        return len(asked)

    few, many = OrderFactory(cart=cart), OrderFactory(cart=cart, lines={f"SKU-{n}": 1 for n in range(10)})
    for order, packages in ((few, 1), (many, 6)):
        for _ in range(packages):
            PackageLineFactory(package=ConfirmationFactory(package__shipment__order=order).package)

    assert load(many) == load(few)


# -- Doing -----------------------------------------------------------------------------------------------------------
def test_an_order_is_held_and_let_go_again(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    held = owner.post(url_of(order, "hold"), follow=True)
    order.refresh_from_db()
    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    assert "Held. It stays here" in held.content.decode()

    released = owner.post(url_of(order, "let_go"), follow=True).content.decode()
    order.refresh_from_db()
    assert order.status == OrderStatus.NEW
    assert "Released. The warehouse gets it within a minute." in released
    assert "Released from hold" in released


def test_holding_too_late_says_so(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.SHIPPED, shipped_at=clock.now())

    assert (
        "It was not held. It has already been shipped"
        in owner.post(url_of(order, "hold"), follow=True).content.decode()
    )
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED


def test_what_was_refused_is_sent_again_once(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.ERROR, reason="Refused")
    release = ReleaseFactory(order=order, state=ErrandState.STUCK, attempts=3, last_error="No")

    assert "On its way again" in owner.post(url_of(order, "send_again"), follow=True).content.decode()
    assert "nothing to send again" in owner.post(url_of(order, "send_again"), follow=True).content.decode()

    release.refresh_from_db()
    assert (release.state, release.attempts) == (ErrandState.DUE, 0)
    assert Event.objects.filter(kind="order.sent_again").count() == 1


def test_acting_by_a_link_is_refused(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    assert owner.get(url_of(order, "hold"), follow=True).status_code == 200
    order.refresh_from_db()
    assert order.status == OrderStatus.NEW
