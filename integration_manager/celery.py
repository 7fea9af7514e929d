"""The bell. What is owed stands in the database; a lost message loses nothing (docs/decisions.md)."""

import os
from typing import Any

from celery import Celery
from celery.app.log import Logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")


class LoggingAsSet(Logging):
    """Leaves logs as the settings have them. Celery's own handlers would write lines that nothing was hidden in."""

    def setup_logging_subsystem(self, *args: Any, **kwargs: Any) -> bool:
        return True


app = Celery("integration_manager", log=LoggingAsSet)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
