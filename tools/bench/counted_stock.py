"""Counting SKUs of a connected cart while worker and beat run: see answered_stock.py."""

from django.conf import settings
from django.core.management import call_command

from core.common import clock
from integration_manager.management import demo_data, embedded
from integration_manager.management.demonstration import Demonstration
from inventory import affected_carts
from inventory.intake import Observed, observe
from inventory.models import Observation, StockLevel, StockUpdate
from tools.bench.answered_stock import wait


def measure(times: int) -> list[float]:
    """Return how many seconds each number took from being counted to being answered."""
    call_command("migrate", verbosity=0, interactive=False)
    demo = demo_data.furnish()
    with embedded.Running() as running:
        running.start_simulator(settings.SIMULATOR_PORT)
        running.start_worker()
        running.start_beat()
        cart = Demonstration(demo, settings.SIMULATOR_URL, print)._connect()
        wait(StockLevel.objects.filter(merchant=cart.merchant).exists, "the listings were not read")
        levels = list(StockLevel.objects.filter(merchant=cart.merchant).select_related("warehouse").order_by("pk"))
        return [_one(levels[number % len(levels)], 50 + number, number) for number in range(times)]


def _one(level: StockLevel, on_hand: int, number: int) -> float:
    now = clock.now()
    observed = [Observed(level.sku, on_hand, now)]
    observe(level.warehouse, level.merchant, observed, source=Observation.Source.API, now=now)
    if number % 2:
        affected_carts.tell(level.warehouse, level.merchant_id, now=now)
    told = StockUpdate.objects.filter(sku=level.sku, told=on_hand)
    return wait(told.exists, f"{level.sku} was not taken")
