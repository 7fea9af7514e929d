"""What merchants were charged on top, month by month: the charges that were asked for, and their sums."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.http import QueryDict

from core.accounts.access import Access
from core.accounts.models import Merchant
from core.ui.request_values import read_id
from integration_manager.portal.order_list.table_files import Row
from shipping.models import Charge

if TYPE_CHECKING:
    from django.db.models import QuerySet

MONTHS = 24  # that are offered
AT_ONCE = 1_000
COLUMNS = ("Charged", "Merchant", "Cart", "Order", "What for", "Amount", "Currency")


@dataclass(frozen=True, slots=True)
class WantedCharges:
    """What was asked for: a month (None is all that are offered) and a merchant (None is all)."""

    month: date | None
    merchant_id: int | None
    months: Sequence[date]  # that are offered, the latest first


@dataclass(frozen=True, slots=True)
class ChargeSum:
    """What one merchant was charged for one thing in a month, in one currency."""

    month: date
    merchant: str
    label: str
    currency: str
    charges: int
    amount: Decimal


def read(query: QueryDict, *, today: date) -> WantedCharges:
    """Return what an address asks for; a month or merchant that is none counts as not asked for."""
    months = list(_months_before(today))
    by_name = {f"{month:%Y-%m}": month for month in months}
    asked = query.get("month", f"{months[0]:%Y-%m}")
    return WantedCharges(by_name.get(asked), read_id(query.get("merchant", "")) or None, months)


def _months_before(today: date) -> Iterator[date]:
    month = today.replace(day=1)
    for _ in range(MONTHS):
        yield month
        month = (
            month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)
        )


def charges(wanted: WantedCharges, access: Access) -> "QuerySet[Charge]":
    """Return the charges asked for. A month begins where the organization is."""
    found: QuerySet[Charge] = Charge.objects.visible_to(access).filter(
        at__gte=_begin(wanted.month or wanted.months[-1], access.organization.zone)
    )
    if wanted.month:
        following = wanted.month.replace(day=28).toordinal() + 7
        found = found.filter(at__lt=_begin(date.fromordinal(following).replace(day=1), access.organization.zone))
    return found.filter(merchant=wanted.merchant_id) if wanted.merchant_id else found


def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def sums(wanted: WantedCharges, access: Access) -> list[ChargeSum]:
    """Return the sums, the latest month first, then by merchant."""
    month = TruncMonth("at", tzinfo=access.organization.zone)
    rows = (
        charges(wanted, access)
        .annotate(month=month)
        .values("month", "merchant__name", "merchant", "label", "currency")
        .annotate(charges=Count("pk"), sum=Sum("amount"))
        .order_by("-month", "merchant__name", "merchant", "label", "currency")
    )
    return [
        ChargeSum(row["month"].date(), row["merchant__name"], row["label"], row["currency"], row["charges"], row["sum"])
        for row in rows
    ]


def totals(found: Iterable[ChargeSum]) -> list[tuple[Decimal, str]]:
    """Return the total in each currency, with the currency: amounts of two are never added."""
    by_currency = sorted(found, key=lambda each: each.currency)
    return [
        (sum((each.amount for each in group), Decimal(0)), currency)
        for currency, group in groupby(by_currency, key=lambda each: each.currency)
    ]


def rows(wanted: WantedCharges, access: Access) -> Iterator[Row]:
    """Yield the charges one by one, for a file."""
    found = charges(wanted, access).select_related("merchant", "order__cart").order_by("at", "pk")
    for each in found.iterator(chunk_size=AT_ONCE):
        order = each.order
        yield [each.at, each.merchant.name, order.cart.name, order.number, each.label, each.amount, each.currency]


def merchants_of(access: Access) -> list[tuple[int, str]]:
    return list(Merchant.objects.visible_to(access).order_by("name", "pk").values_list("pk", "name"))
