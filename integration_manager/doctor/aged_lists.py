"""Lists of other people's words that may have aged: which, and what they no longer cover."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count

from carts.marketplaces import APPLICATIONS
from core.common import clock
from core.common.dated_lists import AGED_AFTER, DatedList
from integration_manager.doctor.registry import Finding, check, fine, warning
from orders import countries
from shipping.models import CarrierCode, Package

LOOK_BACK = timedelta(days=90)


def every_list() -> Sequence[DatedList]:
    """Return all lists the product goes by and others may change."""
    marketplaces = (APPLICATIONS[kind].marketplace for kind in sorted(APPLICATIONS))
    return [*(each for marketplace in marketplaces for each in marketplace.lists), countries.WORDS, countries.PARTS]


def aged(today: date, *, after: timedelta = AGED_AFTER) -> list[DatedList]:
    return [each for each in every_list() if each.is_aged(today, after=after)]


def sent_by_name(*, now: datetime) -> "Counter[tuple[str, str]]":
    """Return (marketplace, carrier): packages of the last 90 days whose carrier the marketplace was not told by a code
    of its list. What is on top is what the list lacks."""
    packages = Package.objects.filter(shipment__created_at__gte=now - LOOK_BACK).exclude(carrier="")
    rows = packages.values_list("organization", "order__cart__kind", "carrier").annotate(count=Count("pk"))
    chosen = {
        (code.organization_id, code.kind, code.carrier): code.code for code in CarrierCode.objects.exclude(code="")
    }
    found: Counter[tuple[str, str]] = Counter()
    for organization, kind, carrier, count in rows.order_by():
        marketplace = APPLICATIONS[kind].marketplace
        code = chosen.get((organization, kind, carrier)) or marketplace.guess_carrier(carrier)
        if code not in marketplace.carrier_codes:
            found[APPLICATIONS[kind].label, carrier] += count
    return found


@check("lists")
def look_at_lists() -> Finding:
    old = aged(clock.now().date())
    if old:
        named = "; ".join(f"{each.title} ({each.read})" for each in old)
        return warning(
            f"Nobody has looked for a year whether these lists still hold: {named}.",
            "Update the portal. manage.py lists_aged shows which carriers they lack.",
        )
    return fine("The lists of carriers and countries are less than a year old.")
