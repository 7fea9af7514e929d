"""The verbs that move errands, by the example of confirmations, from whatever state a row was left in."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from core.common import jobs
from core.common.claims import CLAIM
from core.common.errands import LAST_WORD, UNFINISHED, ErrandState
from core.common.jobs import PATIENCE, Job, NotYet, Outcome, Tally
from core.common.remote import Disconnected, Rejected, Throttled, Unavailable
from shipping.models import Confirmation
from tests.factories import ConfirmationFactory
from tests.world import NOON

pytestmark = pytest.mark.django_db

FRESH: dict[str, Any] = {
    "state": ErrandState.DUE,
    "due_at": NOON,
    "claim": None,
    "claimed_until": None,
    "claims": 0,
    "attempts": 0,
    "failing_since": None,
    "last_error": "",
}
USED: dict[str, Any] = {
    "due_at": NOON + timedelta(days=1),
    "claim": "6a3b6a8e-0a52-4c0f-9d0b-0f0e8a6d7c11",
    "claims": 3,
    "attempts": 7,
    "failing_since": NOON - PATIENCE,
    "last_error": "The server was away.",
}
SOON = NOON + timedelta(minutes=2)
CLAIMED = list(product(ErrandState, [None, NOON, SOON]))


def left(state: ErrandState, claimed_until: datetime | None = None) -> Confirmation:
    """A row that much was done with, as a worker or a person left it."""
    errand: Confirmation = ConfirmationFactory(due_at=NOON)
    Confirmation.objects.filter(pk=errand.pk).update(state=state, claimed_until=claimed_until, **USED)
    return stored(errand)


def stored(errand: Confirmation) -> Confirmation:
    found: Confirmation = Confirmation.objects.get(pk=errand.pk)
    return found


def columns(errand: Confirmation) -> dict[str, Any]:
    kept = stored(errand)
    return {name: getattr(kept, name) for name in FRESH}


# -- Verbs -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("state", "claimed_until"), CLAIMED)
def test_reopened_it_is_owed_from_the_start_unless_a_worker_is_at_it(
    state: ErrandState, claimed_until: datetime | None
) -> None:
    errand = left(state, claimed_until)
    taken = state == ErrandState.RUNNING and claimed_until == SOON
    before = columns(errand)

    assert errand.is_taken(NOON) is taken
    assert errand.reopen(now=NOON) is not taken

    assert columns(errand) == (before if taken else FRESH)


@pytest.mark.parametrize(("state", "claimed_until"), CLAIMED)
def test_a_set_is_reopened_whoever_is_at_it(state: ErrandState, claimed_until: datetime | None) -> None:
    errand = left(state, claimed_until)

    assert Confirmation.objects.filter(pk=errand.pk).reopen(now=NOON, unseen=2) == 1

    assert columns(errand) == FRESH
    assert stored(errand).unseen == 2
    assert not errand.settle_done()  # who was at it has lost it


def test_what_is_owed_after_a_claim_waits_for_the_end_of_it() -> None:
    taken, dead = left(ErrandState.RUNNING, SOON), left(ErrandState.RUNNING, NOON)

    Confirmation.objects.reopen(now=NOON, after_claims=True)

    # What the worker said before may have got there.
    assert columns(taken) == FRESH | {"due_at": NOON + LAST_WORD, "failing_since": NOON}
    assert columns(dead) == FRESH | {"failing_since": NOON}


def test_the_one_row_of_a_key_is_made_or_owed_anew() -> None:
    errand = left(ErrandState.STUCK)
    owner = {"organization_id": errand.organization_id, "merchant_id": errand.merchant_id}
    defaults = {**owner, "cart_id": errand.cart_id, "due_by": SOON}

    again = Confirmation.objects.owe_anew(package=errand.package, defaults=defaults, now=NOON)
    assert (again.pk, columns(errand), stored(errand).due_by) == (errand.pk, FRESH, SOON)

    errand.delete()
    made = Confirmation.objects.owe_anew(package=again.package, defaults=defaults, now=NOON)
    assert columns(made) == FRESH


@pytest.mark.parametrize(("state", "claimed_until"), CLAIMED)
def test_only_what_no_living_worker_has_and_is_not_ended_is_stopped(
    state: ErrandState, claimed_until: datetime | None
) -> None:
    errand = left(state, claimed_until)
    taken = state == ErrandState.RUNNING and claimed_until == SOON
    stops = state in UNFINISHED and not taken

    assert errand.stop("Nobody wants it.", now=NOON) is stops

    kept = stored(errand)
    assert kept.is_dropped is (stops or state == ErrandState.DROPPED)
    assert kept.last_error == ("Nobody wants it." if stops else USED["last_error"])
    assert kept.failing_since == USED["failing_since"]  # it may have got there all the same


def test_finished_by_hand_it_is_as_if_a_worker_had_done_it() -> None:
    by_hand, by_worker = left(ErrandState.STUCK), left(ErrandState.DUE)

    Confirmation.objects.filter(pk=by_hand.pk).finish(confirmed_at=SOON)
    jobs.run(by_worker, Server(), now=NOON + timedelta(days=1))

    assert columns(by_hand) == columns(by_worker) == FRESH | {"state": ErrandState.DONE, "due_at": USED["due_at"]}
    assert stored(by_hand).confirmed_at == SOON


def test_left_to_a_person_it_says_why_and_no_worker_settles_it() -> None:
    errand = left(ErrandState.RUNNING, SOON)

    Confirmation.objects.filter(pk=errand.pk).leave_to_person("It is packed.")

    assert (stored(errand).is_stuck, stored(errand).last_error) == (True, "It is packed.")
    assert not errand.keep(unseen=1)


def test_a_note_moves_nothing() -> None:
    errand = left(ErrandState.DONE)
    before = columns(errand)

    Confirmation.objects.filter(pk=errand.pk).note("", seen_at=NOON)

    assert columns(errand) == before | {"last_error": ""}


def test_what_failed_before_is_forgiven_only_by_who_has_the_claim() -> None:
    errand = left(ErrandState.RUNNING, NOON)
    other = stored(errand)
    assert other.take(NOON)

    assert not errand.forgive(unseen=1)
    assert stored(errand).failing_since == USED["failing_since"]
    assert other.forgive(unseen=1)

    assert (other.failing_since, other.unseen) == (None, 1)
    assert (stored(errand).failing_since, stored(errand).unseen) == (None, 1)


def test_what_a_row_says_of_itself_is_what_a_set_finds() -> None:
    errands = [left(state, until) for state, until in CLAIMED]
    rows = Confirmation.objects
    said = {
        "is_waiting": rows.waiting(),
        "is_owed": rows.owed(),
        "is_unfinished": rows.unfinished(),
        "is_at_rest": rows.at_rest(),
        "is_stuck": rows.stuck(),
        "was_tried": rows.tried(),
        "is_done": rows.done(),
        "is_dropped": rows.dropped(),
    }

    for fact, found in said.items():
        assert {each.pk for each in errands if getattr(each, fact)} == {each.pk for each in found}, fact
    assert {each.pk for each in errands if each.is_taken(NOON)} == {each.pk for each in rows.taken(NOON)}
    assert {each.pk for each in errands if not each.is_taken(NOON)} == {each.pk for each in rows.untaken(NOON)}
    assert {each.pk for each in errands if not each.is_dropped} == {each.pk for each in rows.undropped()}
    assert {each.pk for each in errands if each.is_done or each.is_stuck} == {each.pk for each in rows.answered()}


# -- Running what is due ---------------------------------------------------------------------------------------------
class Server(Job[Confirmation, str]):
    """Another server that answers one errand after another, and what was followed up."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.followed_up = 0

    def do(self, errand: Confirmation, /, *, now: datetime) -> str:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return "reference"

    def done(self, errand: Confirmation, result: str, /, *, now: datetime) -> None:
        pass

    def stuck(self, errand: Confirmation, reason: str, /, *, now: datetime) -> None:
        pass

    def follow_up(self, errand: Confirmation, /, *, now: datetime) -> None:
        assert stored(errand).is_done
        self.followed_up += 1


