"""Doors for the worker: what is told to webhook endpoints."""

from celery import shared_task

from core.common import clock
from core.common.bell import Bell
from core.webhooks import delivery_run, log_reader, replays


@shared_task(name=Bell.WEBHOOKS_DUE)
def webhooks_due() -> None:
    """Sweep: read what happened, go on with replays, send what is owed."""
    log_reader.read_log(now=clock.now())
    replays.go_on(now=clock.now())
    delivery_run.send_due(now=clock.now())
