"""The sums of each day follow the orders, whatever changes them, and are compared with them at night."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from carts.models import Cart
from core.accounts.models import Organization
from core.common import clock
from core.common.lifetimes import OTHER_DATA
from orders.models import Order, OrderStatus
from shipping.models import CartDay, DaySum, SumsMark
from shipping.performance import day_refresh, day_sums
from tests.factories import CartFactory, OrderFactory, PackageFactory, ShipmentFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WAITED = day_refresh.SETTLED + timedelta(seconds=1)


@pytest.fixture
def cart() -> Cart:
    made: Cart = CartFactory()
    return made


def placed(cart: Cart, at: datetime = NOON, **fields: object) -> Order:
    made: Order = OrderFactory(cart=cart, placed_at=at, **fields)
    return made


def refreshed(organization: Organization, at: datetime) -> int:
    """Mark what changed, wait, and work it out."""
    with time_machine.travel(at, tick=False):
        day_refresh.mark_stale(organization, now=at)
    with time_machine.travel(at + WAITED, tick=False):
        return day_refresh.refresh(organization, now=clock.now()).days


def orders_of(day: date) -> list[tuple[int, Decimal]]:
    return list(DaySum.objects.filter(day=day).order_by("currency").values_list("orders", "sales"))


def test_a_changed_order_changes_the_sums_of_its_day_and_of_no_other(cart: Cart) -> None:
    with time_machine.travel(NOON, tick=False):
        order, _ = placed(cart), placed(cart, NOON - timedelta(days=1))
    assert refreshed(cart.organization, NOON) == 2
    assert orders_of(NOON.date()) == [(1, Decimal("19.99"))]

    later = NOON + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        Order.objects.filter(pk=order.pk).update(status=OrderStatus.CANCELED)
    assert refreshed(cart.organization, later) == 1

    row = DaySum.objects.get(day=NOON.date())
    assert (row.orders, row.canceled, row.sales, row.units) == (1, 1, 0, 0)
    assert refreshed(cart.organization, later + timedelta(hours=1)) == 0


def test_what_changes_while_a_day_is_worked_out_is_worked_out_again(
    cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed(cart)
    now = clock.now()
    day_refresh.mark_stale(cart.organization, now=now)
    work_out = day_sums.work_out

    def meanwhile(cart_day: CartDay, zone: object) -> list[DaySum]:
        rows = work_out(cart_day, zone)  # type: ignore[arg-type]
        placed(cart)
        day_refresh.mark_stale(cart.organization, now=now)
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(day_sums, "work_out", meanwhile)
        day_refresh.renew(CartDay.objects.get(), cart.organization.zone, now=now)

    assert CartDay.objects.get().stale_at is not None
    day_refresh.refresh(cart.organization, now=now + WAITED)
    assert orders_of(NOON.date())[0][0] == 2
    assert CartDay.objects.get().stale_at is None


@pytest.mark.parametrize("marked", [True, False])
def test_of_two_sweeps_the_slower_one_does_not_put_back_what_was_before(
    cart: Cart, monkeypatch: pytest.MonkeyPatch, marked: bool
) -> None:
    """Whether the change that the quicker one saw was marked already or not."""
    placed(cart)
    now = clock.now()
    day_refresh.mark_stale(cart.organization, now=now)
    work_out = day_sums.work_out

    def meanwhile(cart_day: CartDay, zone: object) -> list[DaySum]:
        rows = work_out(cart_day, zone)  # type: ignore[arg-type]
        placed(cart)
        with monkeypatch.context() as other:
            other.setattr(day_sums, "work_out", work_out)
            if marked:
                day_refresh.mark_stale(cart.organization, now=now)
            assert day_refresh.renew(CartDay.objects.get(), cart.organization.zone, now=now)
        return rows

    with monkeypatch.context() as slower:
        slower.setattr(day_sums, "work_out", meanwhile)
        was_first = day_refresh.renew(CartDay.objects.get(), cart.organization.zone, now=now)

    assert orders_of(NOON.date())[0][0] == 2
    assert not was_first
    assert CartDay.objects.get().stale_at is None


def test_a_day_is_the_organizations_also_when_its_clocks_change(cart: Cart) -> None:
    """1 November 2026 has 25 hours in New York, and ends at 5:00 UTC."""
    Organization.objects.filter(pk=cart.organization_id).update(time_zone="America/New_York")
    organization = Organization.objects.get(pk=cart.organization_id)
    for hour in (3, 4, 28, 29):
        placed(cart, datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hour))
    assert refreshed(organization, clock.now()) == 3
    assert [orders_of(date(2026, *day))[0][0] for day in ((10, 31), (11, 1), (11, 2))] == [1, 2, 1]

    Organization.objects.filter(pk=cart.organization_id).update(time_zone="UTC")
    organization.refresh_from_db()
    assert refreshed(organization, clock.now() + timedelta(hours=1)) == 2
    assert not DaySum.objects.filter(day=date(2026, 10, 31)).exists()


def test_sums_outlive_their_orders_whatever_is_counted_anew(cart: Cart) -> None:
    """Orders end after 18 months: neither another zone nor what happens to one that was left takes them away."""
    organization, then = cart.organization, NOON - OTHER_DATA - timedelta(days=1)
    with time_machine.travel(NOON, tick=False):
        gone, left, recent = placed(cart, then), placed(cart, then), placed(cart, NOON - timedelta(days=400))
    refreshed(organization, NOON)
    gone.delete()
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        Order.objects.filter(pk=left.pk).update(status=OrderStatus.CANCELED)
        Order.objects.filter(pk=recent.pk).update(status=OrderStatus.CANCELED)
    refreshed(organization, NOON + timedelta(hours=1))
    Organization.objects.filter(pk=organization.pk).update(time_zone="America/New_York")
    organization.refresh_from_db()
    refreshed(organization, NOON + timedelta(hours=2))

    rows = DaySum.objects.order_by("day").values_list("day", "orders", "canceled")
    assert list(rows) == [(then.date(), 2, 0), (recent.placed_at.date(), 1, 1)]


def test_the_comparison_finds_and_mends_what_no_order_was_touched_for(cart: Cart) -> None:
    order = placed(cart, clock.now() - timedelta(days=2), status=OrderStatus.SHIPPED, shipped_at=clock.now())
    shipment = ShipmentFactory(order=order)
    PackageFactory(order=order, shipment=shipment, tracking_number="")
    organization, now = cart.organization, clock.now()
    refreshed(organization, now)
    assert day_refresh.compare(organization, now=now + WAITED) == []

    PackageFactory(order=order, shipment=shipment, number=2)
    DaySum.objects.filter(cart=cart).update(sales=0)
    mended = day_refresh.compare(organization, now=now + WAITED)

    assert [each.day for each in mended] == [order.placed_at.date()]
    row = DaySum.objects.get()
    assert (row.packages, row.tracked, row.sales) == (2, 1, Decimal("19.99"))
    mark = SumsMark.objects.get()
    assert (mark.differed, day_refresh.is_to_be_compared(organization, now=now + WAITED)) == (1, False)
