"""The cart refuses a package: the page of what was shipped, the order's page and the alert all say so, and why."""

from html import unescape

import pytest
from django.test import Client

from core.alerts.models import Alert
from orders.models import Order, OrderStatus
from shipping.models import Package
from tests.journeys.staff import CLOSE, filled_in, shown, staff
from tests.world import World

__all__ = ["staff"]  # a fixture


def shipped_by_us(world: World, staff: Client, order: Order) -> str:
    """Ship and close it, tell the cart, and return the address of the page that says what became of it."""
    answer = staff.post(CLOSE, filled_in(world, [order]))
    assert answer.status_code == 302
    world.confirm()
    return str(answer["Location"])


def read(staff: Client, url: str) -> str:
    return " ".join(unescape(staff.get(url).content.decode()).split())


def test_canceled_before_we_shipped_it_is_refused_everywhere_and_says_why(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    world.later(minutes=1)

    url = shipped_by_us(world, staff, order)

    result, (outcome,) = read(staff, url), staff.get(url).context["outcomes"]
    assert outcome.pill == ("Refused", "bad")
    assert "Amazon.com canceled it before it was shipped." in outcome.message
    assert "The tracking of 1 order was refused." in result
    assert "on its way" not in result
    assert "Tracking refused: Amazon.com canceled it before it was shipped" in world.order(order.number).reason
    page = staff.get(order.get_absolute_url()).context
    assert page["problem"].title == "Tracking refused: Amazon.com canceled it before it was shipped."
    assert [(step.tone, step.note) for step in page["steps"]][-1] == ("bad", "refused")
    alert = Alert.objects.get(closed_at=None)
    assert "canceled it before it was shipped" in alert.message
    assert "after" not in alert.message


def test_canceled_after_we_shipped_it_says_after(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    answer = staff.post(CLOSE, filled_in(world, [order]))
    world.later(minutes=1)
    world.simulator.cancel(order.number)
    world.confirm()

    (outcome,) = staff.get(answer["Location"]).context["outcomes"]
    assert outcome.pill == ("Refused", "bad")
    assert "Amazon.com canceled it after it was shipped." in outcome.message


def test_a_download_that_finds_it_canceled_knows_the_order_of_things_as_well(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    world.later(minutes=1)
    staff.post(CLOSE, filled_in(world, [order]))
    world.later(minutes=5)
    world.download()

    assert "canceled it before it was shipped" in Alert.objects.get(closed_at=None).message


@pytest.mark.parametrize("how", ["shipped otherwise", "refused"])
def test_whatever_is_refused_is_nowhere_on_its_way(world: World, staff: Client, how: str) -> None:
    order = world.at_warehouse()
    answer = staff.post(CLOSE, filled_in(world, [order]))
    if how == "refused":
        world.simulator.fail("confirmShipment", "400")
    else:
        world.simulator.ship(order.number, tracking="BY-HAND")
        Package.objects.update(number=2)  # not the package that is there
    world.confirm()

    page = read(staff, answer["Location"])
    assert "on its way" not in page
    assert staff.get(answer["Location"]).context["outcomes"][0].pill == ("Refused", "bad")
    assert "refused" in staff.get(order.get_absolute_url()).context["problem"].title.lower()
    assert "on its way" not in shown(staff, order)


def test_a_corrected_package_that_is_refused_shows_on_its_confirmed_order(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    shipped_by_us(world, staff, order)
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    package = Package.objects.get()
    confirmation = package.confirmation
    type(confirmation).objects.filter(pk=confirmation.pk).leave_to_person("No such carrier.")

    assert "The tracking was refused: No such carrier." in staff.get(order.get_absolute_url()).context["problem"].title
