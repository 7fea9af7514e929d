"""Carts that are told too many carriers as "Other": the marketplace can't follow those, and counts them as invalid.

Told for a week's packages of a cart, with the carriers it is about, so that somebody chooses their codes once.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse

from carts.marketplaces import asked_kinds
from carts.models import Cart
from core.alerts.raised import keep_alerts
from shipping.alerts import OTHER_CARRIERS
from shipping.carriers.carrier_codes import carrier_of
from shipping.models import CarrierCode, Package, Warehouse

SPAN = timedelta(days=7)
LEAST = 20  # packages: of fewer no share is reckoned
MOST = 0.2  # the share that is too high
NAMED = 5


def tell(*, now: datetime) -> None:
    """Raise, refresh and close the alert of every cart."""
    keep_alerts(OTHER_CARRIERS, _carts(now), now=now)


def _carts(now: datetime) -> Iterator[tuple[Any, str, str]]:
    everywhere = list(Warehouse.objects.values_list("pk", flat=True))  # by name: what the index begins with
    packages = Package.objects.filter(shipment__warehouse__in=everywhere, shipment__created_at__gt=now - SPAN)
    rows = packages.exclude(carrier="").order_by().values_list("order__cart", "carrier").annotate(count=Count("pk"))
    by_cart: dict[int, dict[str, int]] = defaultdict(dict)
    for cart_id, carrier, count in rows:
        by_cart[cart_id][carrier] = count
    many = {pk: carriers for pk, carriers in by_cart.items() if sum(carriers.values()) >= LEAST}
    for cart in Cart.objects.filter(pk__in=many, kind__in=asked_kinds()).select_related("merchant").order_by("pk"):
        others = _others(cart, many[cart.pk])
        share = sum(others.values()) / sum(many[cart.pk].values())
        if share > MOST:
            named = ", ".join(sorted(others, key=lambda carrier: (-others[carrier], carrier))[:NAMED])
            said = (
                f"{cart.merchant}, {cart}: {share:.0%} of the last week's packages were told to {cart.place.name} with "
                f"a carrier it does not know ({named}). Their tracking may count as invalid."
            )
            yield cart, said, reverse("shipping:carriers")


def _others(cart: Cart, carriers: dict[str, int]) -> dict[str, int]:
    """Return those that the marketplace is told as "other"."""
    chosen = CarrierCode.objects.filter(organization=cart.organization_id, kind=cart.kind, carrier__in=carriers)
    codes = {code.carrier: code for code in chosen}
    unsaid = {carrier: CarrierCode(kind=cart.kind, carrier=carrier) for carrier in carriers}
    return {
        carrier: count
        for carrier, count in carriers.items()
        if not carrier_of(codes.get(carrier, unsaid[carrier])).known
    }
