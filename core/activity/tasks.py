"""Doors for the worker: forgetting what was kept long enough."""

import structlog
from celery import shared_task

from core.activity import kept_exchanges
from core.common import clock
from core.common.bell import Bell

log = structlog.get_logger(__name__)


@shared_task(name=Bell.FORGET_DUE)
def forget_due() -> None:
    """Sweep: what was said to other servers, and is older than it is kept."""
    forgotten = kept_exchanges.forget(now=clock.now())
    if forgotten:
        log.info("exchanges.forgotten", exchanges=forgotten)
