"""The bell. What is owed stands in the database; a lost message loses nothing (docs/decisions.md)."""

import os
from typing import Any

from celery import Celery
from celery.app.log import Logging
from celery.signals import task_prerun, worker_init, worker_shutting_down

from core.common import claims, redis_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")


class LoggingAsSet(Logging):
    """Leaves logs as the settings have them. Celery's own handlers would write lines that nothing was hidden in."""

    def setup_logging_subsystem(self, *args: Any, **kwargs: Any) -> bool:
        return True


app = Celery("integration_manager", log=LoggingAsSet, task_cls="integration_manager.house_task:HouseTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("integration_manager.worker_pulse:WorkerPulse")


@worker_init.connect
def begin(**_: Any) -> None:
    claims.go_on()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    """Heard by a worker's parent process before its children end: they finish what they are at and claim no more."""
    claims.stop()


@task_prerun.connect
def heard(*, task: Any, kwargs: dict[str, Any], **_: Any) -> None:
    redis_line.heard(task.name, kwargs)
