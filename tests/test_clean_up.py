"""What is of use for a while only is not kept for ever, and the docs say how long."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from core.activity.models import Event
from core.alerts.models import Alert, Mail
from core.common import clock, lifetimes
from core.common.lifetimes import Lifetime
from integration_manager import clean_up, kept_for_good, tasks
from integration_manager.alerts import ERASURE_LATE
from orders.models import LegalHold, Order
from shipping.models import Reconciliation, ShipmentReport
from tests.aged_rows import KINDS, comparison, happened, listed, mail, order_came, pressed, report
from tests.factories import AlertFactory, UserFactory

pytestmark = pytest.mark.django_db
RUNNING = Path(__file__).resolve().parent.parent / "docs" / "running.md"
# What is erased: tests/orders/test_erasure.py.
KEPT = [each for each in lifetimes.declared() if each.end is None or each.model is Event]


def test_each_kind_is_looked_at_here() -> None:
    assert set(KINDS) == {span.what for span in KEPT}


@pytest.mark.parametrize("span", KEPT, ids=lambda span: str(span.what))
def test_what_is_over_goes_and_what_is_not_stays(span: Lifetime) -> None:
    now, make = clock.now(), KINDS[span.what]
    over, kept = make(now - span.kept - timedelta(minutes=1)), make(now - span.kept + timedelta(minutes=1))

    tasks.clean_up_due.run()

    model = type(kept)
    assert set(model._default_manager.values_list("pk", flat=True)) & {over.pk, kept.pk} == {kept.pk}
    assert span.over_at(now).count() == 0


@pytest.mark.parametrize("state", ["due", "running"])
def test_what_is_still_owed_stays_however_old(state: str) -> None:
    old = clock.now() - timedelta(days=999)
    mail(old, state=state)
    comparison(old, state=state)

    tasks.clean_up_due.run()

    assert (Mail.objects.count(), Reconciliation.objects.count()) == (1, 1)


@pytest.mark.parametrize("state", ["stuck", "dropped"])
def test_what_was_given_up_goes_too(state: str) -> None:
    mail(clock.now() - timedelta(days=91), state=state)
    comparison(clock.now() - timedelta(days=91), state=state)

    tasks.clean_up_due.run()

    assert (Mail.objects.count(), Reconciliation.objects.count()) == (0, 0)


def test_what_is_open_stays_and_what_happened_stays_for_18_months() -> None:
    old = clock.now() - timedelta(days=999)
    open_one, waiting = AlertFactory(opened_at=old, seen_at=old), order_came(old, status="held")
    order_came(old)
    happened(old)
    held, kept = report(old, state="held"), happened(clock.now() - timedelta(days=540))

    tasks.clean_up_due.run()

    assert Alert.objects.get() == open_one
    assert kept in Event.objects.all()
    assert Event.objects.filter(at=old).count() == 0
    assert set(Order.objects.filter(downloaded_at=old)) == {waiting}
    assert ShipmentReport.objects.get() == held


def test_every_table_with_a_date_ends_or_says_why_it_stays() -> None:
    assert list(kept_for_good.unexplained()) == []
    said = " ".join(RUNNING.read_text().split())
    assert [each for each in kept_for_good.STAYS if each not in said] == []


def test_a_login_that_is_used_stays_listed() -> None:
    row = listed(clock.now() - timedelta(days=9))
    Session.objects.create(session_key=row.session_key, session_data="x", expire_date=clock.now() + timedelta(days=1))

    tasks.clean_up_due.run()

    assert UserSession.objects.get() == row


def test_it_goes_in_batches_and_stops_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "AT_ONCE", 3)
    monkeypatch.setattr(lifetimes, "IN_ALL", 6)
    for number in range(10):
        pressed(clock.now() - timedelta(days=2, seconds=number))

    with CaptureQueriesContext(connection) as queries:
        assert clean_up.clean_up(now=clock.now()) == {"When a button was pressed": 6}
    assert len([each for each in queries if each["sql"].startswith('DELETE FROM "carts_press"')]) == 2
    assert clean_up.clean_up(now=clock.now()) == {"When a button was pressed": 4}
    assert clean_up.clean_up(now=clock.now()) == {}


def test_what_is_kept_meanwhile_is_not_deleted_by_a_run_that_saw_it_before() -> None:
    """A legal hold is put while the run waits for the order's lock."""
    old = clock.now() - timedelta(days=lifetimes.OTHER_DATA.days + 1)
    order, other = order_came(old), order_came(old)
    looks = 0

    def put(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal looks
        answer = execute(sql, *rest)
        looks += "orders_order" in sql
        if looks == 1:
            looks += 1
            LegalHold.objects.create(
                organization=order.organization, merchant=order.merchant, order=order, reason="A", by=UserFactory(),
                at=clock.now(),
            )  # fmt: skip
        return answer

    (kind,) = [each for each in KEPT if each.model is Order]
    over = kind.over_at(clock.now())
    with connection.execute_wrapper(put):
        assert lifetimes.delete(over, clock.now()) == 1
    assert list(Order.objects.filter(pk__in=[order.pk, other.pk])) == [order]


def test_a_kind_that_cannot_end_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of all fails: the last ones end, and somebody is told of what is late."""
    failing, last = KEPT[0], KEPT[-1]
    KINDS[failing.what](clock.now() - failing.kept - timedelta(days=3))
    KINDS[last.what](clock.now() - last.kept - timedelta(minutes=1))
    delete = lifetimes.delete

    def refused(rows: lifetimes.Rows, now: datetime) -> int:
        if rows.model is failing.model:
            raise OperationalError("deadlock detected")
        return delete(rows, now)

    monkeypatch.setattr(lifetimes, "delete", refused)
    tasks.clean_up_due.run()

    assert not last.over_at(clock.now()).exists()
    assert failing.what in Alert.objects.get(cause=ERASURE_LATE).message


def test_the_docs_say_how_long_each_kind_is_kept() -> None:
    said: dict[str, Any] = {}
    for line in RUNNING.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 2:
            said[cells[0]] = cells[1]

    for span in lifetimes.declared():
        days = span.kept.days
        words = "not at all" if not days else "a day" if days == 1 else f"{days} days"
        assert said[span.what].startswith(words), span.what
