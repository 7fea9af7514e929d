"""The sums of a month say what its days say, or they are not read; and every night they are compared."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core.accounts.models import Organization
from orders.models import Order, OrderStatus
from shipping.models import CartDay, DaySum, MonthSum, SummedMonth
from shipping.performance import day_refresh, month_sums
from tests.factories import CartFactory, OrderFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
WAITED = day_refresh.SETTLED + month_sums.SETTLED


def in_step(organization: Organization) -> list[date]:
    return month_sums.in_step(organization, SEPTEMBER, date(2026, 11, 30))


def refreshed(organization: Organization, at: datetime) -> int:
    """What the sweep does, when everything has waited. Returns how many months were added up."""
    day_refresh.mark_stale(organization, now=at)
    day_refresh.refresh(organization, now=at + day_refresh.SETTLED)
    return month_sums.refresh(organization, now=at + WAITED)


def of_months() -> dict[date, tuple[int, int]]:
    return {row.month: (row.orders, row.canceled) for row in MonthSum.objects.all()}


@pytest.fixture
def made() -> list[Order]:
    """Two orders of September on two days, one of October, and one of the month that runs."""
    cart = CartFactory()
    days = ((9, 1), (9, 30), (10, 31), (11, 3))
    with time_machine.travel(NOON, tick=False):
        return [OrderFactory(cart=cart, placed_at=datetime(2026, *day, 9, tzinfo=UTC)) for day in days]


def test_a_month_is_read_once_it_is_over_and_not_while_a_day_of_it_changed(made: list[Order]) -> None:
    organization, later = made[0].organization, NOON + timedelta(hours=1)
    assert refreshed(organization, NOON) == 2
    assert (in_step(organization), of_months()) == ([SEPTEMBER, OCTOBER], {SEPTEMBER: (2, 0), OCTOBER: (1, 0)})
    assert month_sums.in_step(organization, SEPTEMBER, date(2026, 10, 30)) == [SEPTEMBER]
    assert month_sums.in_step(organization, date(2026, 9, 2), date(2026, 10, 31)) == [OCTOBER]

    with time_machine.travel(later, tick=False):
        Order.objects.filter(pk=made[0].pk).update(reason="Touched, and it comes to the same")
        Order.objects.filter(pk=made[2].pk).update(status=OrderStatus.CANCELED)
    day_refresh.mark_stale(organization, now=later)
    day_refresh.refresh(organization, now=later + day_refresh.SETTLED)
    assert in_step(organization) == [SEPTEMBER]
    assert month_sums.refresh(organization, now=later + WAITED) == 1
    assert (in_step(organization), of_months()[OCTOBER]) == ([SEPTEMBER, OCTOBER], (1, 1))


def test_a_month_that_changes_while_it_is_added_up_is_added_up_again(
    made: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    organization = made[0].organization
    refreshed(organization, NOON)
    month, work_out = SummedMonth.objects.get(month=SEPTEMBER), month_sums.work_out

    def meanwhile(month: SummedMonth) -> Any:
        rows = work_out(month)
        DaySum.objects.filter(day=SEPTEMBER).update(canceled=1)
        month_sums.mark(organization.pk, SEPTEMBER, now=NOON)
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(month_sums, "work_out", meanwhile)
        assert month_sums.add_up(month, now=NOON) is False
    assert (in_step(organization), of_months()[SEPTEMBER]) == ([OCTOBER], (2, 0))
    assert month_sums.refresh(organization, now=NOON + WAITED) == 1
    assert of_months()[SEPTEMBER] == (2, 1)


def test_at_night_months_are_compared_with_their_days_and_those_that_are_missing_begun(made: list[Order]) -> None:
    organization = made[0].organization
    refreshed(organization, NOON)
    assert month_sums.compare(organization, now=NOON) == []

    MonthSum.objects.filter(month=SEPTEMBER).update(sales=0)
    SummedMonth.objects.filter(month=OCTOBER).delete()  # as where there were days before there were months
    assert month_sums.compare(organization, now=NOON) == [SEPTEMBER]
    assert in_step(organization) == [SEPTEMBER]
    assert month_sums.refresh(organization, now=NOON + WAITED) == 1
    assert in_step(organization) == [SEPTEMBER, OCTOBER]

    Organization.objects.filter(pk=organization.pk).update(time_zone="America/New_York")
    organization.refresh_from_db()
    day_refresh.mark_stale(organization, now=NOON + timedelta(hours=1))
    assert (CartDay.objects.count(), MonthSum.objects.count(), in_step(organization)) == (4, 0, [])
