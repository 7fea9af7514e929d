"""Alerts about an order that close when a person says so."""

import pytest
from django.db import IntegrityError

from core.accounts.models import User
from core.activity.models import Event
from core.alerts.models import Alert
from core.alerts.raised import raise_alert
from core.common import clock
from orders.alerts import CANCELED_LATE, PARTLY_CANCELED
from orders.models import Order
from shipping import order_alerts
from shipping.alerts import OFF_THE_BENCH
from tests.factories import OrderFactory, make_person


def told(order: Order) -> None:
    for cause in (OFF_THE_BENCH, CANCELED_LATE, PARTLY_CANCELED):
        raise_alert(cause, order, f"See to {cause}.", now=clock.now())


@pytest.mark.django_db
def test_what_is_seen_to_is_closed_and_written_down() -> None:
    order = OrderFactory()
    told(order)
    person = make_person(order.organization)

    for alert in order_alerts.to_see(order).exclude(cause=PARTLY_CANCELED):
        assert order_alerts.see_to(order, order_alerts.seen_as(alert), by=person, now=clock.now())
        assert not order_alerts.see_to(order, order_alerts.seen_as(alert), by=person, now=clock.now())

    assert [alert.cause for alert in Alert.objects.filter(closed_at=None)] == [PARTLY_CANCELED]
    seen = Event.objects.filter(kind="order.seen_to", subject_id=order.pk, actor=person).order_by("pk")
    assert [event.details["what"] for event in seen] == [
        f"See to {OFF_THE_BENCH}.",
        f"See to {CANCELED_LATE}.",
    ]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_closed_that_is_not_written_down() -> None:
    order = OrderFactory()
    told(order)
    gone = User(pk=9_999_999)  # the database refuses an event of somebody who is not there

    first = order_alerts.seen_as(order_alerts.to_see(order)[0])
    with pytest.raises(IntegrityError):
        order_alerts.see_to(order, first, by=gone, now=clock.now())

    assert Alert.objects.filter(closed_at=None).count() == 3
    assert not Event.objects.filter(kind="order.seen_to").exists()
