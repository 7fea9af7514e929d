"""What goes wrong meanwhile: processes die, the broker forgets or freezes, connections end, Amazon misbehaves.

Every disturbance is over by itself within seconds. Which comes when is decided by the seed.
"""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping

import redis
from django.conf import settings
from django.db import connection

from tools.soak.amazon import SimulatedAmazon
from tools.soak.processes import Processes

FROZEN_SECONDS = FAULT_SECONDS = 6.0
# Of Amazon, by operation: what its developers report. A fault is used up by so many calls.
FAULTS: tuple[tuple[str, str, int], ...] = (
    ("*", "500", 3),
    ("*", "503_html", 2),
    ("*", "429", 3),
    ("*", "html_200", 1),
    ("*", "token_expired", 1),
    ("searchOrders", "truncated", 1),
    ("searchOrders", "dropped", 1),
    ("searchOrders", "duplicate_page", 1),
    ("confirmShipment", "lost_answer", 1),
    ("confirmShipment", "dropped", 1),
    ("confirmShipment", "truncated", 2),
    ("confirmShipment", "slow", 2),
)
SILENCE_SECONDS = 5.0  # how long an answer that never comes holds its connection before the wire gives up


class Disturbances:
    """Things that go wrong, one at a time."""

    def __init__(self, processes: Processes, amazon: SimulatedAmazon, chance: random.Random) -> None:
        self.processes, self.amazon, self.chance = processes, amazon, chance
        self.counts: Counter[str] = Counter()
        self._frozen: threading.Timer | None = None
        self._faulty: threading.Timer | None = None
        self._redis = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5)
        self._broker_pid = int(self._redis.info("server")["process_id"])
        self.kinds: Mapping[str, Callable[[], bool | None]] = {
            "process of a worker killed": self._child,
            "worker killed": self._worker,
            "worker told to stop": self._stop,
            "scheduler killed": self.processes.beat.kill,
            "Redis flushed": self._flush,
            "Redis frozen": self._freeze,
            "database connections ended": self._disconnect,
            "fault at Amazon": self._fault,
        }
        self.weights = [6, 2, 2, 1, 1, 1, 1, 6]

    def end(self) -> None:
        """Nothing goes wrong any more."""
        for timer in (self._frozen, self._faulty):
            if timer is not None:
                timer.join()
        self.amazon.heal()

    def one(self) -> str:
        """Let something go wrong. Returns what it was."""
        name = self.chance.choices(list(self.kinds), self.weights)[0]
        if self.kinds[name]() is not False:
            self.counts[name] += 1
        return name

    def _child(self) -> bool:
        return self.chance.choice(self.processes.workers).kill_one(self.chance.random())

    def _worker(self) -> None:
        self.chance.choice(self.processes.workers).kill()

    def _stop(self) -> None:
        self.chance.choice(self.processes.workers).kill(signal.SIGTERM)

    def _flush(self) -> None:
        self._redis.flushall()

    def _freeze(self) -> None:
        """The broker takes connections and answers nothing."""
        os.kill(self._broker_pid, signal.SIGSTOP)
        self._frozen = threading.Timer(FROZEN_SECONDS, os.kill, (self._broker_pid, signal.SIGCONT))
        self._frozen.start()

    def _disconnect(self) -> None:
        """What a restart of PostgreSQL does to everybody who is connected."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def _fault(self) -> None:
        """What no call met within seconds is over, as it is at Amazon. Kept until one comes, it would meet each."""
        if self._faulty is not None:
            self._faulty.cancel()
        self.amazon.heal()
        operation, kind, times = self.chance.choice(FAULTS)
        self.amazon.fail(operation=operation, kind=kind, times=times, seconds=SILENCE_SECONDS)
        self._faulty = threading.Timer(FAULT_SECONDS, self.amazon.heal)
        self._faulty.start()
