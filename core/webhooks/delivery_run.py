"""Sending what is owed to endpoints: many at once, and none of them at another's cost.

One process of a machine sends at a time. It claims and settles in its own thread, which alone asks the database; the
attempts are made by others, which only wait for somebody else's server. An endpoint has a share of them, and one that
fails or takes its time no more than one; whatever has been under way for a while does not count against the others.
"""

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from core.common import claims, clock, slots
from core.common.errands import ErrandState
from core.common.jobs import CLAIMS, GOING_ON, Tally
from core.common.vault import Unopenable
from core.upkeep import installation
from core.upkeep.installation import Paused
from core.webhooks import endpoint_health
from core.webhooks.attempts import Post, PostAnswer, Poster
from core.webhooks.models import Delivery, Endpoint

log = structlog.get_logger(__name__)

# After each failed attempt; then a person is asked. Ten attempts in three days.
WAITS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
JITTER = 0.1  # of a wait, more or less: what failed at once does not come back at once
SHARE = 6  # attempts at one endpoint at a time
QUICK = 16  # attempts at a time, of those that have not taken long yet
MOST = 64  # attempts at a time in all
LONG = 2.0  # seconds that an attempt may take and count as a quick one
LOOK = 0.15  # seconds between two looks for what is due
PAGE = 50  # messages of one endpoint taken at a look

Send = Callable[[Post], PostAnswer]


def send_due(*, now: datetime) -> Tally:
    """Send what is due. Does nothing where another process of this machine is at it, or the portal is paused."""
    running = clock.running(now, exactly=True)  # from here on: behind the clock, what is due would not be yet
    if not Delivery.objects.sendable(now).exists():
        return Tally()
    try:
        installation.check_may_send()
    except Paused:
        return Tally()
    poster = Poster()
    run = DeliveryRun(poster.post, now=now, running=running)
    try:
        with slots.slot("webhooks", most=1):  # given back before the last answers are in: others may go on by then
            run.send()
    except slots.AllTaken:
        pass
    finally:
        run.finish()
        poster.close()
    return run.tally


@dataclass(eq=False, slots=True)
class _Attempt:
    delivery: Delivery
    endpoint: Endpoint
    begun: float

    @property
    def is_long(self) -> bool:
        return time.monotonic() - self.begun > LONG


@dataclass(eq=False, slots=True)
class _Queue:
    """What was found due for one endpoint. ``is_page``: there may be more of it."""

    endpoint: Endpoint
    waiting: deque[Delivery]
    is_page: bool


