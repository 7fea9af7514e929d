"""What happened is kept: the database itself refuses to change or delete it, whoever asks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.activity import event_numbers
from core.activity.event_log import record
from core.activity.models import Event
from core.common import clock
from tests.factories import OrderFactory

WAYS = (
    "UPDATE activity_event SET details = '{}'",
    "UPDATE activity_event SET at = at WHERE id = -1",
    "DELETE FROM activity_event",
    "DELETE FROM activity_event WHERE at < '2000-01-01'",
    "TRUNCATE activity_event CASCADE",
)


@pytest.mark.django_db
def test_no_event_is_changed_or_deleted_by_anything_that_asks_the_database() -> None:
    order = OrderFactory()
    record("order.let_go", order, now=clock.now())
    event = Event.objects.get(subject_kind="order", subject_id=order.pk, kind="order.let_go")

    for way in (event.save, event.delete, Event.objects.filter(pk=event.pk).delete):
        with pytest.raises(IntegrityError, match="What happened is kept"), transaction.atomic():
            way()
    connection.check_constraints()  # nothing is left to be looked at later, which PostgreSQL would refuse to empty
    for statement in WAYS:
        if connection.vendor == "sqlite" and ("TRUNCATE" in statement or "-1" in statement or "2000" in statement):
            continue  # SQLite has no TRUNCATE, and asks a trigger for each row alone
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert Event.objects.filter(pk=event.pk, kind="order.let_go").exists()


@pytest.mark.django_db
def test_the_numbers_of_a_period_are_found_by_halving() -> None:
    order, begin = OrderFactory(), clock.now()
    for hours in range(0, 60, 3):
        record("order.let_go", order, now=begin + timedelta(hours=hours))
    at = dict(Event.objects.values_list("pk", "at"))

    for hours in (-100, 1, 20, 31, 100):
        moment = begin + timedelta(hours=hours)
        first, after = event_numbers.first_since(moment), event_numbers.first_after(moment)

        assert all(pk >= first for pk, happened in at.items() if happened >= moment)
        assert all(pk < after for pk, happened in at.items() if happened <= moment)
        left_out = [pk for pk, happened in at.items() if happened < moment - event_numbers.APART]
        assert all(pk < first for pk in left_out)
