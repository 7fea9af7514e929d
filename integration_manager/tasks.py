"""Doors for the worker: cleaning up after every app."""

import structlog
from celery import shared_task

from core.common import clock
from core.common.bell import Bell
from integration_manager import clean_up

log = structlog.get_logger(__name__)


@shared_task(name=Bell.CLEAN_UP_DUE)
def clean_up_due() -> None:
    """Sweep: what was kept long enough."""
    for what, rows in clean_up.clean_up(now=clock.now()).items():
        log.info("clean_up.deleted", what=what, rows=rows)
