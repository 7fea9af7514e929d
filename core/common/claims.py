"""What a worker is at stays its own for as long as it lives, and not much longer.

A claim is short, so that what a dead worker leaves behind is taken up within a minute; whoever holds one renews it from
a thread of its process. A renewal says by which claim it comes, so it never brings back what another worker took.
"""

import mmap
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, InterfaceError, connections

from core.common import clock

log = structlog.get_logger(__name__)

CLAIM = timedelta(seconds=40)  # with the next sweep: a dead worker costs less than a minute
BEAT = 10.0  # seconds between two renewals: three may fail before the claim is lost
LONGEST = timedelta(minutes=5)  # more than a task may take: who is at it still hangs, and keeps nothing from others

Renewal = Callable[[datetime], bool]  # given until when; False when the claim is somebody else's by now


# -- Renewing ----------------------------------------------------------------------------------------------------------
@contextmanager
def held(renew: Renewal, *, now: datetime) -> Iterator[None]:
    """Renew a claim made ``now`` for as long as this block runs."""
    claim = _Held(renew, clock.running(now), time.monotonic())
    _renewals.add(claim)
    try:
        yield
    finally:
        _renewals.discard(claim)


@dataclass(eq=False, slots=True)
class _Held:
    renew: Renewal
    now: Callable[[], datetime]
    begun: float

    def beat(self) -> bool:
        """Renew it. False when there is nothing to renew any more."""
        if time.monotonic() - self.begun > LONGEST.total_seconds():
            return False
        return self.renew(self.now() + CLAIM)


class _Renewals:
    """The claims of this process, and the thread that renews them; it ends when there is nothing to renew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[_Held] = set()
        self._thread: threading.Thread | None = None

    def add(self, claim: _Held) -> None:
        with self._lock:
            self._held.add(claim)
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name="claims", daemon=True)
                self._thread.start()

    def discard(self, claim: _Held) -> None:
        with self._lock:
            self._held.discard(claim)

    def beat(self) -> bool:
        """Renew what has been held for a while. False when nothing was held."""
        with self._lock:
            held = list(self._held)
        for claim in held:
            if time.monotonic() - claim.begun < BEAT / 2:
                continue  # as good as new
            try:
                kept = claim.beat()
            except (DatabaseError, InterfaceError) as error:
                log.warning("claim.not_renewed", error=type(error).__name__)  # the next beat tries again
                continue
            if not kept:
                self.discard(claim)
        return bool(held)

    def _go_on(self) -> None:
        while True:
            time.sleep(BEAT)
            try:
                self.beat()
            finally:
                connections.close_all()  # of this thread: between two beats nobody needs one
            with self._lock:
                if not self._held:
                    self._thread = None
                    return


_renewals = _Renewals()


# -- Stopping ----------------------------------------------------------------------------------------------------------
# Shared with the children of a worker: only their parent hears that it is to stop.
_stopping = mmap.mmap(-1, 1)


def stop() -> None:
    """This worker is to stop: what is claimed is brought to its end, and nothing more is claimed."""
    _stopping[0] = 1


def go_on() -> None:
    """It works, as at first."""
    _stopping[0] = 0


def is_stopping() -> bool:
    return bool(_stopping[0])


# A child has none of its parent's claims and threads; a lock held while forking would stay held in the child.
def _start_afresh() -> None:
    global _renewals
    _renewals = _Renewals()


os.register_at_fork(after_in_child=_start_afresh)
