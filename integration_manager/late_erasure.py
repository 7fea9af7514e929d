"""Data that should have been erased or deleted and was not: somebody has to know before an auditor does."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse

from core.accounts.models import Organization
from core.alerts.raised import keep_alerts
from core.common import lifetimes
from integration_manager.alerts import ERASURE_LATE
from integration_manager.retention_report import GRACE


def tell(*, now: datetime) -> None:
    """Raise and close the alert of every organization. Nothing is counted: one row that is overdue is enough."""
    late = [each.what for each in lifetimes.declared() if each.over_at(now - GRACE).exists()]
    keep_alerts(ERASURE_LATE, _said(late), now=now)


def _said(late: list[str]) -> Iterator[tuple[Any, str, str]]:
    for organization in Organization.objects.order_by("pk") if late else ():
        said = (
            f"What should have ended more than a day ago is still here: {', '.join(late)}. The worker cleans up every "
            "hour: check that it runs, and read its log."
        )
        yield organization, said, reverse("retention:page")
