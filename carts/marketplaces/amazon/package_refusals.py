"""What Amazon's refusals of a package are about, and where it wants a tracking number. Pure.

Amazon writes sentences, with the name of the field it means somewhere in them; the code is InvalidInput for them all.
Reference: https://developer-docs.amazon.com/sp-api/reference/confirmshipment
"""

from collections.abc import Sequence

from carts.marketplaces.values import Blame

# Words of a sentence in small letters, without blanks. The first that is found counts: a refused quantity names the
# order's item as well, and a carrier's name may be missed because of its code.
_WORDS: Sequence[tuple[Blame, Sequence[str]]] = (
    (Blame.SHIP_DATE, ("shipdate", "fulfillmentdate", "shippingdate", "dateshipped")),
    (Blame.CODES, ("transparency",)),
    (Blame.CONTENTS, ("quantity", "orderitem", "lefttoship")),
    (Blame.CARRIER, ("carriercode", "carriername", "carrier")),
    (Blame.NUMBER, ("trackingnumber", "trackingid", "shippertrackingnumber")),
    (Blame.SERVICE, ("shippingmethod", "shipmethod")),
    (
        Blame.ORDER,
        (
            "packagetoupdatenotfound", "alreadyfulfilled", "alreadyshipped", "fulfilledbyamazon", "cancelled",
            "canceled", "itsstatusis",
        ),
    ),
)  # fmt: skip
UNTRACKED = ("standard", "economy", "freeeconomy", "")  # services of which a letter may be


def blame(refusal: str) -> Blame:
    """Return what a refusal is about."""
    plain = "".join(refusal.split()).lower()
    if "nothinglefttoship" in plain:  # ours, of an order that is over
        return Blame.ORDER
    return next((about for about, words in _WORDS if any(word in plain for word in words)), Blame.UNKNOWN)


def untracked_doubt(service: str, *, is_prime: bool) -> str:
    """Return why a package of an order should have a tracking number, as a sentence; "" when a letter may do."""
    if is_prime:
        return "Amazon requires a tracking number for Prime orders."
    if "".join(service.split()).lower() not in UNTRACKED:
        return f"Amazon expects a tracking number for {service} shipping."
    return ""
