"""Goods that have to be stopped by hand: where staff find them, what an open page says, and the button that ends it."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.alerts.models import Alert
from orders.alerts import CANCELED_LATE
from orders.models import Order, OrderStatus
from shipping import tasks
from shipping.alerts import OFF_THE_BENCH
from tests.journeys.staff import CLOSE, filled_in, staff, workers
from tests.world import World

__all__ = ["staff"]  # a fixture
LIST, NEWS = reverse("orders:orders"), reverse("shipping:close_news")


def listed(client: Client, tab: str) -> list[str]:
    return [order.number for order in client.get(LIST, {"tab": tab}).context["listing"].rows]


def counted(client: Client, tab: str) -> int:
    tabs = client.get(LIST, {"tab": "all"}).context["tabs"]
    return next(int(each["count"]) for each in tabs if each["label"] == tab)


def press_in_row(client: Client, tab: str) -> str:
    """Press the only button there is in the rows of a tab, and return the page one comes to."""
    page = client.get(LIST, {"tab": tab}).content.decode()
    [(url, seen)] = re.findall(r'<button class="btn btn-sm" formaction="([^"]+)" name="seen" value="([^"]+)"', page)
    answer: str = client.post(unescape(url), {"seen": seen}, follow=True).content.decode()
    return answer


def ask(client: Client, *orders: Order, tag: str = "") -> Any:
    """Ask what is new about the orders of an open Ship and Close, as static/live.js does."""
    rows = ",".join(str(order.pk) for order in orders)
    return client.get(NEWS, headers={"X-Live": "1", "If-None-Match": tag, "X-Live-Shown": rows})


def test_what_was_canceled_before_it_shipped_needs_attention_until_somebody_stopped_it(
    world: World, staff: Client
) -> None:
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    staff.post(CLOSE, filled_in(world, [order]))
    workers(world, times=2)

    assert world.order(order.number).status == OrderStatus.CLOSED
    assert Alert.objects.get(cause=CANCELED_LATE, closed_at=None).severity_word == "urgent"
    assert listed(staff, "attention") == listed(staff, "closed") == [order.number]
    assert counted(staff, "Needs attention") == counted(staff, "Closed") == 1
    tiles = {each.label: int(each.number) for row in staff.get("/").context["tiles"] for each in row}
    assert tiles["Need attention"] == 1
    assert "Canceled, but shipped. Tracking refused" in staff.get(LIST, {"tab": "attention"}).content.decode()

    assert "Nothing needs attention" in press_in_row(staff, "attention")

    assert counted(staff, "Needs attention") == 0
    assert listed(staff, "closed") == [order.number]
    assert not Alert.objects.filter(closed_at=None).exists()


def test_what_is_canceled_at_the_bench_is_told_to_an_open_page_and_counted_until_it_is_pulled(
    world: World, staff: Client
) -> None:
    canceled, kept = world.at_warehouse(), world.at_warehouse()
    page = staff.get(CLOSE, {"order": [canceled.pk, kept.pk]}).content.decode()
    assert f'data-live-address="{NEWS}"' in page
    assert page.count("data-live-row=") == 2
    before = ask(staff, canceled, kept)
    assert "can't be shipped" not in before.content.decode()
    assert ask(staff, canceled, kept, tag=before["ETag"]).status_code == 304

    world.simulator.cancel(canceled.number)
    world.later(minutes=5)
    world.download()
    tasks.recall_due()

    news = ask(staff, canceled, kept, tag=before["ETag"]).content.decode()
    assert "1 order can't be shipped any more." in news
    assert f"{canceled.number}</a> <bdi>is canceled" in news
    assert kept.number not in news
    typed = filled_in(world, [canceled, kept])
    left = staff.post(CLOSE, {**typed, "leave_gone": "1"}).content.decode()
    assert canceled.number not in left
    assert typed[f"tracking_{kept.pk}"] in left

    assert Alert.objects.get(cause=OFF_THE_BENCH).severity_word == "urgent"
    assert listed(staff, "attention") == listed(staff, "canceled") == [canceled.number]
    assert "Pull from packing. Canceled on Amazon.com" in staff.get(LIST, {"tab": "canceled"}).content.decode()
    assert "Pulled from packing" in staff.get(canceled.get_absolute_url()).content.decode()
    assert "noted as done" in press_in_row(staff, "canceled")
    assert (listed(staff, "attention"), listed(staff, "canceled")) == ([], [canceled.number])


def test_ship_and_close_says_as_of_when_it_knows_and_asks_anew_where_that_is_old(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    Cart.objects.update(orders_due_at=None)

    page = staff.get(CLOSE, {"order": order.pk}).content.decode()
    assert re.search(r"As of <time [^>]+>20 Nov 12:0\d UTC</time>", page)
    assert Cart.objects.get().orders_due_at is None  # looked at a moment ago

    world.later(minutes=20)
    staff.get(CLOSE, {"order": order.pk})
    assert Cart.objects.get().orders_due_at is not None
    said = staff.post(CLOSE, filled_in(world, [order], download="1")).content.decode()
    assert "that was asked for" in said
    world.later(minutes=2)
    typed = filled_in(world, [order], download="1")
    said = staff.post(CLOSE, typed).content.decode()
    assert "1 account is being looked at now." in said
    assert typed[f"tracking_{order.pk}"] in said
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_a_cart_says_what_its_download_brought_of_orders_it_knew(world: World, staff: Client) -> None:
    first, second, third, _ = (world.at_warehouse() for _ in range(4))
    world.simulator.cancel(first.number)
    world.simulator.cancel(second.number)
    world.simulator.request_cancel(third.number)
    world.later(minutes=5)
    world.download()

    page = staff.get(world.cart.get_absolute_url()).content.decode()

    assert "No new orders. 2 orders canceled, 1 order held." in page
