"""Which order each of a sheet is, whether it can be shipped with what the sheet says, and what to do where it can't.

What is wrong or odd about tracking, carriers and quantities is asked of Ship and Close's own preflight.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from django.urls import reverse
from django.utils.translation import ngettext

from core.accounts.access import Access
from core.common.typed_signs import bare
from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import plain_name
from shipping.close import preflight
from shipping.close.ship_and_close import Closing
from shipping.models import Package, ShipMethod
from shipping.shipments import ship_date, shipped_packages
from shipping.shipments.shipped_packages import Opening, Parcel
from shipping.tracking_import.contents import Unclear, contents
from shipping.tracking_import.order_numbers import find_orders
from shipping.tracking_import.sheet_methods import Conveyance, Methods
from shipping.tracking_import.sheet_orders import SheetOrder, SheetPackage


class Verdict(Enum):
    """What can be done with an order of a sheet: the word for it, and its tone."""

    REFUSED = "Not shipped", "bad"
    CHOOSE = "Choose the order", "warn"
    INCOMPLETE = "Incomplete", "warn"  # Ship and Close asks for the rest
    ODD = "Check first", "warn"
    READY = "Ready", "good"
    DONE = "Already shipped", "calm"

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def pill(self) -> tuple[str, str]:
        return self.value


@dataclass(frozen=True, slots=True)
class Way:
    """The way out: a link, and what it leads to."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MatchedPackage:
    """A package of the sheet with what it goes by, and what is in it: None is everything still open."""

    said: SheetPackage
    by: Conveyance
    units: Mapping[int, int] | None = None

    @property
    def reading(self) -> str:
        """How the carrier was read, where it is written otherwise: “UPSS” as UPS. It may be a typing error."""
        written = plain_name(self.said.carrier)
        ours = (self.by.carrier, self.by.scac, str(self.by), f"{self.by.carrier} {self.by.service}")
        return "" if written in {"", *map(plain_name, ours)} else f"“{self.said.carrier}” as {self.by.carrier}"

    @property
    def parcel(self) -> Parcel:
        return Parcel(self.by.carrier, self.by.scac, self.by.service, self.said.tracking, self.units)


@dataclass(slots=True)
class Match:
    """An order of the sheet, and the order it is."""

    said: SheetOrder
    verdict: Verdict
    reasons: list[str] = field(default_factory=list)
    order: Order | None = None
    packages: Sequence[MatchedPackage] = ()
    choices: Sequence[Order] = ()
    way: Way | None = None
    closing: Closing | None = None  # what Ship and Close is told of it

    def becomes(self, verdict: Verdict, reason: str, way: Way | None = None) -> None:
        """Say more about it. The worst that is said of it counts."""
        if list(Verdict).index(verdict) < list(Verdict).index(self.verdict):
            self.verdict, self.way = verdict, way
        if reason not in self.reasons:
            self.reasons.append(reason)


def match(
    said: Sequence[SheetOrder],
    *,
    access: Access,
    now: datetime,
    shipped_on: date,
    chosen: Mapping[str, int],
) -> list[Match]:
    """Return what each order of a sheet is, in the sheet's order. A constant number of statements.

    ``chosen`` says by the bare number which of several orders of that number is meant.
    """
    found = find_orders(access, [each.number for each in said if not each.problem])
    matches = [_identified(each, found.get(each.key, []), chosen) for each in said]
    _twice(matches)
    shippable = _shipped_before([each for each in matches if each.order is not None and each.verdict is Verdict.READY])
    methods = Methods(ShipMethod.objects.visible_to(access))
    orders = [each.order for each in shippable if each.order]
    named = {each.order.pk: pk for each in shippable if each.order and (pk := _named_part(each.order, each.said.key))}
    openings, parts = shipped_packages.openings_at_desk(orders, named)
    for each in shippable:
        assert each.order is not None
        still = openings[each.order.pk].values()
        if _pack(each, methods, still):
            parcels = [package.parcel for package in each.packages]
            shipped_at = ship_date.moment_of(shipped_on, each.order, now=now, zone=access.organization.zone)
            seen_open = sum(opening.units for opening in still)
            part = parts[each.order.pk].pk if each.order.pk in parts else None
            each.closing = Closing(each.order, parcels, shipped_at, seen_open=seen_open, part=part)
    _preflighted(shippable, now=now, access=access)
    return matches


