"""The entry point: settings, addresses, commands and the portal.

Celery's app is made here so that whatever starts, web, worker or command, rings the same bell."""

from integration_manager.celery import app as celery_app

__all__ = ["celery_app"]
