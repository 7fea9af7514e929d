"""docs/locking.md, played on a real PostgreSQL: who waits for an order holds nothing yet of what belongs to it."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from core.common.errands import ErrandState
from orders.models import HeldFor, Order, OrderStatus
from shipping.carriers import carrier_codes
from shipping.delivery import recall, retry
from shipping.models import Cancellation, Confirmation, Package, Recall, Release
from shipping.shipments import correction
from shipping.shipments.shipped_packages import Parcel
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
BELONGING = (
    (Release, "order"),
    (Recall, "order"),
    (Cancellation, "order"),
    (Package, "order"),
    (Confirmation, "package__order"),
)
LONGEST = 20.0  # seconds


def correct(world: World, order: Order) -> None:
    other = Parcel("FedEx", "FDEG", "Ground", "794699999999")
    correction.correct(Package.objects.get(order=order), other, by=world.person, now=world.now)


def confirm(world: World, order: Order) -> None:
    world.confirm()


def tell_again(world: World, order: Order) -> None:
    retry.tell_again(order, by=world.person, now=world.now)


def send_again(world: World, order: Order) -> None:
    Confirmation.objects.filter(package__order=order).update(state=ErrandState.STUCK)
    retry.send_again(order, by=world.person, now=world.now)


def choose_code(world: World, order: Order) -> None:
    Confirmation.objects.filter(package__order=order).update(state=ErrandState.STUCK)
    carrier = next(each for each in carrier_codes.list_carriers(world.organization) if each.kept.carrier == "UPS")
    carrier_codes.choose(carrier, "FedEx", "", by=world.person, now=world.now)


def ask_back(world: World, order: Order) -> None:
    recall.begin(order, now=world.now)


def take_off_the_list(world: World, order: Order) -> None:
    Release.objects.filter(order=order).update(state=ErrandState.DUE, released_at=None)
    recall.begin(order, now=world.now)


def say_stopped(world: World, order: Order) -> None:
    recall.stopped(order, by=world.person, now=world.now)


def shipped(world: World) -> Order:
    order = world.at_warehouse()
    world.ship(order)
    return world.order(order.number)


def confirmed(world: World) -> Order:
    order = shipped(world)
    world.confirm()
    return world.order(order.number)


def canceled(world: World) -> Order:
    order = world.at_warehouse()
    to_be_canceled = {"reason": "To be canceled", "held_for": HeldFor.CANCELED}
    assert order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.HELD, now=world.now, **to_be_canceled)
    return order


def asked_in_vain(world: World) -> Order:
    order = canceled(world)
    release = Release.objects.get(order=order)
    owner = {"organization": order.organization, "merchant": order.merchant, "warehouse": release.warehouse}
    Recall.objects.create(order=order, state=ErrandState.STUCK, **owner, made_at=world.now, due_at=world.now)
    return order


@pytest.mark.parametrize(
    ("given", "act"),
    [
        (confirmed, correct),
        (shipped, confirm),
        (confirmed, tell_again),
        (confirmed, send_again),
        (confirmed, choose_code),
        (canceled, ask_back),
        (canceled, take_off_the_list),
        (asked_in_vain, say_stopped),
    ],
)
def test_who_waits_for_an_order_keeps_nobody_waiting_for_the_rest_of_it(
    world: World, given: Callable[[World], Order], act: Callable[[World, Order], None]
) -> None:
    """Were it otherwise, whoever has the order and wants the rest would wait for ever."""
    order = given(world)
    failed: list[BaseException] = []
    other = threading.Thread(target=elsewhere, args=(lambda: act(world, order), failed))

    with transaction.atomic():
        Order.objects.locked(order.pk)
        other.start()
        wait_until_somebody_waits_for_us(failed)
        for model, to_order in BELONGING:
            list(model.objects.filter(**{to_order: order}).order_by("pk").select_for_update(nowait=True, of=("self",)))
    other.join(LONGEST)

    assert not other.is_alive()
    assert failed == []


def elsewhere(act: Callable[[], None], failed: list[BaseException]) -> None:
    """Run it on a connection of its own."""
    try:
        act()
    except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
        failed.append(error)
    finally:
        connections.close_all()


def wait_until_somebody_waits_for_us(failed: list[BaseException]) -> None:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        assert failed == []
        threading.Event().wait(0.02)
    raise AssertionError("Nobody waits for the order.")
