"""Ship and Close through its doors, and what the simulated Amazon heard of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Charge, Package
from tests.shipping.close.close_form import errors, sent_back
from tests.world import World

URL = reverse("shipping:close")


@pytest.fixture
def person(world: World) -> Client:
    client = Client()
    client.force_login(world.person)
    return client


def said(world: World, orders: list[Order], **changes: Any) -> dict[str, Any]:
    tracking = {f"tracking_{order.pk}": ups_number("999AA1", place) for place, order in enumerate(orders)}
    fields = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "shipped_on": world.now.date().isoformat()}
    return {"order": [order.pk for order in orders], **fields, **tracking, **changes}


def at_warehouse(world: World, number: int) -> list[Order]:
    for _ in range(number):
        world.order_placed()
    world.download()
    world.deliver()
    return list(Order.objects.filter(status=OrderStatus.AT_WMS).order_by("pk"))


def test_fifty_orders_are_shipped_closed_charged_and_confirmed(world: World, person: Client) -> None:
    orders = at_warehouse(world, 50)
    charge = {"charge_label_1": "Freight", "charge_amount_1": "99.99", "charge_how_1": "divided"}

    grid = person.post(URL, said(world, orders, reckon="1", charges=1, **charge))
    done = person.post(URL, sent_back(grid), follow=True)
    while Order.objects.exclude(status=OrderStatus.CONFIRMED).exists() and world.confirm().confirmed:
        world.later(seconds=60)

    assert "50 orders shipped. Their tracking is on its way to the cart." in done.content.decode()
    assert sum(Charge.objects.values_list("amount", flat=True)) == Decimal("99.99")
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.CONFIRMED}
    assert {(entry["order_id"], entry["tracking"]) for entry in world.told()} == {
        (order.number, ups_number("999AA1", place)) for place, order in enumerate(orders)
    }


def test_a_part_goes_in_two_packages_the_rest_later_and_each_is_confirmed_line_by_line(
    world: World, person: Client
) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 5}, {"sku": "TEAPOT-BLUE", "quantity": 2}])
    mug, teapot = order.lines.order_by("sku")
    two = {
        f"packages_{order.pk}": 2,
        f"units_{mug.pk}_{order.pk}": 2,
        f"units_{mug.pk}_{order.pk}_2": 1,
        f"units_{teapot.pk}_{order.pk}_2": 1,
        f"tracking_{order.pk}_2": ups_number("999AA1", 2),
    }

    person.post(URL, said(world, [order], **two))
    world.confirm()
    assert world.order(order.number).reason == "3 units still to be shipped"
    person.post(URL, said(world, [order], **{f"tracking_{order.pk}": ups_number("999AA1", 3)}))
    world.confirm()

    assert [(entry["packageReferenceId"], entry["items"]) for entry in world.told()] == [
        ("1", {mug.reference: 2}),
        ("2", {mug.reference: 1, teapot.reference: 1}),
        ("3", {mug.reference: 2, teapot.reference: 1}),
    ]
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_what_is_wrong_is_named_and_amazon_hears_nothing(world: World, person: Client) -> None:
    good, order = at_warehouse(world, 2)
    line = order.lines.get()
    field = f"units_{line.pk}_{order.pk}"
    wrong = {"service": " ", f"packages_{order.pk}": 1, field: 99, f"tracking_{order.pk}": "1Z5R89390357567128"}

    page = person.post(URL, said(world, [good, order], **wrong))
    world.confirm()

    assert errors(page) == {
        "service": ["The service is missing."],
        field: [f"99 of {line.sku} is more than the {line.ordered} still open."],
    }
    assert [warning.message for warning in page.context["dialog"].warnings] == [
        "Its check digit is wrong for UPS. A digit was probably mistyped."
    ]
    assert world.told() == []
    assert not Package.objects.exists()


def test_a_corrected_tracking_changes_the_same_package_at_amazon(world: World, person: Client) -> None:
    order = world.at_warehouse()
    person.post(URL, said(world, [order]))
    world.confirm()
    package = Package.objects.get()
    right = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": ups_number("999AA1", 77)}

    person.post(reverse("shipping:correct", args=[package.pk]), right)
    world.confirm()

    assert [(entry["packageReferenceId"], entry["tracking"]) for entry in world.told()] == [
        ("1", ups_number("999AA1", 0)),
        ("1", ups_number("999AA1", 77)),
    ]
    assert world.order(order.number).status == OrderStatus.CONFIRMED
