"""Packages of an order that somebody else told the cart of: the seller, another tool, a second warehouse."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.models import Line, Order
from shipping.shipments import others_packages

SHOWN, LINES_SHOWN = 50, 20  # packages, and lines of one of them


@dataclass(frozen=True, slots=True)
class OthersPackage:
    """A package as the cart shows it."""

    number: str
    carrier: str
    tracking_number: str
    lines: Sequence[tuple[int, str]]  # units and SKU, the first of them
    more: int  # how many other lines there are
    told = ("Not ours", "calm")


@dataclass(frozen=True, slots=True)
class OthersPackages:
    packages: Sequence[OthersPackage]
    more: int  # how many others there are


def others_of(order: Order) -> OthersPackages:
    """Return what the last download showed: a query or two more where others have packages, else none."""
    if not order.packages_there:
        return OthersPackages((), 0)
    found = others_packages.ownerships([order])[order.pk].others
    shown = found[:SHOWN]
    named = [each.reference for package in shown for each in package.lines[:LINES_SHOWN]]
    skus = dict(Line.objects.filter(order=order, reference__in=named).values_list("reference", "sku"))
    return OthersPackages(
        [
            OthersPackage(
                package.reference,
                package.carrier,
                package.tracking_number,
                [(each.quantity, skus.get(each.reference, "?")) for each in package.lines[:LINES_SHOWN]],
                max(0, len(package.lines) - LINES_SHOWN),
            )
            for package in shown
        ],
        len(found) - len(shown),
    )
