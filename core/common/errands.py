"""Work owed to another server, kept as a row. Nobody else writes its columns: here are the verbs that move it.

A row is written in the transaction that owes it. Whoever runs it (``jobs``) *claims* it in one statement, *does* it
outside any transaction, and *settles* it in another, fenced by the claim: a worker that lost its claim settles nothing.
A claim is short and renewed while its worker lives (``claims``). One that ran out is due again, so a killed worker
loses nothing; doing must therefore be safe to do twice.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Case, F, Q, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from core.common.claims import CLAIM, LONGEST, Renewal

M = TypeVar("M", bound=models.Model)

# A row rests longer each time a worker died at it: it may be what kills them.
RESTS = {1: 2 * CLAIM, 2: 4 * CLAIM}
LONG_REST = LONGEST
LAST_WORD = timedelta(minutes=2)  # more than any worker needs to say what it set out to say


class ErrandState(models.TextChoices):
    DUE = "due", "Due"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STUCK = "stuck", "Needs a person"
    DROPPED = "dropped", "Dropped"  # no longer owed


OWED = (ErrandState.DUE, ErrandState.RUNNING)  # it is done without anybody's help
UNFINISHED = (*OWED, ErrandState.STUCK)
AT_REST = (ErrandState.DUE, ErrandState.STUCK)  # not done, and no worker has claimed it
ANSWERED = (ErrandState.DONE, ErrandState.STUCK)  # the other server said yes or no
ENDED = (ErrandState.DONE, ErrandState.DROPPED)

UNCLAIMED: dict[str, Any] = {"claim": None, "claimed_until": None, "claims": 0}
UNTRIED: dict[str, Any] = {"attempts": 0, "failing_since": None, "last_error": ""}


def _anew(now: datetime) -> dict[str, Any]:
    """Every column of an errand that is owed from the start."""
    return {"state": ErrandState.DUE, "due_at": now, **UNCLAIMED, **UNTRIED}


def _is_taken(now: datetime) -> Q:
    return Q(state=ErrandState.RUNNING, claimed_until__gt=now)


def _is_due(now: datetime) -> Q:
    """What is owed now, with what a dead worker left behind."""
    return Q(state=ErrandState.DUE, due_at__lte=now) | Q(state=ErrandState.RUNNING, claimed_until__lte=now)


class ErrandQuerySet(models.QuerySet[M]):
    """Facts narrow a set of errands. Verbs move all of it, whatever state it is in: narrow it first."""

    # -- Facts -------------------------------------------------------------------------------------------------------
    def due(self, now: datetime) -> Self:
        return self.filter(_is_due(now))

    def waiting(self) -> Self:
        """What is owed, now or later, and not claimed."""
        return self.filter(state=ErrandState.DUE)

    def owed(self) -> Self:
        return self.filter(state__in=OWED)

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def at_rest(self) -> Self:
        return self.filter(state__in=AT_REST)

    def stuck(self) -> Self:
        return self.filter(state=ErrandState.STUCK)

    def done(self) -> Self:
        return self.filter(state=ErrandState.DONE)

    def answered(self) -> Self:
        return self.filter(state__in=ANSWERED)

    def dropped(self) -> Self:
        return self.filter(state=ErrandState.DROPPED)

    def undropped(self) -> Self:
        return self.exclude(state=ErrandState.DROPPED)

    def tried(self) -> Self:
        """What a worker was at since it was last done: something of it may have got there."""
        return self.filter(Q(attempts__gt=0) | Q(claims__gt=0) | Q(failing_since__isnull=False))

    def taken(self, now: datetime) -> Self:
        """What a worker is at."""
        return self.filter(_is_taken(now))

    def untaken(self, now: datetime) -> Self:
        return self.exclude(_is_taken(now))

    def fairly(self, *, within: str, order_by: str) -> Self:
        """Take turns between the values of ``within``, so that one with much to do does not starve the others."""
        first = [F(order_by).asc(nulls_last=True), F("pk").asc()]
        turn = Window(RowNumber(), partition_by=[F(within)], order_by=first)
        return self.annotate(turn=turn).order_by("turn", order_by, "pk")

    # -- Verbs: each writes other columns along with it, and returns how many rows it moved ---------------------------
    def reopen(self, *, now: datetime, after_claims: bool = False, **fields: Any) -> int:
        """Owe it again from the start: with new patience, and nothing of before held against it.

        A worker that is at it loses its claim and settles nothing. With ``after_claims`` it is not due before that
        worker has surely ended, so that what is owed now has the last word; and that something of before may have got
        there is not forgotten.
        """
        anew = _anew(now)
        if after_claims:
            anew["due_at"] = Case(When(_is_taken(now), then=Value(now + LAST_WORD)), default=Value(now))
            maybe_there = _is_taken(now) | Q(failing_since__isnull=False)
            anew["failing_since"] = Case(When(maybe_there, then=Value(now)), default=None)
        return self.update(**anew, **fields)

    def owe_anew(self, *, now: datetime, defaults: dict[str, Any], **key: Any) -> Any:
        """Write the one row of this key, or reopen it, whoever is at it. Returns the row."""
        row, _ = self.update_or_create(**key, defaults={**defaults, **_anew(now)})
        return row

    def finish(self, **fields: Any) -> int:
        """It is done, whoever did it."""
        return self.update(state=ErrandState.DONE, **UNCLAIMED, **UNTRIED, **fields)

    def leave_to_person(self, reason: str, **fields: Any) -> int:
        return self.update(state=ErrandState.STUCK, **UNCLAIMED, last_error=reason, **fields)

    def stop(self, reason: str, **fields: Any) -> int:
        """It is no longer owed. Since when it failed is kept: it may have got there all the same."""
        return self.update(state=ErrandState.DROPPED, **UNCLAIMED, last_error=reason, **fields)

    def put_off(self, why: str, *, again_at: datetime, **fields: Any) -> int:
        """None of it can be tried before then: that costs nothing. What a worker is at stays with that worker."""
        return self.waiting().update(due_at=again_at, last_error=why, **fields)

    def lend(self, *, until: datetime, now: datetime, **fields: Any) -> int:
        """Claim what is due for somebody who is no worker of ours, and who answers for each until then.

        Nobody renews that claim, and it is not settled by it: one that runs out is due again.
        """
        left_behind = When(state=ErrandState.RUNNING, then=F("claims") + 1)
        claimed = {"claim": uuid.uuid4(), "claimed_until": until, "claims": Case(left_behind, default=1)}
        return self.due(now).update(state=ErrandState.RUNNING, **claimed, **fields)

    def hasten(self, *, now: datetime) -> int:
        """What waits for a later try is due now. What a worker is at, and what is due already, stays as it is."""
        return self.waiting().filter(due_at__gt=now).update(due_at=now)

    def forget(self, **fields: Any) -> int:
        """Nothing of what was tried is there: that is known by now."""
        return self.update(**UNTRIED, **fields)

    def note(self, text: str, **fields: Any) -> int:
        """Say something about it without moving it; "" takes back what was said."""
        return self.update(last_error=text, **fields)


class Errand(models.Model):
    """The model that inherits this gives it a manager made from ErrandQuerySet."""

    beside: ClassVar[Sequence[str]] = ()  # what whoever runs it looks at first: read in one go when it is claimed

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

    # -- Facts -------------------------------------------------------------------------------------------------------
    @property
    def is_waiting(self) -> bool:
        return self.state == ErrandState.DUE

    @property
    def is_owed(self) -> bool:
        return self.state in OWED

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_at_rest(self) -> bool:
        return self.state in AT_REST

    @property
    def is_stuck(self) -> bool:
        return self.state == ErrandState.STUCK

    @property
    def is_done(self) -> bool:
        return self.state == ErrandState.DONE

    @property
    def is_dropped(self) -> bool:
        return self.state == ErrandState.DROPPED

    @property
    def was_tried(self) -> bool:
        """Whether a worker was at it since it was last done: something of it may have got there."""
        return self.attempts > 0 or self.claims > 0 or self.failing_since is not None

    def is_taken(self, now: datetime) -> bool:
        """Whether a worker is at it."""
        claimed = self.claimed_until is not None and self.claimed_until > now
        return self.state == ErrandState.RUNNING and claimed

    # -- Verbs of anybody --------------------------------------------------------------------------------------------
    def reopen(self, *, now: datetime, **fields: Any) -> bool:
        """Owe it again from the start, whatever became of it before. False while a worker is at it."""
        return bool(self._row.untaken(now).reopen(now=now, **fields))

    def set_done(self) -> None:
        """It is done before it is stored: there is nothing to be run."""
        self.state = ErrandState.DONE

    def stop(self, reason: str, *, now: datetime) -> bool:
        """Stop owing it. False while a worker is at it or when it is done. A dead worker is at nothing."""
        return bool(self._row.unfinished().untaken(now).stop(reason))

    # -- Verbs of the worker that has the claim ----------------------------------------------------------------------
    def take(self, now: datetime, *, at: datetime | None = None) -> bool:
        """Claim this row. False when it is not due or another worker has it.

        ``at`` is the time by now, where a run that began ``now`` has been going on for a while.
        """
        claim, at = uuid.uuid4(), at or now
        fresh = {"state": ErrandState.RUNNING, "claim": claim, "claimed_until": at + CLAIM, "claims": 1}
        won = self._row.filter(state=ErrandState.DUE, due_at__lte=now).update(**fresh)  # nearly always
        won = won or self._take_left_behind(claim, now, at)
        if won:
            self.refresh_from_db(from_queryset=self._row.select_related(*self.beside) if self.beside else None)
        return bool(won) and self.claim == claim

    def _take_left_behind(self, claim: uuid.UUID, now: datetime, at: datetime) -> int:
        """Claim it where a worker died at it. Returns how many rows that were."""
        rests = [When(claims=died, then=Value(at + rest)) for died, rest in RESTS.items()]
        until = Case(*rests, When(claims__gt=max(RESTS), then=Value(at + LONG_REST)), default=at + CLAIM)
        # What the dead worker did may have got there: that is remembered until it is done.
        since = Coalesce("failing_since", F("claimed_until") - LONGEST)
        left_behind = self._row.filter(state=ErrandState.RUNNING, claimed_until__lte=now)
        return left_behind.update(claim=claim, claimed_until=until, claims=F("claims") + 1, failing_since=since)

    def renewal(self) -> Renewal:
        """Return what renews the claim, if it is still ours; it touches nothing else of the row, or of this object."""
        mine = self._row.filter(claim=self.claim, state=ErrandState.RUNNING)

        def renew(until: datetime) -> bool:
            longer = Case(When(claimed_until__lt=until, then=Value(until)), default=F("claimed_until"))
            return bool(mine.update(claimed_until=longer))

        return renew

    def keep(self, **fields: Any) -> bool:
        """Write down how far it is, if the claim is still ours."""
        if self.claim is None or not self._row.filter(claim=self.claim).update(**fields):
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True

    def forgive(self, **fields: Any) -> bool:
        """Write down how far it is, and that what failed until now does not count any more."""
        return self.keep(failing_since=None, **fields)

    def settle(self, *, state: ErrandState, **fields: Any) -> bool:
        """Write the result if the claim is still ours."""
        return self.keep(**{**UNCLAIMED, **fields, "state": state})

    def settle_done(self, **fields: Any) -> bool:
        return self.settle(state=ErrandState.DONE, **UNTRIED, **fields)

    def settle_stuck(self, reason: str) -> bool:
        return self.settle(state=ErrandState.STUCK, attempts=self.attempts + 1, last_error=reason)

    def settle_failed(self, error: str, *, since: datetime, again_at: datetime) -> bool:
        """It failed, and is tried again: that counts as an attempt."""
        failed = {"attempts": self.attempts + 1, "failing_since": since, "last_error": error}
        return self.settle(state=ErrandState.DUE, due_at=again_at, **failed)

    def settle_put_off(self, why: str, *, again_at: datetime) -> bool:
        """It could not be tried: that costs nothing."""
        return self.settle(state=ErrandState.DUE, due_at=again_at, last_error=why)

    def settle_under_way(self, *, again_at: datetime) -> bool:
        """The other server is at it: what failed before is forgotten."""
        return self.settle(state=ErrandState.DUE, due_at=again_at, **UNTRIED)

    @property
    def _row(self) -> ErrandQuerySet:
        rows: ErrandQuerySet = type(self)._default_manager.filter(pk=self.pk)  # type: ignore[assignment]
        return rows


def indexes(name: str, *fields: str) -> list[models.Index]:
    """The partial index that the sweep uses: only what is owed."""
    return [models.Index(fields=[*fields, "due_at"], condition=Q(state__in=OWED), name=name)]
