"""The dashboard's figures are what the orders come to, worked out here by plain counting."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from core.common.jobs import GOING_ON
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import FlowStep, SumsMark
from shipping.performance import flow_steps
from tests.factories import OrderFactory, ReleaseFactory, ShipmentFactory, StockLevelFactory

NOW = datetime(2026, 11, 8, 15, 7, 30, tzinfo=UTC)  # a Sunday; the Sunday before, New York's clocks went back
NEW_YORK = ZoneInfo("America/New_York")
FATES = (
    *[OrderStatus.CONFIRMED] * 8,
    *(OrderStatus.SHIPPED, OrderStatus.AT_WMS, OrderStatus.AT_WMS, OrderStatus.NEW),
    *(OrderStatus.CANCELED, OrderStatus.SKIPPED, OrderStatus.HELD),
)


@dataclass
class Kept:
    """What became of one order, as the test made it."""

    status: OrderStatus
    placed_at: datetime
    ship_by: datetime
    moments: dict[str, datetime]
    late: bool


@pytest.fixture
def made(acme: Organization, cart: Cart) -> list[Kept]:
    """Five weeks of orders in two currencies: some shipped in parts, canceled, left out or held."""
    draw = Random(11)
    Organization.objects.filter(pk=acme.pk).update(time_zone="America/New_York")
    euros = OrderFactory(cart__merchant__organization=acme, status=OrderStatus.SKIPPED).cart
    Order.objects.all().delete()
    warehouse = StockLevelFactory(merchant=cart.merchant).warehouse
    kept = []
    for number in range(130):
        # Many on Sundays, around the hour the clocks went back and the hour it is now; some in the last hours.
        back = draw.choice((timedelta(minutes=draw.randrange(90)), timedelta(minutes=draw.randrange(40 * 1440)),
                            timedelta(days=7 * draw.randrange(5), minutes=draw.randrange(-60, 700))))  # fmt: skip
        placed_at = NOW - max(back, timedelta(minutes=1))
        status = draw.choice(FATES)
        gap = timedelta(minutes=draw.randrange(1, 2 + number * 3))
        steps = [placed_at + gap * place for place in range(4)]
        reached = {OrderStatus.CONFIRMED: 4, OrderStatus.SHIPPED: 3, OrderStatus.AT_WMS: 2}.get(status, 1)
        if steps[reached - 1] >= NOW:
            steps, reached, status = steps[:1], 1, OrderStatus.NEW
        names = ("downloaded", "handed_over", "shipped", "confirmed")
        moments = dict(zip(names, steps[:reached], strict=False))
        one = Kept(status, placed_at, NOW + timedelta(minutes=draw.randrange(-4000, 3000)), moments, False)
        order = OrderFactory(
            cart=draw.choice((cart, euros)), currency=draw.choice(("USD", "EUR")), status=status, placed_at=placed_at,
            held_for=HeldFor.PERSON if status == OrderStatus.HELD else "", ship_by=one.ship_by,
            downloaded_at=moments["downloaded"], shipped_at=moments.get("shipped"),
            confirmed_at=moments.get("confirmed"),
        )  # fmt: skip
        if handed_over := moments.get("handed_over"):
            ReleaseFactory(order=order, warehouse=warehouse, released_at=handed_over)
        if shipped := moments.get("shipped"):
            parts = [shipped - timedelta(hours=draw.randrange(60)) for _ in range(draw.randrange(3))] + [shipped]
            for at in parts:  # in parts: the last one makes it shipped
                ShipmentFactory(order=order, warehouse=warehouse, shipped_at=at, created_at=at)
            one.late = any(at > one.ship_by for at in parts)
        kept.append(one)
    return kept


def quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


@pytest.mark.django_db
def test_the_dashboard_says_what_the_orders_come_to_however_much_of_it_was_counted_before(
    owner: Client, acme: Organization, made: list[Kept]
) -> None:
    counted = [one for one in made if one.status != OrderStatus.SKIPPED]

    def number(name: str, fits: Callable[[datetime], bool]) -> int:
        return sum(name in one.moments and fits(one.moments[name]) for one in counted)

    here = NOW.astimezone(NEW_YORK)
    sundays = [here.date() - timedelta(days=7 * weeks) for weeks in range(1, 5)]

    def usual(name: str) -> float:
        """Of the quarter that is not over by this time of day, half has passed."""
        there = [quarter(one.moments[name].astimezone(NEW_YORK)) for one in counted if name in one.moments]
        of_sundays = [began.time() for began in there if began.date() in sundays]
        over = sum(began < quarter(here).time() for began in of_sundays)
        return over + sum(began == quarter(here).time() for began in of_sundays) / 2

    flow = {
        name: (
            number(name, lambda moment: moment >= NOW - timedelta(hours=1)),
            number(name, lambda moment: moment >= quarter(NOW - timedelta(days=1)) + timedelta(minutes=15)),
            number(name, lambda moment: moment.astimezone(NEW_YORK).date() == here.date()),
            round(usual(name) / 4),
        )
        for name in ("downloaded", "handed_over", "shipped", "confirmed")
    }
    fortnight = [here.date() - timedelta(days=back) for back in reversed(range(14))]

    def shipped_on(day: date, one: Kept) -> bool:
        return "shipped" in one.moments and one.moments["shipped"].astimezone(NEW_YORK).date() == day

    shipped = [sum(shipped_on(day, one) for one in counted) for day in fortnight]
    of_fortnight = [one for one in counted if any(shipped_on(day, one) for day in fortnight)]
    unfinished = [one for one in counted if one.status in {"new", "held", "at_wms", "shipped"}]
    assert min(min(numbers) for numbers in flow.values()) > 0  # it is no test of zeros
    assert {date(2026, 11, 1)} <= {one.moments["downloaded"].astimezone(NEW_YORK).date() for one in counted}

    for counted_until in (None, NOW - timedelta(days=9), NOW - timedelta(hours=3), NOW, NOW):
        with time_machine.travel(NOW, tick=False):
            if counted_until:
                flow_steps.refresh(acme, now=counted_until)
            page = owner.get(reverse("dashboard"))

        rows = dict(zip(flow, page.context["flow"].rows, strict=True))
        assert {name: (row.hour, row.day, row.today, row.usual) for name, row in rows.items()} == flow
        assert page.context["flow"].weekday == "Sunday"
        assert sum(hour.numbers[0] for hour in page.context["flow"].hours) == number(
            "downloaded", lambda moment: moment >= NOW.replace(minute=0, second=0) - timedelta(hours=23)
        )
        said = page.context["shipped"]
        assert [day.number for day in said.days] == shipped
        late = sum(one.late for one in of_fortnight)
        assert (said.promised, said.on_time) == (
            len(of_fortnight),
            100 * (len(of_fortnight) - late) // len(of_fortnight),
        )
        waiting = page.context["waiting"]
        assert sum(row.number for row in waiting) == len(unfinished)
        assert sum(row.overdue for row in waiting) == sum(one.ship_by < NOW for one in unfinished)
        assert [sum(several) for several in zip(*(row.risks for row in waiting), strict=True)] == [
            sum(NOW <= one.ship_by < NOW + timedelta(hours=hours) for one in unfinished) for hours in (2, 6, 24)
        ]
        assert {row.place: row.since for row in waiting}["At the warehouse"] == min(
            one.placed_at for one in unfinished if one.status == OrderStatus.AT_WMS
        )
    kept = FlowStep.objects.filter(organization=acme)
    assert sum(kept.values_list("downloaded", flat=True)) > 0
    assert kept.count() == kept.values("began_at").distinct().count()


@pytest.mark.django_db
def test_no_order_is_left_out_where_a_run_took_its_time_or_clocks_went_back(
    owner: Client, acme: Organization, cart: Cart
) -> None:
    """A run tells what it did as of its beginning. On a day after the change, the day four weeks ago began 29 days ago
    and an hour more."""
    Organization.objects.filter(pk=acme.pk).update(time_zone="America/New_York")
    late = datetime(2026, 11, 15, 23, 40, tzinfo=NEW_YORK)
    for weeks in range(1, 5):
        OrderFactory(cart=cart, downloaded_at=datetime(2026, 11, 15, 0, 10, tzinfo=NEW_YORK) - timedelta(weeks=weeks))
    begun = datetime(2026, 11, 15, 23, 14, 50, tzinfo=NEW_YORK)

    flow_steps.refresh(acme, now=begun + GOING_ON + timedelta(seconds=30))
    OrderFactory(cart=cart, downloaded_at=begun)
    flow_steps.refresh(acme, now=late)
    with time_machine.travel(late, tick=False):
        row = owner.get(reverse("dashboard")).context["flow"].rows[0]

    assert (row.today, row.usual) == (1, 1)

    for weeks in range(1, 5):
        for _ in range(3):
            OrderFactory(cart=cart, downloaded_at=late.replace(minute=59) - timedelta(weeks=weeks))
    FlowStep.objects.all().delete()
    SumsMark.objects.update(flow_until=None)
    with time_machine.travel(late.replace(minute=50), tick=False):  # a third of the quarter has passed
        row = owner.get(reverse("dashboard")).context["flow"].rows[0]

    assert (row.today, row.usual) == (1, 2)
