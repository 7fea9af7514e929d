"""From a level that changed to Amazon's answer, in the running product: ``manage.py portal``, asked by its doors.

Several sellers' warehouses report one level after another by the API. Portal and simulated Amazon, with Amazon's
quotas, run in a process of their own. By the portal's own rows, from the observation until the answer was stored.

    make bench ARGS="--told 100"
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGTERM
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx
from django.conf import settings

from carts.consent import grants
from carts.marketplaces.values import Tokens
from carts.models import Cart, Listing
from core.accounts.models import Merchant, Organization
from core.api import keys, public_ids
from core.api.scopes import Scope
from core.common import clock
from inventory.models import StockUpdate
from tools import children
from tools.bench.api_load import answers, reporting_warehouse
from tools.bench.our_import import KIND
from tools.soak import stock_told
from tools.soak.amazon import SimulatedAmazon

ROOT = Path(__file__).resolve().parents[2]
SELLERS = 4
EVERY = 1.2  # seconds between two changes
STARTS = 180.0  # seconds the portal may take to start, and its first reading of listings, beside other work
REST = 60.0  # seconds the last number may take
FIRST = 50  # units of everything


@dataclass(frozen=True, slots=True)
class Offered:
    """A SKU of a seller, and where its level is reported."""

    seller_id: str
    merchant_id: int
    warehouse_id: int
    sku: str


@dataclass(frozen=True, slots=True)
class ToldLevels:
    """What was measured, in seconds. ``wrong``: SKUs of which Amazon shows another number than was reported last."""

    changes: int
    answered: int
    median_s: float
    p95_s: float
    longest_s: float
    wrong: Sequence[str]

    @property
    def met(self) -> bool:
        return self.p95_s < stock_told.TOLD_WITHIN and self.answered == self.changes and not self.wrong

    def told(self) -> list[str]:
        """Return the figures, a line for each."""
        wrong = f"; WRONG at Amazon: {', '.join(self.wrong)}" if self.wrong else ""
        verdict = "met" if self.met else "MISSED"
        return [
            f"{self.changes} levels changed, {self.answered} numbers answered{wrong}.",
            f"From a level to Amazon's answer: {self.median_s:.1f} s in the median, {self.p95_s:.1f} s p95 "
            f"(wanted < {stock_told.TOLD_WITHIN:g}), {self.longest_s:.1f} s at the most: {verdict}",
        ]


def measure(changes: int) -> ToldLevels:
    """Start the portal on the bench's database, connect sellers, and report so many changes."""
    command = [sys.executable, str(ROOT / "manage.py"), "portal", "--no-demo"]
    started = partial(answers, f"{settings.PUBLIC_URL}/api/v1/problems")
    with (
        TemporaryDirectory(prefix="im-bench-portal-") as folder,
        children.child(
            command, folder=Path(folder), answers=started, stop=SIGTERM, env=dict(os.environ), patience=STARTS
        ),
    ):
        amazon, organization = SimulatedAmazon(settings.SIMULATOR_URL), Organization.objects.create(name="Bench 3PL")
        offered = _connect(amazon, organization)
        _, key = keys.issue(organization, name="Bench WMS", scopes=Scope, by=None, now=clock.now())
        with httpx.Client(timeout=60, trust_env=False, headers={"Authorization": f"Bearer {key}"}) as http:
            for each in offered:
                _report(http, each, FIRST)
            _wait(lambda: StockUpdate.objects.count() == len(offered) and not stock_told.untold(), STARTS)
            began, shown = clock.now(), dict[tuple[str, str], int]()
            for number in range(changes):
                each = offered[number % len(offered)]
                shown[each.seller_id, each.sku] = FIRST + 1 + number
                _report(http, each, FIRST + 1 + number)
                time.sleep(EVERY)
            _wait(lambda: len(stock_told.told_after(since=began)) == changes and not stock_told.untold(), REST)
        there = {(entry["seller_id"], entry["sku"]): entry["quantity"] for entry in amazon.journal("stock")}
        took = stock_told.told_after(since=began)
    return ToldLevels(
        changes=changes,
        answered=len(took),
        median_s=median(took),
        p95_s=quantiles(took, n=20)[-1],
        longest_s=max(took),
        wrong=sorted({sku for (seller_id, sku), units in shown.items() if there.get((seller_id, sku)) != units}),
    )


def _connect(amazon: SimulatedAmazon, organization: Organization) -> list[Offered]:
    """Let some sellers authorize the portal, each with a warehouse that reports, and wait for their listings."""
    carts: dict[Cart, tuple[str, int]] = {}
    for seller in amazon.sellers()[:SELLERS]:
        merchant, now = Merchant.objects.create(organization=organization, name=seller["name"]), clock.now()
        place_id, name = seller["marketplace_ids"][0], seller["name"]
        cart = Cart.objects.create(
            organization=organization, merchant=merchant, kind=KIND, place_id=place_id, name=name,
            state=Cart.State.LIVE, live_at=now, inventory_due_at=now, orders_on=False,
        )  # fmt: skip  # without orders, what is on hand is what Amazon shows
        warehouse = reporting_warehouse(cart, seller["seller_id"])
        tokens = Tokens(access_token="", expires_in=0, refresh_token=amazon.consent(seller["seller_id"]))
        grants.bind(cart, seller_id=seller["seller_id"], tokens=tokens, by=None, now=now)
        carts[cart] = (seller["seller_id"], warehouse.pk)
    Cart.objects.filter(organization=organization).update(inventory_due_at=clock.now())
    _wait(lambda: not Cart.objects.filter(listed_at=None).exists(), STARTS)
    listed = Listing.objects.filter(fulfilled_by_marketplace=False).order_by("sku", "cart").select_related("cart")
    return [
        Offered(carts[row.cart][0], row.cart.merchant_id, carts[row.cart][1], row.sku) for row in listed
    ]  # neighbors are of different sellers


def _report(http: httpx.Client, each: Offered, units: int) -> None:
    answer = http.post(
        f"{settings.PUBLIC_URL}/api/v1/levels",
        json={
            "warehouse": public_ids.write(public_ids.WAREHOUSE, each.warehouse_id),
            "merchant": public_ids.write(public_ids.MERCHANT, each.merchant_id),
            "observed_at": clock.now().isoformat(),
            "levels": [{"sku": each.sku, "on_hand": units}],
        },
    )
    if answer.status_code != 200:
        raise RuntimeError(f"The report was answered {answer.status_code}: {answer.text[:500]}")


def _wait(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until it is so, or for so long: what is missing then shows in the figures."""
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.5)
