"""The stop switch of one seller account: nothing more is asked of the marketplace for it, or told to it.

Amazon's agent policy wants software to stop when it is asked to. Every request fetches the token from the grant's row
(``GrantTokens``), so a stop counts from the next request on, also within a run. What is owed waits at no cost. The
switch of the whole portal is ``manage.py pause``, which is looked at in the same place.
"""

from datetime import datetime

from django.db import transaction

from carts.alerts import GRANT_STOPPED
from carts.models import Grant
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert


def stop(grant: Grant, because: str, *, now: datetime, by: User | None = None) -> bool:
    """Ask nothing more for this seller. False when it was stopped before."""
    with transaction.atomic(durable=True):
        stopped = Grant.objects.filter(pk=grant.pk, stopped_at=None).update(stopped_at=now, stopped_because=because)
        if not stopped:
            return False
        record("grant.stopped", grant, now=now, actor=by, reason=because)
        message = f"Everything with seller {grant.seller_id} is stopped: {because} What is owed waits."
        raise_alert(GRANT_STOPPED, grant, message, now=now)
    return True


def go_on(grant: Grant, *, now: datetime, by: User | None = None) -> bool:
    """Go on with it. False when it was not stopped."""
    with transaction.atomic(durable=True):
        stopped = Grant.objects.filter(pk=grant.pk).exclude(stopped_at=None)
        if not stopped.update(stopped_at=None, stopped_because=""):
            return False
        record("grant.went_on", grant, now=now, actor=by)
        close_alerts(grant, GRANT_STOPPED, now=now)
    return True
