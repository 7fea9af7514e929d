"""Doors for the worker: mail."""

from celery import shared_task

from integration_manager.alerts import mailing, noticing, reporting
from integration_manager.lib import clock


@shared_task(name="alerts.tasks.mail_due")
def mail_due() -> None:
    """Sweep: write the mails about new alerts and about orders, send what is owed."""
    reporting.write_alerts(now=clock.now())
    noticing.write_notices(now=clock.now())
    mailing.send_due(now=clock.now())
