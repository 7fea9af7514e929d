"""The list of orders, asked for as people ask for it, over a year of orders: how long each page takes to be made.

Through Django's test client, so with middleware, session and template, without a network. Every page is asked for once
before it is measured: what a page costs the first person of the day is the disk's speed.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from core.common import clock
from core.ui.list_page import Cursor
from integration_manager.settled import settle
from orders.models import Order, OrderStatus
from shipping.performance import flow_steps
from tools.bench import year_of_sums
from tools.bench.measures import Watch
from tools.bench.year_of_orders import House, fill

TIMES = 30
WITHIN_MS = 150.0
SUMS_WITHIN_MS = 1_000.0  # a page of performance
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """One page, asked for many times."""

    name: str
    p50_ms: float
    p95_ms: float
    statements: int
    rows: int
    cpu_ms: float = 0.0  # of this process, a page; the database's own is not in it
    within_ms: float = WITHIN_MS

    @property
    def met(self) -> bool:
        return self.p95_ms < self.within_ms


def measure(orders: int, *, times: int = TIMES) -> tuple[float, list[MeasuredPage]]:
    """Fill the database and ask. Returns also how many seconds filling took."""
    began = time.perf_counter()
    house = fill(orders, now=clock.now())
    year_of_sums.write(house.organization)
    filled = time.perf_counter() - began
    flow_steps.refresh(house.organization, now=clock.now())  # as the sweep does, every minute
    return filled, ask(house, times=times)


def ask(house: House, *, times: int = TIMES) -> list[MeasuredPage]:
    client = Client()
    client.force_login(house.user)
    settle()  # as every web process does
    with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"], SECURE_SSL_REDIRECT=False):
        return [one(client, name, path, query, times) for name, (path, query) in pages(house).items()]


def one(client: Client, name: str, path: str, query: Query, times: int) -> MeasuredPage:
    watch = Watch()
    with connection.execute_wrapper(watch.count):
        answer = client.get(path, query)
    assert answer.status_code == 200, f"{name}: {answer.status_code}"
    took = []
    cpu_began = time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        client.get(path, query)
        took.append((time.perf_counter() - began) * 1000)
    cpu_ms = (time.process_time() - cpu_began) * 1000 / times
    rows = answer.content.count(b"<tr") - 1  # the head is one too
    within = SUMS_WITHIN_MS if path == reverse("performance:page") else WITHIN_MS
    figures = (median(took), quantiles(took, n=20)[-1], watch.statements, max(rows, 0))
    return MeasuredPage(name, *figures, cpu_ms=cpu_ms, within_ms=within)


def pages(house: House) -> dict[str, tuple[str, Query]]:
    """Return what people ask for: every tab, filter, sorting and kind of search, common values and rare ones."""
    found = Order.objects.filter(organization=house.organization, status=OrderStatus.CONFIRMED).order_by("-placed_at")
    order = found[min(1_000, found.count() - 1)]
    sku, tracking = order.lines.all()[0].sku, order.packages.all()[0].tracking_number
    big, small, gone = house.carts[0], house.carts[-2], house.carts[-1]
    today = clock.now().date().isoformat()
    half = (clock.now().date() - timedelta(days=182)).isoformat()
    asked: dict[str, Query] = {
        "no filter": {},
        **{f"tab {tab}": {"tab": tab} for tab in ("attention", "new", "wms", "shipped", "confirmed", "skipped", "all")},
        "a cart with a fifth of them": {"tab": "all", "cart": str(big.pk)},
        "a small cart": {"tab": "all", "cart": str(small.pk)},
        "a cart that sells no longer": {"tab": "all", "cart": str(gone.pk)},
        "… its confirmed ones": {"tab": "confirmed", "cart": str(gone.pk)},
        "a merchant": {"tab": "all", "merchant": str(big.merchant_id)},
        "the big warehouse": {"tab": "all", "warehouse": str(house.warehouses[0].pk)},
        "a warehouse with a hundredth": {"tab": "wms", "warehouse": str(house.warehouses[-1].pk)},
        "status": {"tab": "all", "status": "at_wms"},
        "held, by reason": {"tab": "all", "held": "unmapped"},
        "a common ship method": {"tab": "all", "method": "Standard"},
        "a rare ship method": {"tab": "all", "method": "Scheduled"},
        "overdue": {"tab": "all", "due": "overdue"},
        "due within 6 hours": {"tab": "all", "due": "6h"},
        "due within 24 hours": {"tab": "wms", "due": "24h"},
        "ship by, a range": {"tab": "all", "due_from": today, "due_to": today},
        "Prime": {"tab": "all", "prime": "yes"},
        "business": {"tab": "all", "business": "yes"},
        "placed, 24 hours": {"tab": "all", "placed": "1"},
        "placed, 30 days": {"tab": "all", "placed": "30"},
        "placed, a range": {"tab": "all", "placed_from": "2000-01-01", "placed_to": today},
        "several filters": {"tab": "wms", "cart": str(big.pk), "prime": "yes", "method": "Standard", "placed": "30"},
        "sorted by number": {"tab": "all", "sort": "number"},
        "sorted by lines": {"tab": "all", "sort": "-lines"},
        "sorted by ship-by": {"tab": "all", "sort": "due"},
        "sorted by ship-by, down": {"tab": "all", "sort": "-due"},
        "search: a number": {"tab": "all", "q": order.number},
        "search: its beginning": {"tab": "all", "q": order.number[:7]},
        "search: what all begin with": {"tab": "all", "q": "1"},
        "search: a SKU": {"tab": "all", "q": sku},
        "search: the best-selling SKU": {"tab": "all", "q": "SKU-00000"},
        "search: a SKU, needs attention": {"tab": "attention", "q": "SKU-00000"},
        "search: a tracking number": {"tab": "all", "q": tracking},
        "search: a number at the warehouse": {"tab": "all", "q": f"P-{order.number[:7]}"},
        "search: what there is not": {"tab": "all", "q": "nothing"},
        "search in a cart": {"tab": "all", "q": "SKU-00000", "cart": str(small.pk)},
    }
    listed = reverse("orders:orders")
    found_pages = {name: (listed, query) for name, query in asked.items()}
    found_pages["the 400th page"] = (listed, {"tab": "all", "after": far_down(house)})
    found_pages["ship-by board"] = (reverse("orders:board"), {})
    found_pages["dashboard"] = (reverse("dashboard"), {})
    summed: dict[str, Query] = {
        "performance, 30 days": {},
        "performance, a year by cart": {"period": "365", "by": "cart"},
        "performance, a year by warehouse": {"period": "365", "by": "warehouse"},
        "performance, a year of a merchant": {"period": "365", "by": "cart", "merchant": str(big.merchant_id)},
        "performance, half a year by cart": {"from": half, "to": today, "by": "cart"},  # the half before is read, too
    }
    found_pages |= {name: (reverse("performance:page"), query) for name, query in summed.items()}
    return found_pages


def far_down(house: House) -> str:
    """Return where somebody is who pressed "Older" four hundred times, or half-way where there are fewer."""
    orders = Order.objects.filter(organization=house.organization).order_by("-placed_at", "-pk")
    row = orders[min(20_000, house_size(house) // 2)]
    return str(Cursor(str(row.placed_at), str(row.pk), 20_000))


def house_size(house: House) -> int:
    return int(Order.objects.filter(organization=house.organization).count())


def told(asked: Sequence[MeasuredPage]) -> list[str]:
    """Return a line for each page."""
    return [
        f"  {each.name:<34}{each.p50_ms:>8.0f}{each.p95_ms:>8.0f}  {each.statements:>3} SQL  {each.rows:>3} rows  "
        f"{each.cpu_ms:>5.0f} ms CPU  wanted < {each.within_ms:>5g}: "
        f"{'met' if each.met else 'MISSED'}"
        for each in asked
    ]
