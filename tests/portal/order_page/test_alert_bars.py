"""What alerts ask of a person stands above the order, each with a button of its own."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.activity.models import Event
from core.alerts.models import Alert
from orders.alerts import CANCELED_LATE, PARTLY_CANCELED, PARTLY_SHIPPED
from orders.models import HeldFor, Order
from shipping.alerts import OFF_THE_BENCH
from shipping.cancellation import order_hold
from shipping.delivery import recall
from shipping.shipments.shipped_packages import Parcel
from tests.factories import make_person
from tests.journeys.staff import press, staff
from tests.shipping.conftest import distant
from tests.shipping.played_warehouse import Distant
from tests.world import World

__all__ = ["distant", "staff"]
BLUE, RED = "MUG-BLUE-11", "MUG-RED-11"


def heard(world: World) -> None:
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)


def bars(client: Client, order: Order) -> list[tuple[str, str, str]]:
    found = client.get(order.get_absolute_url()).context["alert_bars"]
    return [(bar.action_label, bar.action_value, f"{bar.title} {bar.text}") for bar in found]


def at_bench(world: World, blue: int = 3, red: int = 1) -> Order:
    return world.at_warehouse(lines=[{"sku": BLUE, "quantity": blue}, {"sku": RED, "quantity": red}])


def test_what_the_seller_shipped_of_it_is_taken_off_the_bench_and_the_rest_is_named(
    world: World, staff: Client
) -> None:
    order = at_bench(world)
    world.simulator.ship_units(order.number, {BLUE: 1}, by="Seller Central")
    heard(world)

    [(label, seen, said)] = bars(staff, order)
    assert label == "Taken off the bench"
    assert "1 × MUG-BLUE-11 shipped on Amazon.com, not from here" in said
    assert "Still to be shipped from here: 2 × MUG-BLUE-11, 1 × MUG-RED-11." in said
    press(staff, order, "seen_to", seen=seen)

    assert bars(staff, order) == []
    assert not Alert.objects.filter(cause=PARTLY_SHIPPED, closed_at=None).exists()
    assert Event.objects.filter(kind="order.seen_to", subject_id=order.pk).count() == 1


def test_more_that_is_shipped_meanwhile_is_not_noted_as_done_unseen(world: World, staff: Client) -> None:
    order = at_bench(world)
    world.simulator.ship_units(order.number, {BLUE: 1}, by="Seller Central")
    heard(world)
    [(_, seen, _)] = bars(staff, order)
    world.simulator.ship_units(order.number, {RED: 1}, by="Seller Central")
    heard(world)

    assert "there is news" in press(staff, order, "seen_to", seen=seen)

    [(_, again, said)] = bars(staff, order)
    assert again != seen
    assert "Still to be shipped from here: 2 × MUG-BLUE-11." in said


def test_what_was_canceled_in_part_is_asked_for_the_same_way(world: World, staff: Client) -> None:
    order = at_bench(world)
    world.simulator.cancel_units(order.number, {BLUE: 2})
    heard(world)

    [(label, seen, said)] = bars(staff, order)

    assert label == "Taken off the bench"
    assert "Still to be shipped from here: 1 × MUG-BLUE-11, 1 × MUG-RED-11." in said
    press(staff, order, "seen_to", seen=seen)
    assert not Alert.objects.filter(cause=PARTLY_CANCELED, closed_at=None).exists()


def test_a_warehouse_that_is_told_by_us_needs_nobody(world: World, staff: Client, distant: type[Distant]) -> None:
    order = at_bench(world)
    world.simulator.ship_units(order.number, {BLUE: 1}, by="Seller Central")
    world.later(minutes=5)
    world.download()

    [(label, _, said)] = bars(staff, order)

    assert label == ""
    assert "is told: there is nothing to do here" in said


def test_each_alert_is_closed_by_its_own_button(world: World, staff: Client) -> None:
    order = at_bench(world)
    line = order.lines.get(sku=BLUE)
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784", {line.pk: 3})])
    world.simulator.cancel_units(order.number, {BLUE: 1})  # it is packed already
    heard(world)
    world.simulator.ship_units(order.number, {RED: 1}, by="Seller Central")
    world.later(minutes=5)
    world.download()
    assert {alert.cause for alert in Alert.objects.filter(closed_at=None)} == {CANCELED_LATE, PARTLY_SHIPPED}

    late = next(seen for label, seen, _ in bars(staff, order) if label == "Mark as handled")
    press(staff, order, "seen_to", seen=late)

    assert [alert.cause for alert in Alert.objects.filter(closed_at=None)] == [PARTLY_SHIPPED]


def test_what_a_person_holds_can_be_released_though_it_lies_on_the_bench(world: World, staff: Client) -> None:
    order = at_bench(world)
    order_hold.hold(order, by=world.person, now=world.now)
    problem = staff.get(order.get_absolute_url()).context["problem"]
    assert (problem.action_label, problem.also_label, bars(staff, order)) == ("Pulled from packing", "Release", [])

    press(staff, order, "let_go")

    assert not Alert.objects.filter(cause=OFF_THE_BENCH, closed_at=None).exists()


@pytest.mark.parametrize("seen", ["", "1", "x.y", "99999999.1"])
def test_a_button_of_nothing_closes_nothing(world: World, staff: Client, seen: str) -> None:
    order = at_bench(world)
    world.simulator.ship_units(order.number, {BLUE: 1}, by="Seller Central")
    heard(world)

    press(staff, order, "seen_to", seen=seen)

    assert Alert.objects.filter(cause=PARTLY_SHIPPED, closed_at=None).exists()


def test_who_may_only_look_reads_it_without_a_button(world: World) -> None:
    order = at_bench(world)
    world.simulator.ship_units(order.number, {BLUE: 1}, by="Seller Central")
    heard(world)
    viewer = Client()
    viewer.force_login(make_person(world.organization, Role.VIEWER))

    [(label, _, said)] = bars(viewer, order)

    assert label == ""
    assert "Still to be shipped from here" in said


def test_a_press_ends_the_hold_that_was_shown_and_no_other_that_came_meanwhile(world: World, staff: Client) -> None:
    order = at_bench(world)
    order_hold.hold(order, by=world.person, now=world.now)
    release = staff.get(order.get_absolute_url()).context["problem"].also_url
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    assert world.order(order.number).held_for == HeldFor.CANCELED

    said = staff.post(release, follow=True).content.decode()

    assert "held for another reason by now" in said
    assert world.order(order.number).held_for == HeldFor.CANCELED


def test_what_is_canceled_is_not_released_among_many(world: World, staff: Client) -> None:
    order, other = at_bench(world), at_bench(world)
    order_hold.hold(other, by=world.person, now=world.now)
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()

    act = {"action": "let_go", "chosen": [order.pk, other.pk]}
    said = staff.post(reverse("orders:act"), act, follow=True).content.decode()

    assert "1 order released" in said
    assert f"{order.number} was not released" in said
    assert world.order(order.number).held_for == HeldFor.CANCELED
