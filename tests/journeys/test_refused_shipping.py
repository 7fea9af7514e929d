"""What Ship and Close refuses, each by its name: nothing is stored, nothing is sent, and nothing typed is lost."""

from datetime import timedelta

import pytest
from django.test import Client

from orders.models import Line, Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Charge, Package
from tests.journeys.staff import CLOSE, filled_in, staff
from tests.shipping.close.close_form import errors, sent_back
from tests.world import World

__all__ = ["staff"]  # a fixture


@pytest.fixture
def orders(world: World) -> list[Order]:
    """Two at the warehouse: the first is said well, whatever is wrong with the second."""
    return [world.at_warehouse(), world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])]


WRONG = {
    "blank carrier": ({"carrier": " "}, "The carrier is missing."),
    "blank service": ({"service": ""}, "The service is missing."),
    "blank tracking": ({"tracking_{order}": ""}, "The tracking number is missing."),
    "more than ordered": (
        {"packages_{order}": "1", "units_{line}_{order}": "3"},
        "3 of MUG-BLUE-11 is more than the 2 still open.",
    ),
    "nothing in it": ({"packages_{order}": "1", "units_{line}_{order}": "0"}, "Enter what is in this package."),
    "in the future": ({"shipped_on": "{ahead}"}, "The ship date is in the future."),
    "before the purchase": ({"shipped_on": "{before}"}, "The ship date is before the purchase."),
    "no date": ({"shipped_on": "tomorrow"}, ""),
    "no amount": ({"charges": "1", "charge_label_1": "Freight", "charge_amount_1": "ten"}, ""),
}


@pytest.mark.parametrize(("wrong", "why"), WRONG.values(), ids=WRONG.keys())
def test_it_is_named_and_nothing_is_sent_and_what_was_typed_is_kept(
    world: World, staff: Client, orders: list[Order], wrong: dict[str, str], why: str
) -> None:
    names: dict[str, object] = {"order": orders[1].pk, "line": Line.objects.get(order=orders[1]).pk}
    names |= {"ahead": (world.now + timedelta(days=3)).date(), "before": (world.now - timedelta(days=3)).date()}
    typed = {field.format(**names): value.format(**names) for field, value in wrong.items()}

    page = staff.post(CLOSE, filled_in(world, orders) | typed)
    world.confirm()

    named = errors(page)
    assert set(named) <= {*typed, f"tracking_{orders[1].pk}"}  # what is wrong with a package stands at its number
    assert why in " ".join(sum(named.values(), []))
    assert named
    kept = sent_back(page)
    assert {field: str(kept[field]).strip() for field in typed} == {k: v.strip() for k, v in typed.items()}
    assert world.told() == []
    assert not Package.objects.exists()
    assert not Charge.objects.exists()
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.AT_WMS}

    staff.post(CLOSE, filled_in(world, orders))
    world.confirm()
    assert {entry["order_id"] for entry in world.told()} == {order.number for order in orders}


@pytest.mark.parametrize("number", ["1Z5R89390357567128", "12345", "1Z 999"])
def test_an_odd_tracking_number_is_shipped_only_when_a_person_says_so(
    world: World, staff: Client, orders: list[Order], number: str
) -> None:
    form = filled_in(world, orders) | {f"tracking_{orders[1].pk}": number}

    page = staff.post(CLOSE, form)
    world.confirm()

    assert [warning.order for warning in page.context["dialog"].warnings] == [orders[1]]
    assert sent_back(page)[f"tracking_{orders[1].pk}"] == number
    assert world.told() == []

    staff.post(CLOSE, form | {f"tracking_{orders[1].pk}": ups_number("999AA1", 9_000_005)})
    world.confirm()
    assert {entry["tracking"] for entry in world.told()} == {
        form[f"tracking_{orders[0].pk}"],
        ups_number("999AA1", 9_000_005),
    }


def test_an_order_canceled_meanwhile_is_named_and_the_others_can_go_without_it(
    world: World, staff: Client, orders: list[Order]
) -> None:
    form = filled_in(world, orders)
    world.simulator.cancel(orders[1].number)
    world.later(minutes=5)
    world.download()

    page = staff.post(CLOSE, form)
    world.confirm()

    assert "Canceled on Amazon.com while at the warehouse: do not ship" in page.content.decode()
    assert world.told() == []
    staff.post(CLOSE, filled_in(world, orders[:1]))
    world.confirm()
    assert [entry["order_id"] for entry in world.told()] == [orders[0].number]
