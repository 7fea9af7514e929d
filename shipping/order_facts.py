"""What is told about an order beside an alert's sentence, with what was shipped of it: whoever was mailed about it, and
has no account, follows it by that."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from core.alerts.facts import Facts
from core.ui.formats import tell_weekday
from orders import alert_facts
from shipping.models import Package

LISTED = 8  # packages of one order


def of_orders(numbers: Collection[int]) -> Mapping[int, Facts]:
    """Return the facts of orders by their keys: one statement more than without what was shipped."""
    shipped: dict[int, list[tuple[str, str]]] = {}
    packages = Package.objects.filter(order__in=numbers).select_related("shipment", "organization")
    for package in packages.order_by("order", "number"):
        at = tell_weekday(package.shipped_at, zone=package.organization.zone)
        what = f"{package.carrier} {package.service}, {package.number_or_none}, {at}"
        shipped.setdefault(package.order_id, []).append(("Shipped", what))
    told = alert_facts.of_orders(numbers)
    return {pk: replace(facts, since=_first(shipped.get(pk, []))) for pk, facts in told.items()}


def _first(packages: list[tuple[str, str]]) -> list[tuple[str, str]]:
    more = len(packages) - LISTED
    return [*packages[:LISTED], *([("Shipped", f"{more} more")] if more > 0 else [])]
