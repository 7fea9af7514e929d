"""Others' packages: the seller, another tool or a second warehouse ship parts of an order that we ship of, too.

A package there is ours when it shows a tracking number that a package of ours has, or had before it was corrected: a
number alone makes none ours, for any tool counts its packages from 1. Pure but for the two that read many orders.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count

from django.db.models import Prefetch, prefetch_related_objects

from carts.marketplaces.values import SentPackage
from core.activity.models import Event
from core.common.kept_statements import KeptStatement
from orders import packages_there
from orders.models import Line, Order
from orders.packages_there import number_of, plain, taken_numbers
from shipping.models import Package, PackageLine

UNLIKELY = 1_000_000_000  # and more: numbers that no tool counts up to, see confirmation/package_numbers
SKEW = timedelta(minutes=1)  # a document so little older than a yes may know of it
PACKAGES = KeptStatement(
    lambda order_ids: (
        Package.objects.filter(order__in=order_ids).select_related("confirmation").order_by("order", "number")
    )
)


@dataclass(frozen=True, slots=True)
class OwnPackage:
    """A package of ours, as far as it tells whose one there is."""

    number: int
    tracking_numbers: frozenset[str]  # plain: the one it has, and those it had before it was corrected
    units: Mapping[str, int]  # by the lines' references
    told_at: datetime | None = None  # when the marketplace last said yes to it

    def is_shown_as(self, sent: SentPackage) -> bool:
        """Whether a package there is this one: it shows its tracking number, and holds some of what it holds.

        One that holds none of it shares a box with ours, but for one we told: its contents may have been corrected. One
        that shows no tracking number is ours when its number was told.
        """
        was_told = self.told_at is not None and number_of(sent) == self.number
        shown = plain(sent.tracking_number)
        if shown and shown not in self.tracking_numbers:
            return False
        shares = not sent.lines or any(line.reference in self.units for line in sent.lines)
        return was_told or bool(shown and shares)


@dataclass(frozen=True)
class PackageOwnership:
    """Whose the packages there are, of one order."""

    ours: Sequence[OwnPackage]
    there: Sequence[SentPackage]
    read_at: datetime  # of the marketplace: when it wrote what it shows

    @cached_property
    def others(self) -> Sequence[SentPackage]:
        """The packages there that are not ours."""
        return [sent for sent in self.there if not any(own.is_shown_as(sent) for own in self.ours)]

    def shown(self, number: int) -> Sequence[SentPackage]:
        """Return where our package of this number is shown, under whatever number."""
        return [sent for own in self.ours if own.number == number for sent in self.there if own.is_shown_as(sent)]

    def is_anothers(self, number: int) -> bool:
        """Whether another's package has this number there: to tell ours by it would replace that one."""
        return number in taken_numbers(self.others)

    def free_number(self) -> int:
        """Return a number that no package has, neither here nor there: one that whoever counts on gets to last."""
        return next(self.free_numbers())

    def free_numbers(self) -> Iterator[int]:
        """Return such numbers, one after another."""
        taken = {own.number for own in self.ours} | taken_numbers(self.there)
        last = max((number for number in taken if number < UNLIKELY), default=0)
        return (number for number in count(last + 1) if number not in taken)

    def others_units(self, fulfilled: Mapping[str, int]) -> dict[str, int]:
        """Return line's reference: units that others shipped. ``fulfilled`` is what the marketplace counts in all.

        Where it lists a package its contents count. What it counts beyond all packages it lists is ours as far as we
        were told yes to more than is listed, for then it may not list packages at all; the rest of it is others'.
        """
        others = _sum(self.others)
        listed = {own.number: self._listed(own) for own in self.ours}
        found = dict(others)
        for reference, counted in fulfilled.items():
            ours_listed = sum(units.get(reference, 0) for units in listed.values())
            unlisted = sum(
                max(0, own.units.get(reference, 0) - listed[own.number].get(reference, 0))
                for own in self.ours
                if own.told_at is not None and own.told_at <= self.read_at + SKEW
            )
            beyond = counted - others.get(reference, 0) - ours_listed
            if beyond > unlisted:
                found[reference] = others.get(reference, 0) + beyond - unlisted
        return found

    def _listed(self, own: OwnPackage) -> Mapping[str, int]:
        """Return what a package of ours holds there; where that is not said, what it holds here."""
        shown = [sent for sent in self.there if own.is_shown_as(sent)]
        if any(not sent.lines for sent in shown):
            return own.units
        return _sum(shown)


