"""What stands in each row of the list: asked for a whole page at once, with the same few statements however long.

Of where an order goes the list tells the country alone, which is kept in clear. What tells more is sealed, each look at
it is recorded, and nobody looks at fifty addresses to read a list.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Min
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.visible_statements import VisibleStatement
from core.common.kept_statements import KeptStatement
from orders.countries import NAMES
from orders.models import HeldFor, Line, Order, Recipient
from shipping.models import NO_NUMBER, ChosenMethod, Package, Release

SOME = 7_777_777  # stands for an order's key in an address that is asked for once and not for each
FIELDS = (
    "organization", "merchant", "cart", "number", "status", "held_for", "reason", "service", "placed_at", "ship_by",
    "shipped_at", "is_prime", "is_business", "programs", "total", "currency", "line_count", "unit_count",
)  # fmt: skip
COUNTRIES = KeptStatement(lambda ids: Recipient.objects.filter(order__in=ids).values_list("order", "country"))
LINES = KeptStatement(
    lambda ids: Line.objects.filter(
        pk__in=Line.objects.filter(order__in=ids).order_by().values("order").annotate(first=Min("pk")).values("first")
    ).values_list("order", "sku", "title", "ordered", "canceled")
)
PACKAGES = VisibleStatement(
    Package,
    lambda packages, ids: (
        packages.filter(order__in=ids).order_by("order", "-number").values_list("order", "carrier", "tracking_number")
    ),
)
METHODS = [  # the later one goes before the earlier
    VisibleStatement(
        model,
        lambda rows, ids: rows.filter(order__in=ids, ship_method__isnull=False).values_list(
            "order", "ship_method__label"
        ),
    )
    for model in (Release, ChosenMethod)
]


@dataclass(frozen=True, slots=True)
class FirstLine:
    sku: str
    title: str
    units: int


@dataclass(frozen=True, slots=True)
class FirstPackage:
    carrier: str
    number: str
    more: int  # packages besides


@dataclass(frozen=True, slots=True)
class OrderRow:
    order: Order
    line: FirstLine | None
    method: str  # the warehouse's; empty while nothing says it
    package: FirstPackage | None
    country: str
    country_name: str
    url: str

    @property
    def is_unmapped(self) -> bool:
        return self.order.is_held_for(HeldFor.UNMAPPED)


def rows_of(
    orders: Sequence[Order], access: Access, *, carts: Mapping[int, Cart], shown: Collection[str]
) -> list[OrderRow]:
    """Return the rows of a page with these columns. Nothing is asked for what no column shows."""
    for order in orders:
        if cart := carts.get(order.cart_id):
            order.cart = cart
    ids = [order.pk for order in orders]
    lines = _first_lines(ids) if "contents" in shown else {}
    methods = _methods(ids, access) if "method" in shown else {}
    packages = _first_packages(ids, access) if "tracking" in shown else {}
    url = reverse("orders:order", args=[SOME])
    countries: dict[int, str] = dict(COUNTRIES.rows(ids)) if "to" in shown else {}
    return [
        OrderRow(
            order=order,
            line=lines.get(order.pk),
            method=methods.get(order.pk, ""),
            package=packages.get(order.pk),
            country=(country := countries.get(order.pk, "")),
            country_name=NAMES.get(country, country),
            url=url.replace(str(SOME), str(order.pk)),
        )
        for order in orders
    ]


def _first_lines(ids: Sequence[int]) -> dict[int, FirstLine]:
    return {
        order: FirstLine(sku, title, max(0, ordered - canceled))
        for order, sku, title, ordered, canceled in LINES.rows(ids)
    }


def _methods(ids: Sequence[int], access: Access) -> dict[int, str]:
    """Return by which of the warehouse's ship methods each goes: what somebody chose for it goes before the rest."""
    told: dict[int, str] = {}
    for methods in METHODS:
        told.update(methods.rows(access, ids))
    return told


def _first_packages(ids: Sequence[int], access: Access) -> dict[int, FirstPackage]:
    told: dict[int, FirstPackage] = {}
    for order, carrier, number in PACKAGES.rows(access, ids):
        besides = told[order].more + 1 if order in told else 0
        told[order] = FirstPackage(carrier, number or NO_NUMBER, besides)
    return told
