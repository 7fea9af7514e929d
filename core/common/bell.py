"""Waking a worker after a commit.

What is owed stands in the database: a bell that nobody hears is made up for by the sweep.
"""

from functools import partial
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def ring(task: "Task[Any, Any]", **ids: Any) -> None:
    """Wake a worker once the transaction is committed. Never fails because the broker is away."""
    transaction.on_commit(partial(_ring, task, ids))


def _ring(task: "Task[Any, Any]", ids: dict[str, Any]) -> None:
    try:
        task.apply_async(kwargs=ids, retry=False, expires=60)
    except OperationalError:
        log.warning("bell.unheard", task=task.name)
