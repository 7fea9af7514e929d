"""A reported shipment as it is kept: the same before and after, in JSON, and a digest to know it again by."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from shipping.warehouses.base import ReportedCharge, ReportedLine, ReportedPackage, ReportedShipment


def to_json(reported: ReportedShipment) -> dict[str, Any]:
    return {
        "order_number": reported.order_number,
        "reference": reported.reference,
        "shipped_at": reported.shipped_at.isoformat(),
        "packages": [_package(each) for each in reported.packages],
        "charges": [[each.label, str(each.amount), each.currency] for each in reported.charges],
        "is_last": reported.is_last,
    }


def of_json(kept: dict[str, Any]) -> ReportedShipment:
    return ReportedShipment(
        order_number=kept["order_number"],
        reference=kept["reference"],
        shipped_at=datetime.fromisoformat(kept["shipped_at"]),
        packages=[_as_package(each) for each in kept["packages"]],
        charges=[ReportedCharge(label, Decimal(amount), currency) for label, amount, currency in kept["charges"]],
        is_last=kept["is_last"],
    )


def digest(kept: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _package(package: ReportedPackage) -> dict[str, Any]:
    lines = package.lines
    return {
        "carrier": package.carrier,
        "scac": package.scac,
        "service": package.service,
        "tracking_number": package.tracking_number,
        "untracked": package.untracked,
        "lines": None if lines is None else [_line(each) for each in lines],
    }


def _line(line: ReportedLine) -> dict[str, Any]:
    return {
        "units": line.units,
        "reference": line.reference,
        "product_code": line.product_code,
        "codes": list(line.codes),
    }


def _as_package(kept: dict[str, Any]) -> ReportedPackage:
    lines = kept["lines"]
    words = {name: kept[name] for name in ("carrier", "scac", "service", "tracking_number", "untracked")}
    return ReportedPackage(**words, lines=None if lines is None else [ReportedLine(**each) for each in lines])