# -- Which order -------------------------------------------------------------------------------------------------------
def _identified(said: SheetOrder, orders: Sequence[Order], chosen: Mapping[str, int]) -> Match:
    if said.problem:
        return Match(said, Verdict.REFUSED, [said.problem])
    if not orders:
        search = Way("Search orders", f"{reverse('orders:orders')}?tab=all")
        return Match(said, Verdict.REFUSED, ["No order has this number. Check it in the sheet."], way=search)
    picked = [order for order in orders if order.pk == chosen.get(said.key)]
    if len(orders) > 1 and not picked:
        reason = ngettext(
            "{count} order has this number.", "{count} orders have this number. Choose which one it is.", len(orders)
        ).format(count=len(orders))
        return Match(said, Verdict.CHOOSE, [reason], choices=orders)
    order = picked[0] if picked else orders[0]
    return Match(said, Verdict.READY, order=order, choices=orders if len(orders) > 1 else ())


def _named_part(order: Order, key: str) -> int | None:
    """Return the part of a split order that a number names: each goes by its own at its warehouse."""
    if not order.parts or key == bare(order.number):
        return None
    named = (each.pk for each in order.releases.all() if key in (bare(each.number), bare(each.reference)))
    return next(named, None)


def _twice(matches: Iterable[Match]) -> None:
    """One order under two numbers, the marketplace's and ours: as two it would be shipped with half of its packages."""
    seen: dict[int, Match] = {}
    for each in matches:
        if each.order is None:
            continue
        first = seen.setdefault(each.order.pk, each)
        if first is not each:
            where = f"{first.said.number} ({first.said.place})"
            each.becomes(Verdict.REFUSED, f"It is the same order as {where}. Use one number for both.")
            each.order = None


# -- Whether it is to be shipped ---------------------------------------------------------------------------------------
def _shipped_before(matches: Sequence[Match]) -> list[Match]:
    """Return those that are to be shipped; of the others, say what they are and what to do."""
    ids = [each.order.pk for each in matches if each.order]
    packages: dict[int, list[Package]] = {}
    for package in Package.objects.filter(order__in=ids).order_by("number"):
        packages.setdefault(package.order_id, []).append(package)
    return [each for each in matches if each.order and _is_open(each, each.order, packages.get(each.order.pk, []))]


def _is_open(each: Match, order: Order, packages: Sequence[Package]) -> bool:
    known = {bare(package.tracking_number) for package in packages} - {""}
    new = [package for package in each.said.packages if not known & package.forms]
    page = Way("Open the order", order.get_absolute_url())
    if not new:
        each.verdict = Verdict.DONE
        each.reasons = ["It was shipped with this tracking already. Nothing to do."]
        return False
    if order.can_be_packed:
        each.said.by_number = {package.form: package for package in new}
        return True
    if order.is_shipped:
        names = ", ".join(package.number_or_none for package in packages) or "other tracking"
        if len(packages) == 1:
            page = Way("Correct its tracking", reverse("shipping:correct", args=[packages[0].pk]))
        each.becomes(
            Verdict.REFUSED, f"It was shipped with {names}. To tell the cart another number, correct it.", page
        )
    else:
        each.becomes(Verdict.REFUSED, _why_not(order), page)
    return False


def _why_not(order: Order) -> str:
    reason = f": {order.reason.rstrip('.')}" if order.reason else ""
    match order.status:
        case OrderStatus.CANCELED:
            return "It is canceled. Don't ship it."
        case OrderStatus.HELD:
            return f"It is held{reason}. Release it first."
        case OrderStatus.NEW | OrderStatus.PENDING:
            return f"It is {order.state.label.lower()}: it has not gone to a warehouse yet."
        case OrderStatus.ERROR:
            return f"It is in error{reason}."
    return f"It is {order.state.label.lower()}{reason}."


# -- With what ---------------------------------------------------------------------------------------------------------
def _pack(each: Match, methods: Methods, openings: Collection[Opening]) -> bool:
    """Say what each package goes by and holds. False where that is not clear."""
    assert each.order is not None
    said = each.said.packages
    conveyances = [methods.meant(each.order, package) for package in said]
    units: Sequence[Mapping[int, int] | None]
    try:
        units, clear = contents(said, openings), True
    except Unclear as error:
        each.becomes(Verdict.INCOMPLETE, str(error))
        units, clear = [None] * len(said), False
    each.packages = [MatchedPackage(*both) for both in zip(said, conveyances, units, strict=True)]
    return clear


def _preflighted(matches: Collection[Match], *, now: datetime, access: Access) -> None:
    by_order = {each.order.pk: each for each in matches if each.order}
    closings = [each.closing for each in matches if each.closing]
    for problem in preflight.preflight(closings, now=now, access=access):
        each = by_order[problem.order.pk]
        verdict = Verdict.REFUSED if problem.field == "order" else Verdict.INCOMPLETE
        verdict = Verdict.ODD if problem.warning else verdict
        of = f"{each.packages[problem.parcel].said.tracking}: " if len(each.packages) > 1 else ""
        each.becomes(verdict, f"{of}{problem.message}")
