"""Ship and Close."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.confirmation import dispatches
from shipping.models import Confirmation, Package, Shipment, ShipmentBatch
from tests.factories import OrderFactory, ShipMethodFactory
from tests.order_pages import AtWarehouse, ClientFor
from tests.shipping.close.close_form import URL, errors, number_of, said

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[list[tuple[int, int]]]:
    """What workers were woken for."""
    calls: list[list[tuple[int, int]]] = []
    monkeypatch.setattr(dispatches, "ring_for_orders", lambda orders: calls.append(list(orders)))
    return calls


# -- The form --------------------------------------------------------------------------------------------------------
def test_the_orders_stand_as_they_were_chosen(owner: Client, at_warehouse: AtWarehouse) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")

    dialog = owner.get(URL, {"order": [two.pk, one.pk]}).context["dialog"]

    assert [row.order for row in dialog.rows] == [two, one]
    assert all(f"{line.wanted} × {line.sku}" in row.items for row in dialog.rows for line in row.order.lines.all())
    assert all(row.items for row in dialog.rows)


def test_what_cannot_be_shipped_is_left_out_and_named_in_one_message(
    owner: Client, at_warehouse: AtWarehouse, cart: Cart
) -> None:
    ready = at_warehouse("1")
    pending = OrderFactory(cart=cart, number="2", status=OrderStatus.PENDING)
    held = OrderFactory(cart=cart, number="3", status=OrderStatus.HELD)

    page = owner.get(URL, {"order": [pending.pk, ready.pk, held.pk]})

    assert page.context["orders"] == [ready]
    assert [str(message) for message in page.context["messages"]] == [
        "2 orders were left out because they can't be shipped: 2 is pending, 3 is held."
    ]


def test_when_none_can_be_shipped_the_list_says_why(owner: Client, cart: Cart) -> None:
    pending = OrderFactory(cart=cart, number="2", status=OrderStatus.PENDING)

    page = owner.get(URL, {"order": pending.pk}, follow=True)

    assert page.redirect_chain == [(reverse("orders:orders"), 302)]
    assert "1 order was left out because it can&#x27;t be shipped: 2 is pending." in page.content.decode()


def test_an_order_is_left_out_and_what_was_typed_stays(owner: Client, at_warehouse: AtWarehouse) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")

    page = owner.post(URL, said([one, two], service="By hand", shipped_on="2020-01-01", leave_out=one.pk))

    dialog = page.context["dialog"]
    assert [row.order for row in dialog.rows] == [two]
    assert [dialog.shared[name].value() for name in ("service", "shipped_on")] == ["By hand", "2020-01-01"]
    assert dialog.rows[0].packages[0]["tracking"].value() == number_of(two)
    assert not dialog.errors
    assert not Shipment.objects.exists()


def test_leaving_out_the_last_one_ends_it(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")

    page = owner.post(URL, said([order], leave_out=order.pk), follow=True)

    assert page.redirect_chain == [(reverse("orders:orders"), 302)]
    assert "Every order was left out. Nothing was shipped." in page.content.decode()
    assert not Shipment.objects.exists()


def test_the_menu_stands_on_orders(owner: Client, at_warehouse: AtWarehouse) -> None:
    page = owner.get(URL, {"order": at_warehouse("1").pk})

    assert [item.label for item in page.context["nav"] if item.active] == ["Orders"]


def test_only_ship_methods_of_the_organization_are_offered(owner: Client, at_warehouse: AtWarehouse) -> None:
    ShipMethodFactory(label="Foreign")

    assert b"Foreign" not in owner.get(URL, {"order": at_warehouse("1").pk}).content


# -- Shipping --------------------------------------------------------------------------------------------------------
def test_orders_are_shipped_and_their_tracking_goes_out_at_once(
    owner: Client, at_warehouse: AtWarehouse, rung: list[list[tuple[int, int]]]
) -> None:
    orders = [at_warehouse("1"), at_warehouse("2")]

    page = owner.post(URL, said(orders), follow=True)

    assert page.redirect_chain == [(ShipmentBatch.objects.get().get_absolute_url(), 302)]
    assert "2 orders shipped. Their tracking is on its way to the cart." in page.content.decode()
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.SHIPPED}
    assert set(Package.objects.values_list("tracking_number", "scac")) == {
        (number_of(order), "UPSN") for order in orders
    }
    assert Confirmation.objects.count() == 2
    assert rung == [[(order.cart.grant_id, order.pk) for order in orders]]


def test_all_that_is_wrong_is_named_and_nothing_is_shipped(
    owner: Client, at_warehouse: AtWarehouse, cart: Cart, rung: list[list[tuple[int, int]]]
) -> None:
    good, blank = at_warehouse("1"), at_warehouse("2")
    late = OrderFactory(cart=cart, number="3", status=OrderStatus.CANCELED, reason="Canceled on Amazon.com")
    form = said([good, blank, late], **{f"tracking_{blank.pk}": "  ", "service": ""})

    page = owner.post(URL, form)

    assert errors(page) == {
        "service": ["The service is missing."],
        f"tracking_{blank.pk}": ["The tracking number is missing."],
        f"tracking_{late.pk}": ["It can't be shipped: Canceled on Amazon.com."],
    }
    shown = " ".join(page.content.decode().split())
    assert f'The tracking number is missing. <a class="mono" href="#id_tracking_{blank.pk}">2</a>' in shown
    assert 'The service is missing. <a class="mono" href="#id_service">Service</a>' in shown
    assert page.context["dialog"].rows[0].packages[0]["tracking"].value() == number_of(good)
    assert not Shipment.objects.exists()
    assert rung == []


def test_what_is_wrong_and_what_is_odd_is_said_at_once(owner: Client, at_warehouse: AtWarehouse) -> None:
    odd, wrong = at_warehouse("1"), at_warehouse("2")
    numbers = {f"tracking_{odd.pk}": "1Z-ODD", f"scac_{wrong.pk}": "🎂"}
    form = said([odd, wrong], **numbers, shipped_on="2999-01-01", charges=1, charge_label_1="Freight")

    page = owner.post(URL, form)

    assert {"shipped_on", "charge_amount_1", f"scac_{wrong.pk}"} <= set(errors(page))
    [(message, links)] = page.context["dialog"].warnings_by_message
    assert message == "It doesn't look like a UPS tracking number."
    assert [(link.label, link.anchor) for link in links] == [("1", f"id_tracking_{odd.pk}")]
    assert "Check these, too:" in page.content.decode()


def test_the_dialog_opens_at_the_first_number_to_scan(owner: Client, at_warehouse: AtWarehouse) -> None:
    opened = {"order": [at_warehouse("1").pk, at_warehouse("2").pk]}
    page = owner.get(URL, opened).content.decode()

    assert page.count(" autofocus") == 1
    assert "Set all 2 orders to…" in page


@pytest.mark.parametrize(
    ("day", "wrong"),
    [("", True), ("yesterday", True), ("2020-01-01", True), ("9999-12-31", True), ("0001-01-01", True)],
)
def test_a_ship_date_that_cannot_be_is_named(owner: Client, at_warehouse: AtWarehouse, day: str, wrong: bool) -> None:
    page = owner.post(URL, said([at_warehouse("1")], shipped_on=day))

    assert ("shipped_on" in errors(page)) is wrong
    assert not Shipment.objects.exists()


def test_what_all_share_is_said_once_and_names_those_concerned(owner: Client, at_warehouse: AtWarehouse) -> None:
    day = (clock.now() - timedelta(days=5)).date().isoformat()
    new, newer = at_warehouse("1"), at_warehouse("2")
    old = at_warehouse("3", placed_at=clock.now() - timedelta(days=9))

    all_of_them = owner.post(URL, said([new, newer], shipped_on=day, carrier=""))
    two_of_three = owner.post(URL, said([new, newer, old], shipped_on=day))

    early = "The ship date is before the purchase."
    assert errors(all_of_them) == {"carrier": ["The carrier is missing."], "shipped_on": [early]}
    assert errors(two_of_three) == {"shipped_on": [f"{early} This applies to 1, 2."]}


def test_one_box_for_two_orders_is_asked_about_beside_the_second_and_shipped_when_pressed_again(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")

    same = said([one, two], **{f"tracking_{two.pk}": f" {number_of(one).lower()} "})

    page = owner.post(URL, same)

    assert errors(page) == {}
    dialog = page.context["dialog"]
    [warning] = dialog.rows[1].packages[0].warnings
    assert warning.startswith("This tracking number is already used for 1.")
    assert not Shipment.objects.exists()

    owner.post(URL, same | {"anyway": dialog.warned})

    assert Shipment.objects.count() == 2


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_day_it_was_placed_is_a_day_to_ship(
    owner: Client, acme: Organization, at_warehouse: AtWarehouse, zone: str
) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone=zone)
    placed_at = (clock.now() - timedelta(days=3)).astimezone(ZoneInfo(zone)).replace(hour=20)
    order = at_warehouse("1", placed_at=placed_at)

    page = owner.post(URL, said([order], shipped_on=placed_at.date().isoformat()))

    assert page.status_code == 302
    assert Shipment.objects.get().shipped_at == placed_at


def test_the_next_day_begins_where_the_warehouse_is(
    owner: Client, acme: Organization, at_warehouse: AtWarehouse
) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="America/Los_Angeles")
    with time_machine.travel("2026-11-22T03:00:00+00:00", tick=False):
        form = owner.get(URL, {"order": at_warehouse("1").pk}).context["dialog"].shared

    assert form["shipped_on"].value() == "2026-11-21"


def test_sending_the_form_twice_does_no_harm(owner: Client, at_warehouse: AtWarehouse) -> None:
    form = said([at_warehouse("1"), at_warehouse("2")])

    owner.post(URL, form)
    again = owner.post(URL, form, follow=True)

    assert again.redirect_chain
    assert Package.objects.count() == Confirmation.objects.count() == 2


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "1Z 🦄 أهلاً", "a'\";--", "x" * 80])
def test_strange_tracking_numbers_are_kept_as_they_are(owner: Client, at_warehouse: AtWarehouse, text: str) -> None:
    order = at_warehouse("1")
    form = said([order], carrier="Correos", **{f"tracking_{order.pk}": text})

    page = owner.post(URL, form)
    owner.post(URL, form | {"anyway": page.context["dialog"].warned} if page.context else form)

    assert Package.objects.get().tracking_number == text
    assert b"<script>alert" not in owner.get(order.get_absolute_url()).content


@pytest.mark.parametrize("text", ["x" * 81, "a\0b"])
def test_a_tracking_number_that_cannot_be_stored_is_named(owner: Client, at_warehouse: AtWarehouse, text: str) -> None:
    order = at_warehouse("1")

    page = owner.post(URL, said([order], **{f"tracking_{order.pk}": text}))

    assert list(errors(page)) == [f"tracking_{order.pk}"]
    assert not Shipment.objects.exists()


# -- Who may ---------------------------------------------------------------------------------------------------------
def test_a_viewer_and_a_seller_may_not_ship(viewer: Client, seller: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")

    for client in (viewer, seller):
        assert client.get(URL, {"order": order.pk}).status_code == 403
        assert client.post(URL, said([order])).status_code == 403
    assert not Shipment.objects.exists()


def test_staff_may(client_for: ClientFor, at_warehouse: AtWarehouse) -> None:
    assert client_for(Role.STAFF).post(URL, said([at_warehouse("1")])).status_code == 302


def test_with_one_order_of_a_stranger_none_is_found(owner: Client, stranger: Client, at_warehouse: AtWarehouse) -> None:
    ours, foreign = at_warehouse("1"), OrderFactory(number="9", status=OrderStatus.AT_WMS)

    answers = [
        owner.post(URL, said([ours, foreign])),
        owner.get(URL, {"order": [ours.pk, 999_999]}),
        stranger.get(URL, {"order": ours.pk}),
        owner.get(URL, {"order": "9" * 30}),
        owner.get(URL, {"order": "x"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not Shipment.objects.exists()


def test_a_ship_method_of_a_stranger_is_not_taken(owner: Client, at_warehouse: AtWarehouse) -> None:
    foreign = ShipMethodFactory(carrier="Foreign")

    page = owner.post(URL, said([at_warehouse("1")], method=foreign.pk, carrier=""))

    assert set(errors(page)) >= {"method"}
    assert b"Foreign" not in page.content


def test_none_and_too_many_are_sent_back(owner: Client, cart: Cart) -> None:
    choices: list[list[int]] = [[], list(range(1, 1002))]
    for orders in choices:
        page = owner.get(URL, {"order": orders}, follow=True)
        assert "Choose between 1 and 1,000 orders" in page.content.decode()


def test_ten_more_orders_make_no_more_queries(
    owner: Client, at_warehouse: AtWarehouse, django_assert_max_num_queries: Any
) -> None:
    def load(orders: Sequence[Order]) -> int:
        with django_assert_max_num_queries(20) as asked:
            owner.get(URL, {"order": [order.pk for order in orders]})
        return len(asked)

    orders = [at_warehouse(str(number)) for number in range(20)]

    assert load(orders) == load(orders[:10])
