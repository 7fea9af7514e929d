"""The bell. What is owed stands in the database; a lost message loses nothing (docs/decisions.md)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")

app = Celery("integration_manager")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
