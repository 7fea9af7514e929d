"""Which orders a desk gets: each change in one span or two, none in no span, and every page whole."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.activity.models import Event
from core.alerts.models import Alert
from orders.models import Line, Order
from shipping.custom_store import export_pages
from shipping.custom_store.changed_orders import OVERLAP
from shipping.models import Release, Warehouse
from tests.shipping.custom_store.played_desk import Desk
from tests.world import World

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def offered(world: World, count: int) -> list[Order]:
    numbers = [world.simulator.place_order("A1BLUEMUGCO01", "ATVPDKIKX0DER") for _ in range(count)]
    world.later(minutes=5)
    world.download()
    world.deliver()
    return [world.order(number) for number in numbers]


def test_the_same_span_asked_again_brings_the_same_and_hands_over_once(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    start, end = world.now - MINUTE, world.now + MINUTE

    first, again = desk.fetch(start, end), desk.fetch(start, end)

    assert list(first) == list(again) == [order.number]
    assert Event.objects.filter(kind="order.released", subject_id=order.pk).count() == 1


def test_a_span_is_half_open_and_begins_a_little_earlier(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    moment = Release.objects.get(order=order).due_at.replace(second=0)

    def has(start: datetime, end: datetime) -> bool:
        return order.number in desk.fetch(start, end)

    assert not has(moment - 5 * MINUTE, moment)
    assert has(moment, moment + MINUTE)
    assert has(moment + OVERLAP, moment + OVERLAP + MINUTE)
    assert not has(moment + OVERLAP + MINUTE, moment + OVERLAP + 5 * MINUTE)


def test_no_order_falls_between_two_spans(world: World, desk: Desk) -> None:
    """Looked at every minute: whatever was committed when, each order is fetched."""
    start, seen = world.now, set()
    wanted = set()
    for _ in range(3):
        wanted |= {order.number for order in offered(world, 2)}
        end = world.now
        seen |= set(desk.fetch(start, end))
        start = end
    seen |= set(desk.fetch(start, start + MINUTE))

    assert seen == wanted


def test_pages_hold_every_order_once_though_they_are_handed_over_meanwhile(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_pages, "ON_A_PAGE", 2)
    orders = offered(world, 5)

    pages = desk.pages(world.now - MINUTE, world.now + MINUTE)

    numbers = [each.text for page in pages for each in page.iter("OrderNumber")]
    assert [page.get("pages") for page in pages] == ["3", "3", "3"]
    assert sorted(map(str, numbers)) == sorted(order.number for order in orders)
    beyond = desk.get(action="export", page=99)
    assert (beyond.status_code, b"<Order>" in beyond.content) == (200, False)


def test_one_bad_order_spoils_no_page_and_a_person_is_told(world: World, desk: Desk) -> None:
    good, bad = offered(world, 2)
    Line.objects.filter(order=bad).update(sku="S" * 101)

    fetched = desk.latest()

    assert list(fetched) == [good.number]
    alert = Alert.objects.get(cause="order.not_exported", closed_at=None)
    assert (alert.subject_id, "longer than the 100" in alert.message) == (bad.pk, True)
    assert Release.objects.get(order=bad).released_at is None

    Line.objects.filter(order=bad).update(sku="MUG")
    assert set(desk.latest()) == {good.number, bad.number}
    alert.refresh_from_db()
    assert alert.closed_at is not None


def test_words_fields_and_prices_are_as_somebody_set_them(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    plain = desk.latest()[order.number]
    said = {"paid": "Awaiting Shipment", "custom_field_1": "number", "custom_field_2": "", "prices": True}
    Warehouse.objects.update(settings=said)

    fetched = desk.latest()[order.number]

    assert plain.findtext("OrderTotal") == "0.00"
    assert fetched.findtext("OrderStatus") == "Awaiting Shipment"
    assert [fetched.findtext(f"CustomField{place}") for place in (1, 2)] == [order.number, ""]
    assert float(fetched.findtext("OrderTotal", "0")) == float(order.total or 0) > 0


def test_more_orders_ask_the_database_no_more_often(world: World, desk: Desk) -> None:
    def statements(count: int) -> int:
        offered(world, count)
        world.later(minutes=60)
        start = world.now - 65 * MINUTE
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(desk.fetch(start, world.now)) == count
        return len(asked)

    few = statements(2)
    world.later(hours=3)
    assert statements(6) == few


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"start_date": "soon"}, "start_date"),
        ({"end_date": "99/99/2026"}, "end_date"),
        ({"start_date": "11/20/2026 10:00", "end_date": "11/20/2026 09:00"}, "before start_date"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "1e3"}, "page"),
        ({"page": "9" * 50}, "page"),
        ({"action": "delete"}, "action"),
        ({"action": ""}, "action"),
    ],
)
def test_what_cannot_be_read_is_named(desk: Desk, query: dict[str, Any], why: str) -> None:
    answer = desk.get(**{"action": "export", **query})

    assert answer.status_code == 400
    assert why in answer.content.decode()
