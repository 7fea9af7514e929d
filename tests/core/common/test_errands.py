"""Errands, by the example of confirmations."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.common import claims, jobs
from core.common.claims import CLAIM, LONGEST
from core.common.errands import ErrandState
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
        dying = stored(errand)
        assert dying.take(now)
        assert dying.claimed_until
        now = dying.claimed_until

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


# -- Claims of the living and the dead ---------------------------------------------------------------------------------
def test_a_dead_worker_costs_less_than_a_minute() -> None:
    assert timedelta(seconds=20) < CLAIM < timedelta(seconds=50)  # the sweep comes every five


def test_a_claim_is_renewed_by_whoever_has_it(errand: Confirmation) -> None:
    mine = stored(errand)
    assert mine.take(NOON)
    renew = mine.renewal()

    assert renew(NOON + 3 * CLAIM)

    assert stored(errand).claimed_until == NOON + 3 * CLAIM
    assert not stored(errand).take(NOON + 2 * CLAIM)
    assert renew(NOON + CLAIM)  # never shorter than it is
    assert stored(errand).claimed_until == NOON + 3 * CLAIM


def settled(errand: Confirmation) -> None:
    assert errand.settle_done()


def reopened(errand: Confirmation) -> None:
    assert Confirmation.objects.filter(pk=errand.pk).reopen(now=NOON)


def overtaken(errand: Confirmation) -> None:
    assert stored(errand).take(NOON + CLAIM)


@pytest.mark.parametrize("lost", [settled, reopened, overtaken])
def test_a_claim_that_was_lost_is_not_renewed(errand: Confirmation, lost: Callable[[Confirmation], None]) -> None:
    mine = stored(errand)
    assert mine.take(NOON)
    renew = mine.renewal()
    lost(mine)
    then = stored(errand)

    assert not renew(NOON + timedelta(hours=1))

    assert (stored(errand).claim, stored(errand).claimed_until) == (then.claim, then.claimed_until)


VERBS: dict[str, Callable[[Confirmation], bool]] = {
    "keep": lambda late: late.keep(unseen=9),
    "forgive": lambda late: late.forgive(unseen=9),
    "done": lambda late: late.settle_done(),
    "stuck": lambda late: late.settle_stuck("late"),
    "failed": lambda late: late.settle_failed("late", since=NOON, again_at=NOON),
    "put off": lambda late: late.settle_put_off("late", again_at=NOON),
    "under way": lambda late: late.settle_under_way(again_at=NOON),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("step", ["taken", "at it", "settled"])
def test_whoever_comes_back_after_another_took_over_writes_nothing(errand: Confirmation, step: str, verb: str) -> None:
    """The first stops before any of its writes; by then the second is at each of its own steps."""
    first, second = stored(errand), stored(errand)
    assert first.take(NOON)
    assert second.take(NOON + CLAIM)
    if step != "taken":
        assert second.keep(unseen=1)
    if step == "settled":
        assert second.settle_done()
    then = Confirmation.objects.filter(pk=errand.pk).values().get()

    assert not VERBS[verb](first)

    assert Confirmation.objects.filter(pk=errand.pk).values().get() == then


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_settled_once_is_not_settled_again_by_the_same_worker(errand: Confirmation, verb: str) -> None:
    mine = stored(errand)
    assert mine.take(NOON)
    assert mine.settle_put_off("later", again_at=NOON)
    then = Confirmation.objects.filter(pk=errand.pk).values().get()

    assert not VERBS[verb](mine)

    assert Confirmation.objects.filter(pk=errand.pk).values().get() == then


def test_a_row_rests_longer_each_time_a_worker_died_at_it(errand: Confirmation) -> None:
    now, rests = NOON, []
    for _ in range(CLAIMS):
        dying = stored(errand)
        assert dying.take(now)
        assert dying.claimed_until
        rests.append(dying.claimed_until - now)
        now = dying.claimed_until

    assert rests == [CLAIM, 2 * CLAIM, 4 * CLAIM, LONGEST, LONGEST]


def test_that_a_worker_died_is_remembered_until_it_is_done(errand: Confirmation) -> None:
    """Something may have got there, though nothing was heard since but that the quota is used up."""
    assert stored(errand).take(NOON)
    with pytest.raises(Throttled):
        Warehouse(Throttled("quota")).run(stored(errand), NOON + CLAIM)

    kept = stored(errand)
    assert (kept.claims, kept.attempts, kept.was_tried) == (0, 0, True)
    assert kept.failing_since is not None
    assert kept.failing_since <= NOON
    assert Warehouse().run(kept, NOON + CLAIM) == Outcome.DONE
    assert not stored(errand).was_tried


def test_late_in_a_long_run_a_claim_begins_when_it_is_made(errand: Confirmation) -> None:
    late = NOON + timedelta(minutes=2)
    mine = stored(errand)

    assert mine.take(NOON, at=late)

    assert mine.claimed_until == late + CLAIM


def test_a_run_ends_when_it_has_gone_on_for_long(errand: Confirmation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "GOING_ON", timedelta(seconds=-1))

    assert jobs.run_due([stored(errand)], Warehouse(), now=NOON) == jobs.Tally()

    assert stored(errand).is_waiting


def test_a_worker_that_is_to_stop_brings_one_to_its_end_and_claims_no_more(errand: Confirmation) -> None:
    other = ConfirmationFactory(due_at=NOON)

    class Stopping(Warehouse):
        def do(self, errand: Confirmation, /, *, now: datetime) -> str:
            claims.stop()
            return super().do(errand, now=now)

    try:
        tally = jobs.run_due([stored(errand), stored(other)], Stopping(), now=NOON)
    finally:
        claims.go_on()

    assert tally.done == 1
    assert (stored(errand).is_done, stored(other).is_waiting, stored(other).claim) == (True, True, None)
