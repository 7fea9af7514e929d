"""What the days and months of a year of orders came to, written into the tables: what the page of performance reads.

Grouped by the database: there are twenty thousand days, and working each out as the workers do takes many minutes. As
many rows come of it, with as many steps of time in them. Months are added up from them as the workers do.
"""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

from core.accounts.models import Organization
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.models import CartDay, DaySum, SumsMark
from shipping.performance import durations, month_sums

AT_ONCE = 2_000
HOURS = {durations.TO_WAREHOUSE: 0.3, durations.TO_SHIP: 20.0, durations.TO_CONFIRM: 0.5}  # as a rule


def write(organization: Organization) -> int:
    """Write the sums, and say that they are in step. Returns how many rows of days there are."""
    rng, now = Random(1), clock.now()
    sums: list[DaySum] = []
    days: dict[tuple[int, date], CartDay] = {}
    for row in _grouped(organization):
        owner = {"organization_id": organization.pk, "merchant_id": row["merchant"], "cart_id": row["cart"]}
        number = row["orders"]
        shipped = number - row["canceled"]
        sums.append(
            DaySum(
                **owner,
                day=row["day"],
                released_to=row["released_to"],
                currency=row["currency"],
                orders=number,
                units=row["units"],
                priced=shipped,
                sales=row["sales"],
                canceled=row["canceled"],
                shipped=shipped,
                promised=shipped,
                late=shipped // 40,
                packages=shipped,
                tracked=shipped,
                times=durations.packed({kind: _steps(rng, usual, shipped) for kind, usual in HOURS.items()}),
            )
        )
        days[row["cart"], row["day"]] = CartDay(**owner, day=row["day"], stale_at=None, counted_at=now)
    DaySum.objects.bulk_create(sums, batch_size=AT_ONCE)
    CartDay.objects.bulk_create(days.values(), batch_size=AT_ONCE)
    mark = {"zone": organization.time_zone, "touched_until": now}
    SumsMark.objects.update_or_create(organization=organization, defaults=mark)
    month_sums.begin(organization, now=now - month_sums.SETTLED)
    month_sums.refresh(organization, now=now)
    return len(sums)


def _grouped(organization: Organization) -> Any:
    counted = Order.objects.filter(organization=organization).exclude(status=OrderStatus.SKIPPED)
    by_day = counted.annotate(day=TruncDate("placed_at", tzinfo=organization.zone)).order_by()
    return by_day.values("cart", "merchant", "day", "released_to", "currency").annotate(
        orders=Count("pk"),
        units=Sum("unit_count"),
        sales=Coalesce(Sum("total"), 0, output_field=DaySum._meta.get_field("sales")),
        canceled=Count("pk", filter=Q(status=OrderStatus.CANCELED)),
    )


def _steps(rng: Random, usual: float, number: int) -> durations.Steps:
    """Return how long that many orders took, each a step around what is usual."""
    middle = durations.step(timedelta(hours=usual))
    return Counter(max(1, middle + round(rng.gauss(0, 6))) for _ in range(number))
