"""The packages a marketplace shows of an order, as they are kept with it: ours, and those of whoever else ships of it.

They are stored as they were last downloaded. Which of them are ours is shipping's to say (shipments/others_packages).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from carts.marketplaces.values import DispatchLine, SentPackage
from orders.models import Order

HIGHEST = 2**31 - 1  # what a number of a package can be here


def kept(packages: Iterable[SentPackage]) -> list[dict[str, Any]]:
    """Return what ``Order.packages_there`` keeps. A line named twice in a package counts once, with all of it."""
    return [
        {
            "reference": package.reference,
            "carrier": package.carrier,
            "tracking_number": package.tracking_number,
            "lines": _units(package.lines),
        }
        for package in packages
    ]


def shown(order: Order) -> Sequence[SentPackage]:
    """Return the packages that the last document of an order showed."""
    return [
        SentPackage(
            each["reference"],
            each["carrier"],
            each["tracking_number"],
            tuple(DispatchLine(reference, units) for reference, units in each["lines"].items()),
        )
        for each in order.packages_there
    ]


def number_of(package: SentPackage) -> int | None:
    """Return the number a package has there. None when its reference is none: "1", "01" and " 1" all are 1."""
    reference = package.reference.strip()
    if not (reference.isascii() and reference.isdigit()) or len(reference.lstrip("0")) > len(str(HIGHEST)):
        return None
    number = int(reference)
    return number if number <= HIGHEST else None


def taken_numbers(packages: Iterable[SentPackage]) -> set[int]:
    """Return the numbers that packages there have."""
    return {number for package in packages if (number := number_of(package)) is not None}


def plain(tracking_number: str) -> str:
    """Return a tracking number as it is compared: however its parts are set apart, and in capitals."""
    return re.sub(r"[\W_]+", "", tracking_number).upper()


def _units(lines: Iterable[DispatchLine]) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in lines:
        units[line.reference] = units.get(line.reference, 0) + line.quantity
    return units
