"""What is to be shipped of an order, as a batch keeps it until it is its turn: the same before and after, in JSON."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.common.money import Money
from orders.models import Order
from shipping.close.additional_charges import ChargeShare
from shipping.close.ship_and_close import Closing
from shipping.shipments.shipped_packages import Parcel


def to_json(closing: Closing) -> dict[str, Any]:
    return {
        "shipped_at": closing.shipped_at.isoformat(),
        "seen_open": closing.seen_open,
        "part": closing.part,
        "parcels": [_parcel(each) for each in closing.parcels],
        "charges": [[share.label, str(share.amount.amount), share.amount.currency] for share in closing.charges],
    }


def of_json(order: Order, kept: dict[str, Any]) -> Closing:
    return Closing(
        order,
        [_as_parcel(each) for each in kept["parcels"]],
        datetime.fromisoformat(kept["shipped_at"]),
        [ChargeShare(label, Money(Decimal(amount), currency)) for label, amount, currency in kept["charges"]],
        seen_open=kept["seen_open"],
        part=kept.get("part"),
    )


def _parcel(parcel: Parcel) -> dict[str, Any]:
    return {
        "carrier": parcel.carrier,
        "scac": parcel.scac,
        "service": parcel.service,
        "tracking_number": parcel.tracking_number,
        "untracked": parcel.untracked,
        "quantities": None if parcel.quantities is None else [[pk, units] for pk, units in parcel.quantities.items()],
        "codes": [[pk, list(codes)] for pk, codes in parcel.codes.items()],
    }


def _as_parcel(kept: dict[str, Any]) -> Parcel:
    quantities = kept["quantities"]
    return Parcel(
        kept["carrier"],
        kept["scac"],
        kept["service"],
        kept["tracking_number"],
        None if quantities is None else {int(pk): int(units) for pk, units in quantities},
        kept["untracked"],
        {int(pk): codes for pk, codes in kept["codes"]},
    )
