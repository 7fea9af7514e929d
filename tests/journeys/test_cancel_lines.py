"""The buyer wants some lines canceled and the others shipped: what staff press, and what becomes of each line."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.activity.models import Event
from core.alerts.models import Alert
from orders.download import cancels
from orders.models import HeldFor, ItemFilter, Order, OrderStatus
from shipping.delivery import recall
from tests import factories
from tests.journeys.staff import press, shown, staff, workers
from tests.shipping.conftest import distant
from tests.shipping.played_warehouse import Distant
from tests.world import World

__all__ = ["distant", "staff"]  # fixtures

BLUE, RED, POT = "MUG-BLUE-11", "MUG-RED-11", "TEAPOT-BLUE"
BOTH = [{"sku": BLUE, "quantity": 2}, {"sku": RED, "quantity": 1}]
ALL_THREE = [*BOTH, {"sku": POT, "quantity": 1}]
BUTTON = "Ship this line anyway"
WHOLE = "Cancel the whole order"
Begin = Callable[[World], Order]


def waiting(world: World) -> Order:
    return downloaded(world, BOTH)


def downloaded(world: World, lines: list[dict]) -> Order:
    number = world.order_placed(lines=lines)
    world.download()
    return world.order(number)


def there(world: World) -> Order:
    return world.at_warehouse(lines=BOTH)


def asked(world: World, order: Order, *skus: str) -> Order:
    world.simulator.request_cancel(order.number, skus=list(skus))
    return heard(world, order)


def heard(world: World, order: Order) -> Order:
    world.later(minutes=5)
    world.download()
    return world.order(order.number)


def ship(client: Client, order: Order, sku: str) -> str:
    return unescape(press(client, order, "ship_line", line=str(order.lines.get(sku=sku).pk)))


def refused(order: Order) -> set[str]:
    return set(order.lines.filter(cancel_refused_at__isnull=False).values_list("sku", flat=True))


def events(order: Order, kind: str) -> int:
    return Event.objects.filter(subject_kind="order", subject_id=order.pk, kind=kind).count()


# -- Shipped anyway --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("begin", [waiting, there])
def test_one_of_two_lines_is_shipped_anyway_and_the_order_goes_on(
    world: World, staff: Client, distant: type[Distant], begin: Begin
) -> None:
    order = asked(world, begin(world), RED)
    page = unescape(shown(staff, order))
    assert "The buyer asked to cancel 1 × MUG-RED-11" in page
    assert page.count(BUTTON) == 1
    assert page.count("Cancel in Seller Central") == 1
    assert page.count(f'href="https://sellercentral.amazon.com/orders-v3/order/{order.number}"') == 1
    assert "do it in Seller Central" in page

    assert "the order is released" in ship(staff, order, RED)
    workers(world, times=1)

    stands = world.order(order.number)
    assert stands.status == OrderStatus.AT_WMS
    assert refused(order) == {RED}
    assert distant.created == [order.number]
    assert not distant.recalled
    assert not Alert.objects.filter(closed_at=None).exists()
    page = unescape(shown(staff, order))
    assert "The buyer asked to cancel, but it ships anyway" in page
    assert "The buyer asked to cancel 1 × MUG-RED-11, but this line ships anyway" in page
    assert BUTTON not in page


@pytest.mark.parametrize("begin", [waiting, there])
def test_each_line_is_decided_by_itself_and_the_last_one_lets_the_order_go(
    world: World, staff: Client, begin: Begin
) -> None:
    order = asked(world, begin(world), BLUE, RED)
    assert unescape(shown(staff, order)).count(BUTTON) == 2

    assert "1 line is still to be decided." in ship(staff, order, BLUE)
    stands = world.order(order.number)
    assert stands.held_for == HeldFor.BUYER
    assert stands.reason.startswith("The buyer asked to cancel 1 × MUG-RED-11")
    assert all(RED in alert.message and BLUE not in alert.message for alert in Alert.objects.filter(closed_at=None))
    world.simulator.world.touch(world.simulator.world.orders[order.number], world.now)
    assert heard(world, order).reason == stands.reason

    ship(staff, order, RED)
    workers(world, times=1)
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert refused(order) == {BLUE, RED}
    world.simulator.world.touch(world.simulator.world.orders[order.number], world.now)
    assert heard(world, order).status == OrderStatus.AT_WMS


def test_a_second_press_changes_nothing(world: World, staff: Client) -> None:
    order = asked(world, there(world), BLUE, RED)
    ship(staff, order, BLUE)
    assert "no longer waiting" in ship(staff, order, BLUE)
    assert refused(order) == {BLUE}
    ship(staff, order, RED)
    assert "no longer waiting" in ship(staff, order, RED)

    assert events(order, "order.line_cancel_refused") == 2
    assert events(order, "order.let_go") == 1


def test_two_who_ship_a_line_each_let_the_order_go(world: World) -> None:
    order = asked(world, there(world), BLUE, RED)
    lines = [order.lines.get(sku=sku).pk for sku in (BLUE, RED)]
    stale = world.order(order.number)

    left = [cancels.refuse_line(stale, line, by=world.person, now=world.now) for line in lines]

    assert left == [1, 0]
    assert world.order(order.number).status == OrderStatus.NEW


def test_the_whole_order_is_shipped_anyway_after_one_line_was(world: World, staff: Client) -> None:
    order = asked(world, there(world), BLUE, RED)
    ship(staff, order, BLUE)
    press(staff, order, "let_go")

    assert refused(order) == {BLUE, RED}
    assert world.order(order.number).status == OrderStatus.NEW


# -- Canceled --------------------------------------------------------------------------------------------------------
def test_a_line_canceled_there_before_sending_is_not_sent_and_the_rest_goes(
    world: World, staff: Client, distant: type[Distant]
) -> None:
    order = asked(world, waiting(world), RED)
    world.simulator.cancel_units(order.number, {RED: 1})
    workers(world, times=2)

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert distant.created == [order.number]
    assert order.lines.get(sku=RED).wanted == 0
    assert "no longer waiting" in ship(staff, order, RED)


def test_one_line_is_shipped_anyway_the_other_canceled_there_and_the_warehouse_gets_the_rest(
    world: World, staff: Client, distant: type[Distant]
) -> None:
    order = asked(world, there(world), BLUE, RED)
    ship(staff, order, BLUE)
    world.simulator.cancel_units(order.number, {RED: 1})
    workers(world, times=3)

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert distant.created == [order.number, f"{order.number}-R2"]
    assert not Alert.objects.filter(closed_at=None).exists()
    assert not world.simulator.journal("cancellation")[1:]  # nothing was canceled from here


def test_the_wish_withdrawn_meanwhile_leaves_nothing_to_decide(world: World, staff: Client) -> None:
    order = asked(world, there(world), RED)
    world.simulator.withdraw_request(order.number)
    assert heard(world, order).status == OrderStatus.NEW

    assert "no longer waiting" in ship(staff, order, RED)
    assert not refused(order)
    assert not events(order, "order.line_cancel_refused")


def test_what_was_canceled_there_meanwhile_is_not_shipped_anyway(
    world: World, staff: Client, distant: type[Distant]
) -> None:
    order = asked(world, there(world), RED)
    world.simulator.cancel(order.number)
    assert heard(world, order).held_for == HeldFor.CANCELED

    assert "no longer waiting" in ship(staff, order, RED)
    recall.recall_orders(now=world.now)
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_canceling_for_one_line_says_that_it_takes_all_and_claims_no_wish_of_the_buyer(
    world: World, staff: Client
) -> None:
    order = asked(world, there(world), RED)
    assert f"{WHOLE}</a>" in shown(staff, order)

    form = unescape(staff.get(reverse("orders:cancel", args=[order.pk])).content.decode())
    assert "The whole order will be canceled" in form
    assert '<option value="BuyerCanceled" selected>' not in form


# -- Lines left out --------------------------------------------------------------------------------------------------
def left_out(world: World) -> Order:
    owner = {"organization": world.organization, "merchant": world.merchant, "cart": world.cart}
    ItemFilter.objects.create(**owner, mode="deny", scope="line", values=[POT])
    return downloaded(world, ALL_THREE)


def test_a_wish_for_all_that_is_ours_is_none_for_what_was_left_out(world: World, staff: Client) -> None:
    order = asked(world, left_out(world), BLUE, RED)
    assert order.lines.get(sku=POT).left_out

    page = unescape(shown(staff, order))
    assert f"{WHOLE}</a>" in page
    assert "do it in Seller Central" in page
    assert page.count(BUTTON) == 2


def test_a_line_left_out_is_neither_decided_nor_shipped(world: World, staff: Client, distant: type[Distant]) -> None:
    order = asked(world, left_out(world), RED, POT)
    assert unescape(shown(staff, order)).count(BUTTON) == 1

    assert "no longer waiting" in ship(staff, order, POT)
    ship(staff, order, RED)
    workers(world, times=1)

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert refused(order) == {RED}
    assert order.lines.get(sku=POT).left_out


def test_a_later_wish_for_a_line_left_out_does_not_hold_what_a_person_ships_anyway(
    world: World, staff: Client, distant: type[Distant]
) -> None:
    order = asked(world, left_out(world), RED)
    ship(staff, order, RED)

    assert asked(world, order, POT).status == OrderStatus.NEW
    workers(world, times=1)
    assert world.order(order.number).status == OrderStatus.AT_WMS


# -- Who may ---------------------------------------------------------------------------------------------------------
def test_who_only_looks_decides_no_line_and_a_stranger_finds_none(world: World, staff: Client) -> None:
    order, other = asked(world, there(world), RED), downloaded(world, BOTH)
    viewer, stranger = Client(), Client()
    viewer.force_login(factories.make_person(world.organization, Role.VIEWER))
    stranger.force_login(factories.make_person(factories.OrganizationFactory(), Role.OWNER))
    url, line = reverse("orders:ship_line", args=[order.pk]), str(order.lines.get(sku=RED).pk)

    assert BUTTON not in shown(viewer, order)
    assert "orders-v3" not in shown(viewer, order)
    assert viewer.post(url, {"line": line}).status_code == 403
    assert stranger.post(url, {"line": line}).status_code == 404
    assert staff.get(url)["Location"] == order.get_absolute_url()
    for wrong in ("", "x", str(other.lines.get(sku=RED).pk)):
        assert "no longer waiting" in press(staff, order, "ship_line", line=wrong)
    assert not refused(order)


def test_an_order_of_one_line_has_no_second_button_for_it(world: World, staff: Client) -> None:
    order = asked(world, world.at_warehouse())

    page = shown(staff, order)
    assert BUTTON not in page
    assert "Ship it anyway" in page
