"""Doors for the worker: mail."""

from celery import shared_task

from core.alerts.mail import alert_mails, notices, outbox
from core.common import clock
from core.common.bell import Bell


@shared_task(name=Bell.MAIL_DUE)
def mail_due() -> None:
    """Sweep: write the mails about new alerts and about orders, send what is owed."""
    alert_mails.write_alerts(now=clock.now())
    notices.write_notices(now=clock.now())
    outbox.send_due(now=clock.now())
