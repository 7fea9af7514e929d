"""Doors for workers: new passwords by email."""

from celery import shared_task

from core.accounts import reset_requests
from core.common import clock
from core.common.bell import Bell


@shared_task(name=Bell.RESET_DUE)
def reset_due() -> None:
    """Sweep: mail those who asked for a new password."""
    reset_requests.answer_due(now=clock.now())
