"""Running errands: how errands of a kind are done, and one way to run what is due of them.

The errand keeps its own state; here is only what is made of the other server's answer.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections, transaction

from core.common import claims, clock
from core.common.errands import Errand
from core.common.remote import Disconnected, OurFault, Rejected, Throttled, Unavailable

WAITS = tuple(timedelta(minutes=m) for m in (0.25, 1, 5, 15, 60, 240))  # the last one repeats
PATIENCE = timedelta(days=15)  # how long an absent server is asked again before a person is
CLAIMS = 5  # a row that killed so many workers is a person's business
GOING_ON = timedelta(minutes=2)  # for one run, well below the time a task may take; the next sweep goes on

MENDED_IN = timedelta(minutes=1)  # how soon it is tried again after something of this server's own failed
OWN_TROUBLE = (OSError, OperationalError, InterfaceError)  # a full disk, a database or a Redis that went away

E = TypeVar("E", bound=Errand)
T = TypeVar("T")


class NotYet(Exception):
    """What was asked for is under way: come again after ``wait``. Nothing failed, so it costs no attempt."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("It is in progress.")
        self.wait = wait


class Outcome(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    STUCK = "stuck"
    NOT_OURS = "not ours"  # another worker has it, or it is not due


@dataclass
class Tally:
    """What became of the errands that were run."""

    done: int = 0
    waiting: int = 0
    stuck: int = 0
    put_off: int = 0  # for want of quota or of a connection, at no cost
    is_away: bool = False  # the other server did not answer, several times in a row

    def count(self, outcome: Outcome) -> None:
        self.done += outcome is Outcome.DONE
        self.waiting += outcome is Outcome.WAITING
        self.stuck += outcome is Outcome.STUCK


class Job(ABC, Generic[E, T]):
    """How errands of a kind are done."""

    one_quota: bool = True  # used up for one errand, it is used up for all: the run ends
    one_connection: ClassVar[bool] = True  # cut for one errand, it is cut for all: the caller is told

    # So many failed one after another: the other server is away, and the rest waits for the next run. 0: never.
    ends_after: ClassVar[int] = 0

    @abstractmethod
    def do(self, errand: E, /, *, now: datetime) -> T:
        """Talk to the other server, outside any transaction. Safe to do twice.

        Raises NotYet for what takes the other server a while, and any RemoteError.
        """

    @abstractmethod
    def done(self, errand: E, result: T, /, *, now: datetime) -> None:
        """Write what follows here, in the transaction that settles."""

    @abstractmethod
    def stuck(self, errand: E, reason: str, /, *, now: datetime) -> None:
        """Write what follows when a person is needed, in the transaction that settles."""

    def lock_first(self, errand: E, /) -> None:
        """Lock what others lock before the errand, lest the two wait for each other."""

    def follow_up(self, errand: E, /, *, now: datetime) -> None:
        """What is to be asked of the other server once it is done, outside any transaction. ``run_due`` calls it."""


def run_due(due: Iterable[E], job: Job[E, T], *, now: datetime, lanes: int = 1) -> Tally:
    """Run errands one after another, in this order, for a while. Raises Disconnected where all share one connection.

    With ``lanes``, so many at a time once the first one got through: it fetches the token that all of them need, and
    a server that hangs holds no more than that one.
    """
    turn = _Turn(due, job, now)
    if lanes == 1 or not _can_run_beside():
        turn.work()
        return turn.tally
    turn.work(most=1)
    if not turn.tally.done:
        turn.work()
        return turn.tally
    with ThreadPoolExecutor(lanes, thread_name_prefix="errands") as pool:
        for each in [pool.submit(turn.work_beside) for _ in range(lanes)]:
            each.result()
    return turn.tally


def _can_run_beside() -> bool:
    """Whether other connections see what this one writes, and may write at the same time."""
    return connection.features.has_select_for_update and not connection.in_atomic_block


class _Turn(Generic[E, T]):
    """Errands of one run, for one thread or several."""

    def __init__(self, due: Iterable[E], job: Job[E, T], now: datetime) -> None:
        self.tally = Tally()
        self._due, self._job, self._now = iter(due), job, now
        self._time, self._failed = clock.running(now), 0
        self._lock = threading.Lock()

    def work_beside(self) -> None:
        try:
            self.work()
        finally:
            connections.close_all()  # of this thread

    def work(self, *, most: int = 0) -> None:
        """Run what nobody has taken yet, at ``most`` so many."""
        count = 0
        while (errand := self._next()) is not None:
            self._run(errand)
            count += 1
            if count == most:
                return

    def _next(self) -> E | None:
        with self._lock:
            if self.tally.is_away or claims.is_stopping() or self._time() - self._now > GOING_ON:
                return None
            return next(self._due, None)

    def _run(self, errand: E) -> None:
        try:
            outcome = run(errand, self._job, now=self._now, at=self._time())
        except Throttled:
            self._put_off(end=self._job.one_quota)
            return
        except Disconnected:
            if self._job.one_connection:
                raise
            self._put_off()
            return
        with self._lock:
            self.tally.count(outcome)
            failed = errand.failing_since is not None and outcome is Outcome.WAITING
            self._failed = self._failed + 1 if failed else 0
            if self._job.ends_after and self._failed >= self._job.ends_after:
                self.tally.is_away = True
        if outcome is Outcome.DONE:
            self._job.follow_up(errand, now=self._now)

    def _put_off(self, *, end: bool = False) -> None:
        with self._lock:
            self.tally.put_off += 1
            if end:
                self._due = iter(())


def run(errand: E, job: Job[E, T], *, now: datetime, at: datetime | None = None) -> Outcome:
    """Claim, do and settle one errand. Raises Throttled and Disconnected again, settled at no cost.

    ``at`` is the time by now, where ``now`` is when the run began.
    """
    at = at or now
    if not errand.take(now, at=at):
        return Outcome.NOT_OURS
    if errand.claims > CLAIMS:
        return _give_up(errand, f"Given up: the worker died {CLAIMS} times while doing this.", job, now)
    claim = errand.claim
    try:
        return _do(errand, job, now, at)
    except OWN_TROUBLE as error:
        raise _own_fault(errand, claim, error, now) from error


def _do(errand: E, job: Job[E, T], now: datetime, at: datetime) -> Outcome:
    try:
        with claims.held(errand.renewal(), now=at):
            result = job.do(errand, now=now)
    except (Throttled, Disconnected) as error:
        wait = getattr(error, "retry_in", None) or timedelta(0)
        errand.settle_put_off(str(error), again_at=now + wait)
        raise
    except NotYet as later:
        errand.settle_under_way(again_at=now + later.wait)
        return Outcome.WAITING
    except Unavailable as error:
        return _wait(errand, error, job, now)
    except Rejected as error:
        return _give_up(errand, str(error), job, now)
    with transaction.atomic():
        job.lock_first(errand)
        if not errand.settle_done():
            return Outcome.NOT_OURS
        job.done(errand, result, now=now)
    return Outcome.DONE


def _own_fault(errand: E, claim: UUID | None, error: Exception, now: datetime) -> OurFault:
    """No errand is to blame for a disk that is full: it waits at no cost, and no worker counts as killed by it."""
    said = f"This server has a problem of its own ({type(error).__name__}): check its disk, its database and Redis."
    with suppress(OSError, DatabaseError):  # where not even that can be written, the claim runs out
        errand.refresh_from_db()  # it may have been settled, and that rolled back
        if errand.claim == claim:
            errand.settle_put_off(said, again_at=now + MENDED_IN)
    return OurFault(said, retry_in=MENDED_IN)


def _wait(errand: E, error: Unavailable, job: Job[E, T], now: datetime) -> Outcome:
    since = errand.failing_since or now
    if now - since > PATIENCE:
        return _give_up(errand, f"Given up after {PATIENCE.days} days: {error}", job, now)
    wait = max(WAITS[min(errand.attempts, len(WAITS) - 1)], error.retry_in or timedelta(0))
    errand.settle_failed(str(error), since=since, again_at=now + wait)
    return Outcome.WAITING


def _give_up(errand: E, reason: str, job: Job[E, T], now: datetime) -> Outcome:
    with transaction.atomic():
        job.lock_first(errand)
        if not errand.settle_stuck(reason):
            return Outcome.NOT_OURS
        job.stuck(errand, reason, now=now)
    return Outcome.STUCK