class Servers(Server):
    """Each errand is about another one."""

    one_quota = one_connection = False


def due(number: int) -> list[Confirmation]:
    return [ConfirmationFactory(due_at=NOON) for _ in range(number)]


def test_what_became_of_each_is_counted() -> None:
    server = Server(None, Unavailable("away"), Rejected("no"), NotYet(CLAIM), None)
    errands = due(5)
    assert stored(errands[4]).take(NOON)  # another worker was quicker

    assert jobs.run_due(errands, server, now=NOON) == Tally(done=1, waiting=2, stuck=1)
    assert server.followed_up == 1


def test_a_quota_that_is_used_up_ends_the_run_where_all_share_it() -> None:
    errands = due(3)

    assert jobs.run_due(errands, Server(None, Throttled("quota")), now=NOON) == Tally(done=1, put_off=1)
    assert [stored(each).is_done for each in errands] == [True, False, False]
    assert (stored(errands[1]).attempts, stored(errands[1]).failing_since) == (0, None)


def test_where_each_has_its_own_server_the_others_go_on() -> None:
    servers = Servers(Throttled("quota"), Disconnected("authorize again"), None)

    assert jobs.run_due(due(3), servers, now=NOON) == Tally(done=1, put_off=2)


def test_a_connection_that_is_cut_is_the_callers_business() -> None:
    errands = due(3)

    with pytest.raises(Disconnected):
        jobs.run_due(errands, Server(None, Disconnected("authorize again")), now=NOON)

    assert [stored(each).is_done for each in errands] == [True, False, False]
    assert stored(errands[1]).is_waiting


def test_a_server_at_work_is_asked_again_at_no_cost() -> None:
    errand = left(ErrandState.DUE)
    later = NOON + timedelta(days=1)

    assert jobs.run(errand, Server(NotYet(CLAIM)), now=later) == Outcome.WAITING

    assert columns(errand) == FRESH | {"due_at": later + CLAIM}
