"""What ends a hold closes the alerts that go with it, and no others of the order."""

import pytest

from core.accounts.models import User
from core.alerts.models import Alert
from core.alerts.raised import raise_alert
from core.common import clock
from orders.actions import address_edit, holds
from orders.alerts import (
    CANCEL_AT_WAREHOUSE,
    CANCELED_LATE,
    DIFFERS,
    NOT_RELEASED_THERE,
    PARTLY_CANCELED,
    PARTLY_SHIPPED,
)
from orders.models import HeldFor, Order, OrderStatus
from shipping.alerts import NOT_CANCELED, NOT_CONFIRMED, NOT_SEEN, OFF_THE_BENCH, PACKED_CANCELED, SHIPPED_ELSEWHERE
from tests.factories import OrderFactory, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OTHERS = {
    *(CANCELED_LATE, DIFFERS, PARTLY_CANCELED, PARTLY_SHIPPED),
    *(NOT_CONFIRMED, NOT_SEEN, PACKED_CANCELED, SHIPPED_ELSEWHERE),
}
OF_HOLDS = {CANCEL_AT_WAREHOUSE, NOT_RELEASED_THERE, NOT_CANCELED, OFF_THE_BENCH}


def held(held_for: HeldFor) -> Order:
    order = OrderFactory(status=OrderStatus.HELD, held_for=held_for)
    for cause in (*OTHERS, *OF_HOLDS):
        raise_alert(cause, order, f"{cause}.", now=clock.now())
    return order


def person(order: Order) -> User:
    return make_person(order.organization)


def still_open() -> set[str]:
    return set(Alert.objects.filter(closed_at=None).values_list("cause", flat=True))


@pytest.mark.parametrize(
    ("held_for", "its_own"),
    [
        (HeldFor.STATE, {NOT_RELEASED_THERE}),
        (HeldFor.BUYER, {CANCEL_AT_WAREHOUSE}),
        (HeldFor.CANCELED, {CANCEL_AT_WAREHOUSE, NOT_CANCELED, OFF_THE_BENCH}),
        (HeldFor.PERSON, {CANCEL_AT_WAREHOUSE, NOT_CANCELED, OFF_THE_BENCH}),
        (HeldFor.ADDRESS, set()),
        (HeldFor.ITEMS, set()),
        (HeldFor.UNMAPPED, set()),
    ],
)
def test_letting_go_of_a_hold_closes_its_own_alerts(held_for: HeldFor, its_own: set[str]) -> None:
    order = held(held_for)

    assert holds.let_go(order, by=person(order), now=clock.now())

    assert still_open() == OTHERS | OF_HOLDS - its_own


@pytest.mark.parametrize("held_for", [HeldFor.ADDRESS, HeldFor.UNMAPPED])
def test_what_an_edit_solves_closes_nothing_else(held_for: HeldFor) -> None:
    order = held(held_for)

    assert address_edit.go_on(order, held_for, now=clock.now())

    assert still_open() == OTHERS | OF_HOLDS
