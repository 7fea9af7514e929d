"""How many orders a cart brought on each of the last days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from carts.models import Cart
from core.ui.day_bars import DAYS, DayBar, day_bars
from orders.models import Order


@dataclass(frozen=True, slots=True)
class OrderDays:
    days: Sequence[DayBar]

    @property
    def total(self) -> int:
        return sum(day.number for day in self.days)


def of_cart(cart: Cart, *, zone: tzinfo, now: datetime) -> OrderDays:
    """Return the last two weeks, by when buyers ordered, in this time zone."""
    today = now.astimezone(zone).date()
    begin = datetime.combine(today - timedelta(days=DAYS - 1), time(), zone)
    orders = Order.objects.filter(cart=cart, placed_at__gte=begin).order_by()
    by_day = orders.annotate(day=TruncDate("placed_at", tzinfo=zone)).values("day").annotate(number=Count("pk"))
    return OrderDays(day_bars(dict(by_day.values_list("day", "number")), today=today))
