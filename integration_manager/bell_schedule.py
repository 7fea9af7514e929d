"""The scheduler: it rings for each sweep at its time, but not for workers that don't come.

A message does not expire: the clock of another host would decide about it, and a worker whose clock is a minute ahead
would drop every one. What keeps them from piling up is counted here, where they are made.
"""

from typing import Any

import structlog
from celery.beat import PersistentScheduler, Scheduler
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from core.upkeep import heartbeats
from core.upkeep.models import Heartbeat

log = structlog.get_logger(__name__)
ENOUGH = 500  # messages that nobody took: another one would be no news
LONGEST_SLEEP = 5  # seconds


class BellSchedule(Scheduler):
    """In memory, for the one process: what is due stands in the settings."""

    max_interval = LONGEST_SLEEP

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        try:
            heartbeats.beat_rarely("scheduler", Heartbeat.Kind.SCHEDULER)
        except DatabaseError as error:
            connection.close()
            log.warning("heartbeat.unwritten", name="scheduler", error=type(error).__name__)
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        if waiting(self.app) < ENOUGH:
            super().apply_entry(entry, producer)


class KeptBellSchedule(BellSchedule, PersistentScheduler):
    """The same, which also writes a file: its age tells the container's health check that it lives."""


def waiting(app: Any) -> int:
    """Return how many messages nobody took yet. When the broker does not say, none: ringing will find out."""
    with app.connection_or_acquire() as broker:
        try:
            found: int = broker.default_channel.queue_declare(app.conf.task_default_queue, passive=True).message_count
        except (OperationalError, *broker.connection_errors, *broker.channel_errors):
            return 0
    return found
