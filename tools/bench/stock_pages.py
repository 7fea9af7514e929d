"""Stock over a year of orders: how long it takes to come in, to be reckoned for a merchant, and each page of it.

The merchants of the house share the levels, so that each has some thousands of SKUs; open orders are for some of them.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from core.accounts.models import Merchant
from core.common import clock
from inventory.free_stock import FreeStock
from inventory.intake import Observed, observe
from inventory.models import Observation, StockLevel
from tools.bench.list_pages import TIMES, MeasuredPage, one
from tools.bench.measures import peak_mb
from tools.bench.year_of_orders import House, fill

REPORT = 5_000  # rows that one report brings
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StockTimes:
    """What was measured."""

    levels: int
    first_s: float  # taken in for the first time
    again_s: float  # a twentieth of them changed
    reckoned_s: float  # what can be sold of one merchant's SKUs
    skus: int  # of that merchant
    peak_mb: float
    pages: list[MeasuredPage]


def measure(levels: int, orders: int, *, times: int = TIMES) -> StockTimes:
    """Fill the database with orders, bring in stock twice, and ask."""
    house = fill(orders, now=clock.now())
    merchants = list(Merchant.objects.filter(organization=house.organization).order_by("pk"))
    each = max(1, levels // len(merchants))
    first = _report(house, merchants, each, changed=0)
    again = _report(house, merchants, each, changed=20)
    began = time.perf_counter()
    FreeStock.of(merchants[0].pk, now=clock.now())
    reckoned = time.perf_counter() - began
    return StockTimes(
        StockLevel.objects.count(), first, again, reckoned, each, peak_mb(), _pages(house, merchants[0], times)
    )


def _report(house: House, merchants: list[Merchant], each: int, *, changed: int) -> float:
    """Report every SKU of every merchant; one of so many is another number than before."""
    began = time.perf_counter()
    for merchant in merchants:
        for start in range(0, each, REPORT):
            now = clock.now()
            rows = (
                Observed(f"SKU-{number:05}", number % 97 + (1 if changed and number % changed == 0 else 0), now)
                for number in range(start, min(start + REPORT, each))
            )
            observe(house.warehouses[0], merchant, rows, source=Observation.Source.API, now=now)
    return time.perf_counter() - began


def _pages(house: House, merchant: Merchant, times: int) -> list[MeasuredPage]:
    client, path = Client(), reverse("inventory:inventory")
    client.force_login(house.user)
    some = StockLevel.objects.filter(merchant=merchant).first()
    asked: dict[str, tuple[str, Query]] = {
        "stock": (path, {}),
        "stock of a merchant": (path, {"merchant": str(merchant.pk)}),
        "stock, low": (path, {"show": "low"}),
        "stock, search": (path, {"q": "SKU-00042"}),
    }
    if some is not None:
        asked["one SKU"] = (reverse("inventory:level", args=[some.pk]), {})
    with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"], SECURE_SSL_REDIRECT=False):
        return [one(client, name, address, query, times) for name, (address, query) in asked.items()]


def told(measured: StockTimes) -> list[str]:
    """Return the figures, a line for each."""
    return [
        f"{measured.levels:,} levels came in within {measured.first_s:.1f} s, again within {measured.again_s:.1f} s.",
        f"{measured.skus:,} SKUs of one merchant were reckoned in {measured.reckoned_s * 1000:.0f} ms.",
        f"Memory at the most: {measured.peak_mb:.0f} MB.",
    ]
