"""What happened is kept: the database itself refuses to change or delete it, whoever asks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.activity import event_numbers
from core.activity.event_log import forgetting, record
from core.activity.models import Event, Forgetting
from core.common import clock
from tests.factories import OrderFactory

WAYS = (
    "UPDATE activity_event SET details = '{}'",
    "DELETE FROM activity_event",
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
        if connection.vendor == "sqlite" and "TRUNCATE" in statement:
            continue  # it has none
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert Event.objects.filter(pk=event.pk, kind="order.let_go").exists()


@pytest.mark.django_db
def test_what_is_declared_to_be_forgotten_goes_and_nothing_beside_it() -> None:
    order, others = OrderFactory(), OrderFactory()
    record("order.let_go", order, now=clock.now())
    record("order.let_go", others, now=clock.now())
    record("performance.exported", order.organization, now=clock.now(), division="cart")
    own = Event.objects.filter(organization=order.organization)

    for rows in (own, Event.objects.filter(kind="order.let_go"), own.filter(subject_kind="organization")):
        with (
            pytest.raises(IntegrityError, match="What happened is kept"),
            transaction.atomic(),
            forgetting(order.organization, "order"),
        ):
            rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic(), forgetting(order.organization, "order"):
        own.filter(subject_kind="order").update(details={})
    with forgetting(order.organization, "order"):
        own.filter(subject_kind="order").delete()

    assert [event.subject_kind for event in own] == ["organization"]
    assert Event.objects.filter(subject_id=others.pk, kind="order.let_go").exists()
    assert not Forgetting.objects.exists()


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