def _sum(packages: Iterable[SentPackage]) -> dict[str, int]:
    units: dict[str, int] = {}
    for package in packages:
        for line in package.lines:
            units[line.reference] = units.get(line.reference, 0) + line.quantity
    return units


# -- Of orders as they are stored ------------------------------------------------------------------------------------
def ownerships(orders: Collection[Order]) -> dict[int, PackageOwnership]:
    """Return order id: whose the packages are that its last document showed. The same few queries for any number."""
    ours = own_packages(orders)
    return {
        order.pk: PackageOwnership(ours.get(order.pk, ()), packages_there.shown(order), order.changed_at)
        for order in orders
    }


def ownership(order: Order, *, there: Sequence[SentPackage], read_at: datetime) -> PackageOwnership:
    """Return whose the packages are that were just read."""
    return PackageOwnership(own_packages([order]).get(order.pk, ()), there, read_at)


def own_packages(orders: Collection[Order]) -> dict[int, list[OwnPackage]]:
    """Return order id: its packages here."""
    rows = PACKAGES.rows([order.pk for order in orders])
    if not rows:
        return {}
    packed = PackageLine.objects.select_related("line").only("package", "quantity", "untold", "line__reference")
    prefetch_related_objects(rows, Prefetch("lines", packed))
    before = _corrections([package for package in rows if package.corrected_at])
    found: dict[int, list[OwnPackage]] = {}
    for package in rows:
        confirmation = getattr(package, "confirmation", None)
        own = OwnPackage(
            package.number,
            _ever(package.tracking_number, before.get(package.order_id, ())),
            {packed.line.reference: packed.told for packed in package.lines.all()},
            confirmation.confirmed_at if confirmation else None,
        )
        found.setdefault(package.order_id, []).append(own)
    return found


def _corrections(corrected: Sequence[Package]) -> dict[int, list[tuple[str, str]]]:
    """Return order id: (old, new) tracking numbers of its packages, the last correction first."""
    if not corrected:
        return {}
    orders = {package.order_id for package in corrected}
    events = Event.objects.filter(subject_kind="order", subject_id__in=orders, kind="package.corrected")
    found: dict[int, list[tuple[str, str]]] = {}
    for order_id, details in events.order_by("-pk").values_list("subject_id", "details"):
        found.setdefault(order_id, []).append((plain(str(details["old"])), plain(str(details["new"]))))
    return found


def _ever(tracking_number: str, corrections: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return all tracking numbers a package has or had: what was corrected to it, and to that before."""
    numbers = {plain(tracking_number)}
    for old, new in corrections:
        if new in numbers:
            numbers.add(old)
    return frozenset(numbers - {""})


def others_units(
    orders: Collection[Order],
    *,
    owners: Mapping[int, PackageOwnership] | None = None,
    lines: Collection[Line] | None = None,
) -> dict[int, int]:
    """Return line id: units that others shipped, of these orders as they are stored.

    ``owners`` and ``lines`` are theirs, where the caller has them.
    """
    if owners is None:
        owners = ownerships(orders)
    if lines is None:
        lines = Line.objects.filter(order__in=[order.pk for order in orders])
    by_order: dict[int, list[Line]] = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line)
    found: dict[int, int] = {}
    for order_id, theirs in by_order.items():
        units = owners[order_id].others_units({line.reference: line.fulfilled_there for line in theirs})
        found |= {line.pk: units[line.reference] for line in theirs if units.get(line.reference)}
    return found
