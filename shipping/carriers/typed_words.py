"""What is odd about a carrier, a SCAC, a service or a tracking number as somebody typed it: a buyer sees all of it.

What no carrier could mean, a formula of a sheet or a control character, is refused; what is most often a slip and may
be right is asked about. Pure, but for ``known_carriers``.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

from carts.marketplaces import APPLICATIONS
from core.common.typed_signs import fold_signs
from orders.models import Order
from shipping.carriers.tracking_numbers import family_of, plain_name
from shipping.models import CarrierCode, ShipMethod

SCAC = re.compile(r"[A-Z]{2,4}", re.ASCII)
TRACKING = re.compile(r"[A-Z0-9 ./_-]+", re.ASCII | re.IGNORECASE)
SHORTEST = 5  # letters and digits; no carrier's tracking number has fewer
FORMULA = "=+@-"  # what a sheet takes for the beginning of one
MARKUP = frozenset('<>{}[]|\\^`"')
UNSEEN = ("Cc", "Cs", "Co", "Cn")  # control characters, and those that are none


def refusal(name: str, text: str) -> str:
    """Return why a text can be no ``name``, such as “carrier”, as a sentence; "" when it can."""
    trimmed = text.strip()
    if trimmed[:1] and trimmed[0] in FORMULA:
        return f"A {name} does not begin with “{trimmed[0]}”. Enter the {name} itself, not the formula of a sheet."
    if any(unicodedata.category(sign) in UNSEEN for sign in trimmed):
        return f"There is a character in this {name} that nobody can see. Enter it again."
    return ""


def wrong_scac(text: str) -> str:
    """Return why a text can be no SCAC, as a sentence; "" when it can, or when nothing was entered."""
    plain = fold_signs(text).strip()
    return "" if re.fullmatch(r"[\w .-]*", plain, re.ASCII) else "A SCAC has 2 to 4 letters, such as UPSN."


def odd_scac(scac: str) -> str:
    if not scac or SCAC.fullmatch(scac):
        return ""
    return f"“{scac}” is not a SCAC: one has 2 to 4 letters, such as UPSN."


def odd_name(name: str, text: str) -> str:
    """Return what is odd about the name of a carrier or a service; it may be of any script."""
    signs = [sign for sign in text if sign in MARKUP or unicodedata.category(sign) in ("So", "Sk")]
    if signs:
        return f"“{signs[0]}” is not usual in a {name}. The buyer sees it as it is."
    return ""


def odd_number(number: str) -> str:
    """Return what is odd about a tracking number, whoever its carrier is. It is in its form already."""
    if not number:
        return ""
    if not TRACKING.fullmatch(number):
        odd = next(sign for sign in number if not TRACKING.fullmatch(sign))
        return f"“{odd}” does not occur in tracking numbers. Scan or enter it again."
    count = sum(map(str.isalnum, number))
    if count < SHORTEST:
        return f"It is too short for a tracking number: {number}."
    return ""


def known_carriers(orders: Iterable[Order]) -> Collection[tuple[int, str]]:
    """Return (organization, plain name) of the carriers people vouched for: by a code they chose, or a ship method."""
    organizations = {order.organization_id for order in orders}
    if not organizations:
        return set()
    codes = CarrierCode.objects.filter(organization__in=organizations).exclude(code="")
    methods = ShipMethod.objects.filter(organization__in=organizations)
    named = [*codes.values_list("organization", "carrier"), *methods.values_list("organization", "carrier")]
    return {(organization, plain_name(carrier)) for organization, carrier in named}


def is_unknown(order: Order, carrier: str) -> bool:
    """Whether neither a list of carriers nor the order's marketplace knows a carrier by this name."""
    if not carrier.strip() or family_of(carrier):
        return False
    marketplace = APPLICATIONS[order.cart.kind].marketplace
    return bool(marketplace.guess_carrier(carrier) == marketplace.other_carrier)


def odd_carrier(order: Order, carrier: str, known: Collection[tuple[int, str]]) -> str:
    """Return that nobody knows a carrier, as a sentence; "" when somebody does."""
    if not is_unknown(order, carrier) or (order.organization_id, plain_name(carrier)) in known:
        return ""
    place = APPLICATIONS[order.cart.kind].label
    return f"{place} doesn't know the carrier “{carrier[:60]}”: the buyer may get no tracking link."
