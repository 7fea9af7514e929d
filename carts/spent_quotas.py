"""Quotas that stay used up: whatever waits for one goes out late, and somebody should know why.

A bucket that is empty for a moment is at work as it should be; only one that is found empty for hours is told of.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from carts import quota
from carts.alerts import QUOTA_SPENT
from carts.models import Bucket, Grant
from core.alerts import troubles
from core.alerts.models import Trouble

PATIENCE = timedelta(hours=2)


def watch(*, now: datetime) -> None:
    """Note each account that has an empty bucket, and end it where none is empty any more."""
    spent: dict[int, list[str]] = defaultdict(list)
    for bucket in Bucket.objects.filter(tokens__lt=1).order_by("grant", "operation"):
        if quota.level(bucket, now) < 1:
            spent[bucket.grant_id].append(bucket.operation)
    told = Trouble.objects.filter(cause=QUOTA_SPENT).values("subject_id")
    for grant in Grant.objects.filter(pk__in=told).exclude(pk__in=spent):
        troubles.end(QUOTA_SPENT, grant, now=now)
    for grant in Grant.objects.filter(pk__in=spent).select_related("merchant").order_by("pk"):
        operations = ", ".join(spent[grant.pk])
        said = (
            f"{grant.merchant}: requests to the marketplace wait for quota ({operations}). They go out by themselves, "
            "later than usual. Check how often the carts of this account are asked, and which other programs use it."
        )
        troubles.note(QUOTA_SPENT, grant, said, after=PATIENCE, now=now)
