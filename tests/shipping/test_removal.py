"""An order that stands under the wrong merchant is taken away, unless somebody has it already."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import ProtectedError

from core.activity.models import Event
from core.alerts.models import Alert
from core.alerts.raised import raise_alert
from core.common import clock
from core.common.errands import ErrandState
from orders.alerts import CANCELED_LATE
from orders.models import Difference, Line, Note, Order, OrderStatus, Recipient
from shipping import removal
from shipping.models import Cancellation, ChosenMethod, Recall, Release
from tests.factories import (
    OrderFactory,
    PackageFactory,
    ReleaseFactory,
    ShipmentFactory,
    ShipMethodFactory,
    make_person,
)

pytestmark = pytest.mark.django_db


def remove(order: Order) -> str:
    try:
        return removal.remove(order.pk, why="seller A1 is another merchant's", now=clock.now())
    except ProtectedError as error:  # pragma: no cover - says which row stands in the way
        raise AssertionError(error.protected_objects) from error


@pytest.mark.parametrize(
    "status",
    [OrderStatus.PENDING, OrderStatus.NEW, OrderStatus.HELD, OrderStatus.SKIPPED, OrderStatus.CANCELED, "closed"],
)
def test_what_nobody_has_goes_with_everything_that_hangs_on_it(status: str) -> None:
    order = OrderFactory(status=status)
    own = {"organization": order.organization, "merchant": order.merchant}
    person = make_person(order.organization)
    method = ShipMethodFactory(warehouse__organization=order.organization)
    ChosenMethod.objects.create(order=order, ship_method=method, by=person, at=clock.now(), **own)
    Note.objects.create(order=order, by=person, at=clock.now(), sealed=b"", **own)
    Difference.objects.create(order=order, kind="address", seen_at=clock.now(), **own)
    ReleaseFactory(order=order, state=ErrandState.DUE, released_at=None)
    raise_alert(CANCELED_LATE, order, "…", now=clock.now())
    other = OrderFactory(cart=order.cart)

    assert remove(order) == ""

    assert list(Order.objects.all()) == [other]
    assert Recipient.objects.count() == Line.objects.count() == 1
    assert not Note.objects.exists()
    assert not Release.objects.exists()
    assert not Alert.objects.filter(closed_at=None).exists()
    event = Event.objects.get(kind="order.removed")
    assert (event.subject_id, event.details["number"]) == (order.pk, order.number)


def test_what_is_gone_already_is_gone() -> None:
    order = OrderFactory()
    remove(order)

    assert removal.remove(order.pk, why="", now=clock.now()) == ""


def at_the_warehouse(order: Order) -> None:
    ReleaseFactory(order=order)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.AT_WMS)


def at_the_portals_bench(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.AT_WMS)


def being_handed_over(order: Order) -> None:
    soon = clock.now() + timedelta(minutes=3)
    ReleaseFactory(order=order, state=ErrandState.RUNNING, claimed_until=soon, released_at=None)


def answer_lost(order: Order) -> None:
    ReleaseFactory(
        order=order, state=ErrandState.DUE, released_at=None, attempts=1, failing_since=clock.now(), last_error="…"
    )


def asked_back(order: Order) -> None:
    release: Release = ReleaseFactory(order=order, released_at=None)
    now = clock.now()
    own = {"organization": order.organization, "merchant": order.merchant, "warehouse": release.warehouse}
    Recall.objects.create(order=order, made_at=now, due_at=now, **own)


def being_canceled(order: Order) -> None:
    now = clock.now()
    own = {"organization": order.organization, "merchant": order.merchant, "cart": order.cart}
    person = make_person(order.organization)
    Cancellation.objects.create(order=order, reason="NoInventory", by=person, made_at=now, due_at=now, **own)


def shipped(order: Order) -> None:
    PackageFactory(shipment__order=order)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.SHIPPED, shipped_at=clock.now())


def shipped_in_part(order: Order) -> None:
    ShipmentFactory(order=order)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (at_the_warehouse, "press Hold"),
        (at_the_portals_bench, "press Hold"),
        (being_handed_over, "run this again in five minutes"),
        (answer_lost, "its answer was lost"),
        (asked_back, "being asked back"),
        (being_canceled, "being canceled at the marketplace"),
        (shipped, "tell both merchants"),
        (shipped_in_part, "tell both merchants"),
    ],
)
def test_what_somebody_has_stays_and_the_next_step_is_said(what: Callable[[Order], None], words: str) -> None:
    order = OrderFactory()
    what(order)

    assert words in remove(order)

    assert Order.objects.filter(pk=order.pk).exists()
    assert not Event.objects.filter(kind="order.removed").exists()


def test_what_came_back_from_the_warehouse_may_go() -> None:
    order = OrderFactory(status=OrderStatus.HELD)
    release: Release = ReleaseFactory(order=order, released_at=clock.now() - timedelta(hours=1))
    own = {"organization": order.organization, "merchant": order.merchant, "warehouse": release.warehouse}
    now = clock.now()
    Recall.objects.create(order=order, made_at=now, due_at=now, state=ErrandState.DONE, recalled_at=now, **own)

    assert remove(order) == ""
