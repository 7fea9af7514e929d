"""Work owed to another server, kept as a row.

A row is written in the transaction that owes it. Whoever runs it *claims* it in one statement, *does* it outside any
transaction, and *settles* it in another, fenced by the claim: a worker that lost its claim settles nothing. A claim
that ran out is due again, so a killed worker loses nothing; doing must therefore be safe to do twice.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from core.common.remote import Disconnected, Rejected, Throttled, Unavailable

CLAIM = timedelta(minutes=5)  # longer than a task may take
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))  # the last one repeats
PATIENCE = timedelta(days=15)  # how long an absent server is asked again before a person is
CLAIMS = 5  # a row that killed so many workers is a person's business


class ErrandState(models.TextChoices):
    DUE = "due", "Due"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STUCK = "stuck", "Needs a person"
    DROPPED = "dropped", "Dropped"  # no longer owed


class NotYet(Exception):
    """What was asked for is under way: come again after ``wait``. Nothing failed, so it costs no attempt."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("It is under way.")
        self.wait = wait


class Outcome(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    STUCK = "stuck"
    NOT_OURS = "not ours"  # another worker has it, or it is not due


class ErrandQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> Self:
        """What is owed now, with what a dead worker left behind."""
        return self.filter(
            Q(state=ErrandState.DUE, due_at__lte=now) | Q(state=ErrandState.RUNNING, claimed_until__lte=now)
        )

    def fairly(self, *, within: str, order_by: str) -> Self:
        """Take turns between the values of ``within``, so that one with much to do does not starve the others."""
        turn = Window(RowNumber(), partition_by=[F(within)], order_by=F(order_by).asc(nulls_last=True))
        return self.annotate(turn=turn).order_by("turn", order_by)


class Errand(models.Model):
    """The model that inherits this gives it a manager made from ErrandQuerySet."""

    state = models.CharField(max_length=8, choices=ErrandState, default=ErrandState.DUE)
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    claims = models.PositiveSmallIntegerField(default=0)  # since it was last settled
    attempts = models.PositiveIntegerField(default=0)  # since it was last done
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        abstract = True

    SETTLED = ("state", "due_at", "claim", "claimed_until", "claims", "attempts", "failing_since", "last_error")

    def take(self, now: datetime) -> bool:
        """Claim this row. False when it is not due or another worker has it."""
        claim = uuid.uuid4()
        claims = models.Case(models.When(state=ErrandState.RUNNING, then=F("claims") + 1), default=1)
        won = (
            type(self)
            ._default_manager.filter(pk=self.pk)
            .filter(Q(state=ErrandState.DUE, due_at__lte=now) | Q(state=ErrandState.RUNNING, claimed_until__lte=now))
            .update(state=ErrandState.RUNNING, claim=claim, claimed_until=now + CLAIM, claims=claims)
        )
        if won:
            self.refresh_from_db()
        return bool(won) and self.claim == claim

    def settle(self, *, state: ErrandState, **fields: Any) -> bool:
        """Write the result if the claim is still ours."""
        fields = {"claim": None, "claimed_until": None, "claims": 0, **fields, "state": state}
        if not type(self)._default_manager.filter(pk=self.pk, claim=self.claim).update(**fields):
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True

    def owe(self, now: datetime) -> bool:
        """Set due again, whatever became of it before. False while a worker is at it."""
        fields = {"due_at": now, "attempts": 0, "claims": 0, "failing_since": None, "last_error": ""}
        return bool(
            type(self)
            ._default_manager.filter(pk=self.pk)
            .exclude(state=ErrandState.RUNNING, claimed_until__gt=now)
            .update(state=ErrandState.DUE, claim=None, claimed_until=None, **fields)
        )

    def drop(self, reason: str) -> bool:
        """Stop owing it. False while a worker is at it or when it is done."""
        waiting = type(self)._default_manager.filter(pk=self.pk, state__in=(ErrandState.DUE, ErrandState.STUCK))
        return bool(waiting.update(state=ErrandState.DROPPED, last_error=reason))


E = TypeVar("E", bound=Errand)
T = TypeVar("T")


def run(
    errand: E,
    *,
    do: Callable[[E], T],
    done: Callable[[E, T], None],
    stuck: Callable[[E, str], None],
    now: datetime,
    hold: Callable[[E], object] = lambda errand: None,
) -> Outcome:
    """Claim, do and settle one errand.

    ``do`` talks to the other server, outside any transaction. ``done`` and ``stuck`` write what follows here, in the
    transaction that settles; ``hold`` locks there first what others lock before the errand, lest the two wait for each
    other. ``do`` raises NotYet for what takes the other server a while. Raises Throttled and Disconnected again,
    settled at no cost, so that the caller can stop.
    """
    if not errand.take(now):
        return Outcome.NOT_OURS
    if errand.claims > CLAIMS:
        return _give_up(errand, f"Given up: the worker died {CLAIMS} times while doing this.", stuck, hold)
    try:
        result = do(errand)
    except (Throttled, Disconnected) as error:
        wait = getattr(error, "retry_in", None) or timedelta(0)
        errand.settle(state=ErrandState.DUE, due_at=now + wait, last_error=str(error))
        raise
    except NotYet as later:
        errand.settle(state=ErrandState.DUE, due_at=now + later.wait, attempts=0, failing_since=None, last_error="")
        return Outcome.WAITING
    except Unavailable as error:
        return _wait(errand, error, stuck, hold, now)
    except Rejected as error:
        return _give_up(errand, str(error), stuck, hold)
    with transaction.atomic():
        hold(errand)
        if not errand.settle(state=ErrandState.DONE, attempts=0, failing_since=None, last_error=""):
            return Outcome.NOT_OURS
        done(errand, result)
    return Outcome.DONE


def _wait(
    errand: E, error: Unavailable, stuck: Callable[[E, str], None], hold: Callable[[E], object], now: datetime
) -> Outcome:
    since = errand.failing_since or now
    if now - since > PATIENCE:
        return _give_up(errand, f"Given up after {PATIENCE.days} days: {error}", stuck, hold)
    wait = max(WAITS[min(errand.attempts, len(WAITS) - 1)], error.retry_in or timedelta(0))
    errand.settle(
        state=ErrandState.DUE,
        due_at=now + wait,
        attempts=errand.attempts + 1,
        failing_since=since,
        last_error=str(error),
    )
    return Outcome.WAITING


def _give_up(errand: E, reason: str, stuck: Callable[[E, str], None], hold: Callable[[E], object]) -> Outcome:
    with transaction.atomic():
        hold(errand)
        if not errand.settle(state=ErrandState.STUCK, attempts=errand.attempts + 1, last_error=reason):
            return Outcome.NOT_OURS
        stuck(errand, reason)
    return Outcome.STUCK


def indexes(name: str, *fields: str) -> list[models.Index]:
    """The partial index that the sweep uses: only what is owed."""
    owed = Q(state__in=(ErrandState.DUE, ErrandState.RUNNING))
    return [models.Index(fields=[*fields, "due_at"], condition=owed, name=name)]
