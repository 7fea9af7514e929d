"""How warehouses are doing: what waits for each, since when, what it refused, and what went over the wire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, Sum

from core.common import clock
from shipping.models import Recall, Release, Warehouse, WarehouseAccess, WarehouseAccount, WarehouseTraffic

LOOKED_BACK = timedelta(days=7)
LATE = timedelta(minutes=15)  # an order waits longer than that: something is wrong


@dataclass(frozen=True, slots=True)
class WarehouseStanding:
    """Counts of one warehouse's orders, and when its system last answered."""

    waiting: int = 0  # owed to it, and not there yet
    oldest: datetime | None = None  # of those: when the oldest came in
    refused: int = 0
    back: int = 0  # asked back, not answered yet
    is_disconnected: bool = False
    is_unconnected: bool = False  # nobody entered anything yet
    is_archived: bool = False
    failing: str = ""  # what it said last, where it does not tell what it shipped
    asked_at: datetime | None = None

    def pill(self, now: datetime) -> tuple[str, str]:
        """Return it in a word and a tone."""
        if self.is_archived:
            return "Archived", "calm"
        if self.is_unconnected:
            return "Not connected", "calm"
        if self.is_disconnected:
            return "Refuses the credentials", "bad"
        if self.refused:
            return "Refused orders", "bad"
        if self.failing:
            return "Does not answer", "bad"
        if self.oldest and now - self.oldest > LATE:
            return "Orders wait", "warn"
        return "Working", "good"


@dataclass(frozen=True, slots=True)
class WireDay:
    """Calls and bytes of one day, as we see them."""

    day: object
    calls: int
    failed: int
    sent: int
    received: int


def standings(warehouses: Sequence[Warehouse]) -> dict[int, WarehouseStanding]:
    """Return how each is doing, in five statements however many they are."""
    ids = [each.pk for each in warehouses]
    mine = Release.objects.filter(warehouse__in=ids).order_by()
    owed = mine.owed().values("warehouse").annotate(count=Count("pk"), oldest=Min("order__downloaded_at"))
    waiting = {pk: (count, oldest) for pk, count, oldest in owed.values_list("warehouse", "count", "oldest")}
    stuck = mine.stuck().values("warehouse").annotate(count=Count("pk"))
    refused = dict(stuck.values_list("warehouse", "count"))
    unanswered = Recall.objects.filter(warehouse__in=ids).unfinished().order_by()
    back = dict(unanswered.values("warehouse").annotate(count=Count("pk")).values_list("warehouse", "count"))
    refused_at = dict(WarehouseAccess.objects.filter(warehouse__in=ids).values_list("warehouse", "refused_at"))
    answered = WarehouseAccount.objects.filter(warehouse__in=ids).order_by().values("warehouse")
    last = answered.annotate(asked=Max("asked_at"), failing=Max("error", filter=~Q(failed_at=None)))
    asked = {pk: (at, failing) for pk, at, failing in last.values_list("warehouse", "asked", "failing")}
    return {
        each.pk: WarehouseStanding(
            waiting=waiting.get(each.pk, (0, None))[0],
            oldest=waiting.get(each.pk, (0, None))[1],
            refused=refused.get(each.pk, 0),
            back=back.get(each.pk, 0),
            is_disconnected=bool(refused_at.get(each.pk)),
            is_unconnected=bool(each.system.fields) and each.pk not in refused_at,
            is_archived=each.archived_at is not None,
            failing=asked.get(each.pk, (None, ""))[1] or "",
            asked_at=asked.get(each.pk, (None, ""))[0],
        )
        for each in warehouses
    }


def pill_of(warehouse: Warehouse) -> tuple[str, str]:
    return standings([warehouse])[warehouse.pk].pill(clock.now())


def wire_days(warehouse: Warehouse, now: datetime) -> list[WireDay]:
    """Return what went over the wire on each of the last seven days on which something did, the newest first."""
    rows = WarehouseTraffic.objects.filter(warehouse=warehouse, day__gt=(now - LOOKED_BACK).date()).order_by("-day")
    return [WireDay(row.day, row.calls, row.failed, row.sent, row.received) for row in rows]


def wire_month(warehouse: Warehouse, now: datetime) -> dict[str, int | None]:
    rows = WarehouseTraffic.objects.filter(warehouse=warehouse, day__gte=now.date().replace(day=1))
    return rows.aggregate(calls=Sum("calls"), failed=Sum("failed"), sent=Sum("sent"), received=Sum("received"))
