"""How many requests went to other servers: counted for each connection, operation and day, as a marketplace counts."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import F, Sum

from core.accounts.access import Access
from core.accounts.visible_statements import VisibleStatement
from core.activity.models import CallDay


def add(connection: str, organization_id: int, calls: Counter[tuple[str, str]], *, now: datetime) -> None:
    """Add what one turn of a connection asked, by operation and method."""
    day = now.astimezone(UTC).date()
    with transaction.atomic():
        for (operation, method), number in sorted(calls.items()):
            key = {"operation": operation, "method": method, "day": day, "connection": connection}
            rows = CallDay.objects.filter(organization=organization_id, **key)
            if rows.update(number=F("number") + number, counted_at=now):
                continue
            _, made = CallDay.objects.get_or_create(
                organization_id=organization_id, **key, defaults={"number": number, "counted_at": now}
            )
            if not made:  # somebody else was the first meanwhile
                rows.update(number=F("number") + number, counted_at=now)


def gets_of_month(access: Access, *, now: datetime) -> Mapping[str, int]:
    """Return how often each connection read something since the month began, in UTC."""
    today = now.astimezone(UTC).date()
    return dict(_gets_until(today).rows(access))


@lru_cache(maxsize=4)
def _gets_until(day: date) -> VisibleStatement:
    """Return what adds up the month until a day: the same all day long."""
    read = {"day__gte": day.replace(day=1), "day__lte": day, "method": "GET"}
    return VisibleStatement(
        CallDay,
        lambda days: days.filter(**read).order_by().values_list("connection").annotate(added=Sum("number")),
    )