class DeliveryRun:
    """One sweep over what is owed. ``send`` begins attempts for a while; ``finish`` waits for the last answers."""

    def __init__(self, send: Send, *, now: datetime, running: Callable[[], datetime]) -> None:
        self.tally = Tally()
        self._send, self._now = send, now
        self._time = running
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="webhooks")
        self._under_way: dict[Future[PostAnswer], _Attempt] = {}
        self._answered: queue.SimpleQueue[Future[PostAnswer]] = queue.SimpleQueue()
        self._waiting: dict[int, _Queue] = {}
        self._looked = float("-inf")

    def send(self) -> None:
        while not claims.is_stopping() and self._time() - self._now <= GOING_ON:
            begun = self._begin_some()
            if not self._under_way and not begun and not self._look(at_once=True):
                return
            self._settle_some(LOOK / 5)

    def finish(self) -> None:
        while self._under_way:
            self._settle_some(1.0)
        self._pool.shutdown()

    # -- Beginning -----------------------------------------------------------------------------------------------------
    def _look(self, *, at_once: bool = False) -> bool:
        """See what is due, once in a while. Returns whether anything is."""
        if not at_once and time.monotonic() - self._looked < LOOK:
            return bool(self._waiting)
        self._looked, at = time.monotonic(), self._time()
        due = Delivery.objects.sendable(at)
        endpoints = Endpoint.objects.filter(pk__in=due.values("endpoint").distinct()).order_by("pk")
        # What was found before and still waits is not read again: that took longer than to find who is new.
        self._waiting = {each.pk: self._still_waiting(each) or self._queue_of(each, at) for each in endpoints}
        return bool(self._waiting)

    def _still_waiting(self, endpoint: Endpoint) -> _Queue | None:
        found = self._waiting.get(endpoint.pk)
        return _Queue(endpoint, found.waiting, found.is_page) if found and found.waiting else None

    def _queue_of(self, endpoint: Endpoint, at: datetime) -> _Queue:
        rows = Delivery.objects.due(at).filter(endpoint=endpoint)
        page = deque(rows.order_by("due_at", "pk")[:PAGE])
        return _Queue(endpoint, page, len(page) == PAGE)

    def _begin_some(self) -> int:
        """Begin what may be begun, in turns between the endpoints, the idle ones first. Returns how many."""
        self._look()
        begun = 0
        while (room := self._room()) > 0:
            turn = [each for each in self._waiting.values() if each.waiting and self._has_share(each.endpoint)]
            if not turn:
                break
            for each in sorted(turn, key=lambda each: len(self._at(each.endpoint)))[:room]:
                begun += self._begin(each.endpoint, each.waiting.popleft())
        for pk, emptied in [(pk, each) for pk, each in self._waiting.items() if not each.waiting]:
            self._waiting[pk] = self._queue_of(emptied.endpoint, self._time()) if emptied.is_page else emptied
        self._waiting = {pk: each for pk, each in self._waiting.items() if each.waiting}
        return begun

    def _room(self) -> int:
        quick = sum(not attempt.is_long for attempt in self._under_way.values())
        return min(QUICK - quick, MOST - len(self._under_way))

    def _has_share(self, endpoint: Endpoint) -> bool:
        mine = self._at(endpoint)
        ailing = endpoint.ailing_since is not None or any(attempt.is_long for attempt in mine)
        return endpoint.disabled_at is None and len(mine) < (1 if ailing else SHARE)

    def _at(self, endpoint: Endpoint) -> list[_Attempt]:
        return [attempt for attempt in self._under_way.values() if attempt.endpoint.pk == endpoint.pk]

    def _begin(self, endpoint: Endpoint, delivery: Delivery) -> int:
        at = self._time()
        if not delivery.take(at):
            return 0
        if delivery.claims > CLAIMS:
            with transaction.atomic():
                self._settle(_Attempt(delivery, endpoint, 0.0), PostAnswer("The worker that sent it died each time."))
            return 0
        try:
            secrets = endpoint.secrets(at)
        except Unopenable:
            delivery.settle_put_off(
                "Its signing secret can't be opened: VAULT_KEYS lacks a key.", again_at=at + WAITS[1]
            )
            return 0
        wanted = Post(endpoint.url, delivery.message_id, delivery.body, secrets)
        future = self._pool.submit(self._send, wanted)
        self._under_way[future] = _Attempt(delivery, endpoint, time.monotonic())
        future.add_done_callback(self._answered.put)
        return 1

    # -- Settling ------------------------------------------------------------------------------------------------------
    def _settle_some(self, patience: float) -> None:
        """Settle what was answered; where nothing was, wait for an answer, but not long.

        All of it in one transaction: each has to wait for the disk, and meanwhile nothing else is begun.
        """
        done = list(self._done(patience))
        if not done:
            return
        with transaction.atomic():
            for future in done:
                self._settle(self._under_way.pop(future), future.result())

    def _done(self, patience: float) -> Iterable[Future[PostAnswer]]:
        if not self._under_way:
            return
        try:
            yield self._answered.get(timeout=patience)
            while True:
                yield self._answered.get_nowait()
        except queue.Empty:
            return

    def _settle(self, attempt: _Attempt, answer: PostAnswer) -> None:
        delivery, endpoint, at = attempt.delivery, attempt.endpoint, clock.now()
        seen = {
            "tries": delivery.tries + 1,
            "tried_at": at,
            "status": answer.status,
            "answer": answer.text,
            "milliseconds": answer.milliseconds,
        }
        kept = delivery.keep(**seen) if answer.problem else delivery.settle_done(**seen, delivered_at=at)
        if not kept:
            return  # another worker has it by now, and sends it with the same id
        if not answer.problem:
            endpoint_health.took(endpoint, now=at)
        else:
            self._put_off(delivery, answer, at)
            endpoint_health.failed(endpoint, answer.problem, status=answer.status, now=at)
        self.tally.done += delivery.is_done
        self.tally.stuck += delivery.is_stuck
        self.tally.waiting += delivery.state == ErrandState.DUE

    def _put_off(self, delivery: Delivery, answer: PostAnswer, at: datetime) -> None:
        over = delivery.attempts >= len(WAITS) or delivery.claims > CLAIMS or answer.status == endpoint_health.GONE
        if over:
            delivery.settle_stuck(answer.problem)
            return
        wait = max(jittered(WAITS[delivery.attempts], delivery), answer.retry_in or timedelta(0))
        delivery.settle_failed(answer.problem, since=delivery.failing_since or at, again_at=at + wait)


def jittered(wait: timedelta, delivery: Delivery) -> timedelta:
    """Return a wait that is a little longer or shorter, another one for each message and attempt."""
    part = (int(delivery.message_id[-6:], 16) + 7919 * delivery.attempts) % 1000 / 999
    return wait * (1 + JITTER * (2 * part - 1))
