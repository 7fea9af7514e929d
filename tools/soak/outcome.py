"""Both sides' accounts compared: what buyers ordered, what we have, what people shipped, what Amazon was told."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import quantiles
from typing import Any

from core.activity.models import Event
from core.common.errands import ErrandState
from core.upkeep import installation
from orders.models import Order, OrderStatus
from shipping.models import Charge, Confirmation, Package
from tools.soak import stock_told
from tools.soak.amazon import SimulatedAmazon

HERE_WITHIN = 240.0  # seconds from placed to here, p95; 130 of them are Amazon's own
TOLD_WITHIN = 90.0  # seconds from shipped to told, p99
NAMED = 5


@dataclass
class SoakOutcome:
    """``faults`` are what must never be, by name, with the orders concerned; the seconds are for the aims."""

    orders: int
    packages: int
    faults: dict[str, list[str]] = field(default_factory=dict)
    here_after: list[float] = field(default_factory=list)
    told_after: list[float] = field(default_factory=list)
    levels_after: list[float] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not any(self.faults.values())

    def lines(self) -> list[str]:
        told = [f"{self.orders} orders, {self.packages} packages"]
        for name, numbers in self.faults.items():
            named = ", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else "")
            told.append(f"  {name:<30}{len(numbers):>6}  {named}".rstrip())
        told.append(spread("placed to here", self.here_after, 95, HERE_WITHIN))
        told.append(spread("shipped to told", self.told_after, 99, TOLD_WITHIN))
        told.append(spread("counted to told", self.levels_after, 95, stock_told.TOLD_WITHIN))
        return told


def spread(what: str, seconds: Sequence[float], percentile: int, wanted: float) -> str:
    """Return a line with the median and the percentile there is an aim for."""
    if len(seconds) < 2:
        return f"  {what:<20}too few to say"
    cuts = quantiles(seconds, n=100, method="inclusive")
    met = "met" if cuts[percentile - 1] <= wanted else "MISSED"
    return f"  {what:<20}p50 {cuts[49]:.0f} s, p{percentile} {cuts[percentile - 1]:.0f} s, wanted {wanted:.0f} s: {met}"


def unfinished() -> int:
    """Return how much is still on its way: orders, and packages and stock that Amazon was not told of."""
    open_orders = Order.objects.filter(status__in=[OrderStatus.NEW, OrderStatus.AT_WMS, OrderStatus.SHIPPED])
    confirmations = Confirmation.objects.exclude(state=ErrandState.DONE)
    return open_orders.count() + confirmations.count() + len(stock_told.untold())


def judge(amazon: SimulatedAmazon, ordered: Collection[str]) -> SoakOutcome:
    """Compare the database with the simulator's journal, package by package."""
    numbers = list(Order.objects.values_list("number", flat=True))
    packages = list(Package.objects.select_related("order", "shipment"))
    confirmations = amazon.journal("confirmation")
    outcome = SoakOutcome(len(ordered), len(packages))
    shipped = [package.order.number for package in packages]
    told = {(entry["order_id"], entry["tracking"]): moment(entry["time"]) for entry in reversed(confirmations)}
    untold = {p.order.number for p in packages if (p.order.number, p.tracking_number) not in told}
    outcome.faults = {
        "orders lost": sorted(set(ordered) - set(numbers)),
        "orders doubled": repeated(numbers),
        "shipped twice": repeated(shipped),
        "never told": sorted(untold),
        "told, never shipped": sorted({number for number, _ in told} - set(shipped)),
        "doubled at Amazon": doubled(confirmations),
        "open at Amazon": open_there(amazon, set(shipped)),
        "charged twice": repeated(charged()),
        "stuck": [str(each) for each in Confirmation.objects.filter(state=ErrandState.STUCK)],
        "stock never told": stock_told.untold(),
        "paused by itself": [reason] if (reason := installation.said_paused()) else [],
    }
    placed = {entry["order_id"]: moment(entry["time"]) for entry in amazon.journal("order")}
    here = first_downloads()
    outcome.here_after = [(here[n] - placed[n]).total_seconds() for n in ordered if n in here and n in placed]
    outcome.told_after = [
        (told[key] - package.shipment.created_at).total_seconds()
        for package in packages
        if (key := (package.order.number, package.tracking_number)) in told
    ]
    outcome.levels_after = stock_told.told_after()
    return outcome


def repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def doubled(confirmations: Sequence[dict[str, Any]]) -> list[str]:
    """Return the orders of which a package was told more than once as a new one. Told again as an edit is harmless."""
    new = [entry for entry in confirmations if not entry["edit"]]
    return sorted({entry["order_id"] for entry in new if _times(new, entry) > 1})


def _times(entries: Sequence[dict[str, Any]], like: dict[str, Any]) -> int:
    same = ("order_id", "tracking")
    return sum(all(entry[name] == like[name] for name in same) for entry in entries)


def open_there(amazon: SimulatedAmazon, shipped: Collection[str]) -> list[str]:
    states = {number: amazon.order(number)["fulfillment"]["fulfillmentStatus"] for number in shipped}
    return sorted(number for number, state in states.items() if state != "SHIPPED")


def charged() -> list[str]:
    """Return the order's number and the label of each charge."""
    return [f"{number} {label}" for number, label in Charge.objects.values_list("order__number", "label")]


def first_downloads() -> dict[str, datetime]:
    """Return when each order came in, by its number."""
    numbers = dict(Order.objects.values_list("pk", "number"))
    events = Event.objects.filter(kind="order.downloaded", subject_kind="order").order_by("-pk")
    return {numbers[pk]: at for pk, at in events.values_list("subject_id", "at") if pk in numbers}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
