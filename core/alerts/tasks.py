"""Doors for the worker: mail, retries of many alerts, and this server itself."""

from celery import shared_task

from core.alerts import server_disk
from core.alerts.digests import digest_mails
from core.alerts.handling import set_aside
from core.alerts.mail import alert_mails, notices, outbox
from core.alerts.retries import retry_plans
from core.common import clock
from core.common.bell import Bell


@shared_task(name=Bell.MAIL_DUE)
def mail_due() -> None:
    """Sweep: write the mails about new alerts and about orders and the digests, send what is owed."""
    set_aside.wake(now=clock.now())
    alert_mails.write_alerts(now=clock.now())
    notices.write_notices(now=clock.now())
    digest_mails.write_digests(now=clock.now())
    outbox.send_due(now=clock.now())


@shared_task(name=Bell.RETRY_DUE)
def retry_due() -> None:
    """Sweep: go on with retries of many alerts."""
    retry_plans.run_due(now=clock.now())


@shared_task(name=Bell.SERVER_DUE)
def server_due() -> None:
    """Sweep: what this server itself runs out of."""
    server_disk.watch(now=clock.now())
