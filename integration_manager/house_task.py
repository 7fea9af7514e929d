"""What every task of ours does besides its work: it does nothing on a paused portal, and a sweep says that it ran."""

from typing import Any

import structlog
from celery import Task
from django.conf import settings
from django.db import DatabaseError

from core.upkeep import heartbeats, installation
from core.upkeep.models import Heartbeat

log = structlog.get_logger(__name__)


class HouseTask(Task):
    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:  # by a test or a command, which knows what it does
            return super().__call__(*args, **kwargs)
        done = None
        if not installation.why_paused():
            done = super().__call__(*args, **kwargs)
        if self.name in settings.SWEEPS:  # a sweep that failed did not run
            self._say_that_it_ran()
        return done

    def _say_that_it_ran(self) -> None:
        try:
            heartbeats.beat_rarely(self.name, Heartbeat.Kind.SWEEP)
        except DatabaseError as error:  # what was done is done
            log.warning("heartbeat.unwritten", name=self.name, error=type(error).__name__)
