"""What was shipped, day by day: how much, and how much of it in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate

from core.accounts.access import Access
from core.ui.day_bars import DAYS, DayBar, day_bars
from shipping.models import Shipment, Warehouse


@dataclass(frozen=True, slots=True)
class ShippedDays:
    """``on_time`` is the share of the orders with a ship-by time that were shipped by then, in per cent."""

    days: Sequence[DayBar]
    on_time: int | None
    promised: int  # orders the share is of
    today: int
    by_now_yesterday: int

    @property
    def total(self) -> int:
        return sum(day.number for day in self.days)


def shipped_days(access: Access, *, now: datetime) -> ShippedDays:
    """Return the last two weeks in the organization's time zone, by when the portal was told of each shipment."""
    zone = access.organization.zone
    today = now.astimezone(zone).date()
    begin = datetime.combine(today - timedelta(days=DAYS - 1), time(), zone)
    shipments = _since(access, begin)
    by_day = shipments.annotate(day=TruncDate("created_at", tzinfo=zone)).order_by().values("day")
    counted = dict(by_day.annotate(orders=Count("order", distinct=True)).values_list("day", "orders"))
    promised = Q(order__ship_by__isnull=False)
    yesterday = datetime.combine(today - timedelta(days=1), time(), zone)
    sums = shipments.aggregate(
        promised=Count("order", distinct=True, filter=promised),
        late=Count("order", distinct=True, filter=promised & Q(shipped_at__gt=F("order__ship_by"))),
        by_now_yesterday=Count(
            "order", distinct=True, filter=Q(created_at__gte=yesterday, created_at__lte=now - timedelta(days=1))
        ),
    )
    return ShippedDays(
        days=day_bars(counted, today=today),
        on_time=_share(sums["promised"] - sums["late"], sums["promised"]),
        promised=sums["promised"],
        today=counted.get(today, 0),
        by_now_yesterday=sums["by_now_yesterday"],
    )


def _since(access: Access, begin: datetime) -> QuerySet[Shipment]:
    """By warehouse: that is what the index begins with."""
    warehouses = list(Warehouse.objects.filter(organization=access.organization).values_list("pk", flat=True))
    found: QuerySet[Shipment] = Shipment.objects.visible_to(access)
    return found.filter(warehouse__in=warehouses, created_at__gte=begin)


def _share(part: int, whole: int) -> int | None:
    """Rounded down: 100 per cent means that none was late."""
    return 100 * part // whole if whole else None
