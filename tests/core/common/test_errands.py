"""Errands, by the example of confirmations."""

from datetime import datetime, timedelta

import pytest

from core.common import jobs
from core.common.errands import CLAIM, ErrandState
from core.common.jobs import CLAIMS, PATIENCE, WAITS, Job, Outcome
from core.common.remote import Disconnected, Rejected, Throttled, Unavailable
from shipping.models import Confirmation
from tests.factories import ConfirmationFactory
from tests.world import NOON

pytestmark = pytest.mark.django_db


class Warehouse(Job[Confirmation, str]):
    """Another server, and what it was asked."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.answer = answer
        self.asked = 0
        self.written: list[str] = []

    def do(self, errand: Confirmation, /, *, now: datetime) -> str:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return "reference"

    def done(self, errand: Confirmation, result: str, /, *, now: datetime) -> None:
        self.written.append(result)

    def stuck(self, errand: Confirmation, reason: str, /, *, now: datetime) -> None:
        self.written.append(reason)

    def run(self, errand: Confirmation, now: datetime) -> Outcome:
        return jobs.run(errand, self, now=now)


@pytest.fixture
def errand() -> Confirmation:
    return ConfirmationFactory(due_at=NOON)


def stored(errand: Confirmation) -> Confirmation:
    found: Confirmation = Confirmation.objects.get(pk=errand.pk)
    return found


def test_an_errand_is_done_once(errand: Confirmation) -> None:
    server = Warehouse()

    assert server.run(errand, NOON) == Outcome.DONE
    assert server.run(stored(errand), NOON) == Outcome.NOT_OURS
    assert (server.asked, server.written) == (1, ["reference"])
    assert stored(errand).state == ErrandState.DONE


def test_it_is_not_done_before_it_is_due(errand: Confirmation) -> None:
    assert Warehouse().run(errand, NOON - timedelta(seconds=1)) == Outcome.NOT_OURS


def test_two_workers_with_the_same_row_do_it_once(errand: Confirmation) -> None:
    mine, theirs = stored(errand), stored(errand)

    assert mine.take(NOON)
    assert not theirs.take(NOON)


def test_a_server_that_is_away_is_asked_again_later_and_later(errand: Confirmation) -> None:
    server, now = Warehouse(Unavailable("away")), NOON
    for wait in (*WAITS, WAITS[-1]):
        assert server.run(stored(errand), now) == Outcome.WAITING
        assert stored(errand).due_at == now + wait
        assert server.run(stored(errand), now + wait - timedelta(seconds=1)) == Outcome.NOT_OURS
        now += wait

    server.answer = None
    assert server.run(stored(errand), now) == Outcome.DONE
    assert stored(errand).attempts == 0


def test_the_server_may_ask_for_a_longer_wait(errand: Confirmation) -> None:
    Warehouse(Unavailable("away", retry_in=timedelta(hours=2))).run(errand, NOON)

    assert stored(errand).due_at == NOON + timedelta(hours=2)


def test_patience_ends_with_a_person(errand: Confirmation) -> None:
    server = Warehouse(Unavailable("away"))
    server.run(errand, NOON)

    late = NOON + PATIENCE + timedelta(days=1)
    assert server.run(stored(errand), late) == Outcome.STUCK
    assert server.written[-1].startswith("Given up after 15 days")


def test_a_refusal_needs_a_person(errand: Confirmation) -> None:
    server = Warehouse(Rejected("no such order"))

    assert server.run(errand, NOON) == Outcome.STUCK
    assert (stored(errand).state, stored(errand).last_error) == (ErrandState.STUCK, "no such order")
    assert server.run(stored(errand), NOON + timedelta(days=1)) == Outcome.NOT_OURS


@pytest.mark.parametrize("error", [Disconnected("authorize again"), Throttled("quota", retry_in=timedelta(seconds=30))])
def test_waiting_for_a_person_or_for_quota_costs_no_attempt(errand: Confirmation, error: Exception) -> None:
    with pytest.raises(type(error)):
        Warehouse(error).run(errand, NOON)

    kept = stored(errand)
    assert (kept.state, kept.attempts) == (ErrandState.DUE, 0)
    assert kept.due_at == NOON + (getattr(error, "retry_in", None) or timedelta(0))


def test_a_worker_that_died_is_replaced(errand: Confirmation) -> None:
    assert stored(errand).take(NOON)  # and dies

    server = Warehouse()
    assert server.run(stored(errand), NOON + CLAIM - timedelta(seconds=1)) == Outcome.NOT_OURS
    assert server.run(stored(errand), NOON + CLAIM) == Outcome.DONE


def test_a_worker_that_was_replaced_settles_nothing(errand: Confirmation) -> None:
    slow = stored(errand)
    assert slow.take(NOON)
    Warehouse().run(stored(errand), NOON + CLAIM)

    assert not slow.settle(state=ErrandState.STUCK, last_error="late")
    assert stored(errand).state == ErrandState.DONE


def test_a_row_that_kills_its_workers_becomes_a_persons_business(errand: Confirmation) -> None:
    now = NOON
    for _ in range(CLAIMS):
        assert stored(errand).take(now)
        now += CLAIM

    server = Warehouse()
    assert server.run(stored(errand), now) == Outcome.STUCK
    assert server.asked == 0


def test_an_error_nobody_foresaw_is_not_hidden_and_the_row_comes_back(errand: Confirmation) -> None:
    with pytest.raises(ZeroDivisionError):
        Warehouse(ZeroDivisionError()).run(errand, NOON)

    assert Warehouse().run(stored(errand), NOON + CLAIM) == Outcome.DONE


def test_the_sweep_takes_turns_between_organizations() -> None:
    big = [ConfirmationFactory(due_at=NOON) for _ in range(1)]
    for _ in range(4):
        ConfirmationFactory(due_at=NOON, package__shipment__order__cart=big[0].cart)
    small = ConfirmationFactory(due_at=NOON + timedelta(minutes=1))

    rows = list(Confirmation.objects.due(NOON + timedelta(minutes=2)).fairly(within="organization", order_by="due_at"))

    assert small.pk in [row.pk for row in rows[:2]]


def test_sending_again_sets_it_due_unless_a_worker_is_at_it(errand: Confirmation) -> None:
    Warehouse(Rejected("no")).run(errand, NOON)
    assert stored(errand).reopen(now=NOON)
    assert stored(errand).take(NOON)

    assert not stored(errand).reopen(now=NOON)
