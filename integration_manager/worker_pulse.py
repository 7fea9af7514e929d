"""A worker's sign of life, written beside its work: also while all its hands are full."""

import threading
from typing import Any

import structlog
from celery import bootsteps
from celery.worker import state
from django.db import DatabaseError, connection

from core.upkeep import heartbeats
from core.upkeep.models import Heartbeat

log = structlog.get_logger(__name__)


class WorkerPulse(bootsteps.StartStopStep):
    """A part of each worker, in a thread of its main process."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._stopped = threading.Event()

    def start(self, parent: Any) -> None:
        self._stopped.clear()
        threading.Thread(target=self._beat, args=[parent], name="pulse", daemon=True).start()

    def stop(self, parent: Any) -> None:
        self._stopped.set()

    def terminate(self, parent: Any) -> None:
        self._stopped.set()

    def _beat(self, worker: Any) -> None:
        while not self._stopped.is_set():
            busy = len(state.active_requests) >= (worker.concurrency or 1)
            try:
                heartbeats.beat(f"worker {worker.hostname}"[:120], Heartbeat.Kind.WORKER, busy=busy)
            except DatabaseError as error:
                log.warning("heartbeat.unwritten", name=worker.hostname, error=type(error).__name__)
            finally:
                connection.close()  # children of this process are made at any time, and must not inherit it
            self._stopped.wait(heartbeats.RARELY)
