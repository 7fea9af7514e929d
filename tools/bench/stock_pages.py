"""Stock over a year of orders: how long it takes to come in, to be reckoned for a merchant, and each page of it.

Each merchant has its share of the levels, and a seller account that offers all of them; half of the accounts do so
in two marketplaces. Open orders are for some of the SKUs.
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
from inventory import stock_filters
from inventory.free_stock import FreeStock
from inventory.intake import Observed, observe
from inventory.models import Observation, StockLevel
from tools.bench import feed_calls, owed_stock
from tools.bench.list_pages import TIMES, MeasuredPage, one
from tools.bench.owed_stock import OwedStock
from tools.bench.year_of_orders import House, fill

REPORT = 5_000  # rows that one report brings
EACH = 1_500  # SKUs of a merchant
CHANGED = 20  # every so-manieth level becomes another one
SOLD_OUT = 50
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StockTimes:
    """What was measured."""

    levels: int
    first_s: float  # taken in for the first time
    again_s: float  # a twentieth of them changed
    reckoned_s: float  # what can be sold of one merchant's SKUs
    skus: int  # of that merchant
    owed: OwedStock
    feed_calls: float  # for a thousand SKUs
    pages: list[MeasuredPage]

    @property
    def met(self) -> bool:
        return self.owed.met and self.feed_calls <= feed_calls.MOST_CALLS and all(page.met for page in self.pages)


def measure(levels: int, orders: int, *, times: int = TIMES) -> StockTimes:
    """Fill the database with orders, bring in stock twice, work out what to send, and ask."""
    sellers = max(2, levels // EACH)
    house = fill(orders, now=clock.now(), merchants=sellers, carts=sellers * 3 // 2, grants=sellers)
    merchants = list(Merchant.objects.filter(organization=house.organization).order_by("pk"))
    each = levels // sellers
    first = _report(house, merchants, each)
    owed_stock.offer(house, each)
    first_owed, _ = owed_stock.owe_all(house)
    owed_stock.settle()
    again = _report(house, merchants, each, more=1)
    began = time.perf_counter()
    FreeStock.of(merchants[0].pk, now=clock.now())
    reckoned = time.perf_counter() - began
    again_owed = owed_stock.owe_all(house)
    changed = sellers * len([number for number in range(each) if _changes(number)])
    owed = owed_stock.measured(house, changed=changed, first_s=first_owed, again=again_owed)
    count, pages = StockLevel.objects.count(), _pages(house, merchants[0], times)
    return StockTimes(count, first, again, reckoned, each, owed, feed_calls.measure(), pages)


def _report(house: House, merchants: list[Merchant], each: int, *, more: int = 0) -> float:
    """Report every SKU of every merchant; of those that change so many ``more`` than before."""
    began = time.perf_counter()
    for merchant in merchants:
        for start in range(0, each, REPORT):
            now = clock.now()
            rows = (
                Observed(f"SKU-{number:05}", _there(number) + (more if _changes(number) else 0), now)
                for number in range(start, min(start + REPORT, each))
            )
            observe(house.warehouses[0], merchant, rows, source=Observation.Source.API, now=now)
    return time.perf_counter() - began


def _there(number: int) -> int:
    return 0 if number % SOLD_OUT == 7 else 1_000 + number % 97  # more than open orders want


def _changes(number: int) -> bool:
    return number % CHANGED == 0


def _pages(house: House, merchant: Merchant, times: int) -> list[MeasuredPage]:
    client, path = Client(), reverse("inventory:inventory")
    client.force_login(house.user)
    some = StockLevel.objects.filter(merchant=merchant).first()
    whose = {"merchant": str(merchant.pk)}
    queries: dict[str, Query] = {
        "stock": {},
        "stock, backwards": {"sort": "-sku"},
        "stock of a merchant": whose,
        "stock of a warehouse": {"warehouse": str(house.warehouses[0].pk)},
        **{f"stock, {each.label.lower()}": {"show": key} for key, each in stock_filters.FILTERS.items()},
        "… of a merchant": {"show": "zero", **whose},
        "stock, search: a SKU": {"q": "SKU-00042"},
        "stock, search: what all begin with": {"q": "SKU"},
        "stock, search: what there is not": {"q": "nothing"},
    }
    asked = {name: (path, query) for name, query in queries.items()}
    asked["aliases and kits"] = (reverse("inventory:items", args=[merchant.pk]), {})
    asked["handling time"] = (reverse("inventory:handling_time", args=[merchant.pk]), {})
    asked["a cart's inventory"] = (reverse("inventory:cart", args=[house.carts[0].pk]), {})
    if some is not None:
        asked["one SKU"] = (reverse("inventory:level", args=[some.pk]), {})
    with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"], SECURE_SSL_REDIRECT=False):
        return [one(client, name, address, query, times) for name, (address, query) in asked.items()]


def told(measured: StockTimes) -> list[str]:
    """Return the figures, a line for each."""
    calls = "met" if measured.feed_calls <= feed_calls.MOST_CALLS else "MISSED"
    return [
        f"{measured.levels:,} levels came in within {measured.first_s:.1f} s, again within {measured.again_s:.1f} s.",
        f"{measured.skus:,} SKUs of one merchant were reckoned in {measured.reckoned_s * 1000:.0f} ms.",
        *owed_stock.told(measured.owed),
        f"{measured.feed_calls:.1f} calls for 1,000 SKUs by feed (wanted ≤ {feed_calls.MOST_CALLS:g}): {calls}",
    ]
