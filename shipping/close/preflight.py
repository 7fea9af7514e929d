"""Looking over what is to be shipped and closed, before anything is stored.

An error stops all of it. A warning is what is most often a slip and may be right: a person confirms it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from carts.marketplaces import APPLICATIONS
from carts.marketplaces.values import OrderState
from core.accounts.access import Access
from core.common.kept_statements import KeptStatement
from orders.models import Order
from shipping.carriers.tracking_numbers import doubt, impossible
from shipping.carriers.typed_words import (
    is_unknown,
    known_carriers,
    odd_carrier,
    odd_name,
    odd_number,
    odd_scac,
    refusal,
)
from shipping.close.promised_service import may_break, promised_services, warnings
from shipping.close.ship_and_close import Closing
from shipping.models import Package
from shipping.shipments import ship_date, shipped_packages, unit_codes
from shipping.shipments.shipped_packages import Opening, Parcel

REMEMBERED = timedelta(days=120)  # carriers use their numbers again after that
ONE_BOX = "Continue if both orders are in one box."
CONTRADICTION = "It has a tracking number and is marked as having none. Change one of the two."
REQUIRED = {"carrier": "carrier", "service": "service", "tracking_number": "tracking number"}
SAID = ("carrier", "scac", "service", "tracking_number")  # of a package; not every carrier has a SCAC
USES = KeptStatement(
    lambda organizations, numbers, since: (
        Package.objects.filter(
            organization__in=organizations, tracking_number__in=numbers, shipment__created_at__gte=since
        )
        .select_related("order")
        .only("tracking_number", "order__number")
        .order_by("-pk")
    )
)


@dataclass(frozen=True, slots=True)
class ShippingProblem:
    """Why an order cannot be shipped as said: the field, and a sentence without the order's number."""

    order: Order
    field: str
    message: str
    parcel: int = 0  # which of the order's packages, from 0
    line: int | None = None
    warning: bool = False


def preflight(
    closings: Sequence[Closing],
    *,
    now: datetime,
    access: Access | None = None,
    openings: Mapping[int, Mapping[int, Opening]] | None = None,
    known: set[tuple[int, str]] | None = None,
) -> list[ShippingProblem]:
    """Return everything that is wrong or odd, so that nothing is stored before all is right.

    Other orders are named only as far as ``access`` may see them. ``openings`` is what is open of the orders, and
    ``known`` their tracking numbers, where the caller has just looked. What was shipped just so before is passed over:
    a form that is sent twice does no harm and shows no alarm.
    """
    if known is None:
        known = shipped_packages.known_numbers([closing.order for closing in closings])
    new = [closing for closing in closings if not sent(closing, known)]
    if openings is None:
        openings = openings_of(new)
    # What people said of carriers and methods is asked for where the names leave something to be said.
    packed = [(closing.order, parcel) for closing in new for parcel in closing.parcels]
    carriers = known_carriers(order for order, parcel in packed if is_unknown(order, parcel.carrier))
    promised = promised_services([order for order, parcel in packed if may_break(order, parcel)])
    zone = access.organization.zone if access else UTC
    problems: list[ShippingProblem] = []
    for closing in new:
        problems += _of_order(closing, now)
        problems += _of_quantities(closing, openings[closing.order.pk], known)
        for place, parcel in enumerate(closing.parcels):
            problems += _of_parcel(closing.order, place, parcel)
            problems += _of_words(closing.order, place, parcel, carriers)
        if ship_date.wrong(closing.shipped_at, closing.order, now=now):
            continue
        for place, said in warnings(closing.order, closing.parcels, closing.shipped_at, promised, now=now, zone=zone):
            problems.append(ShippingProblem(closing.order, "service", said, place, warning=True))
    problems += _same_letters(new)
    return problems + list(_said_twice(closings)) + list(_used_before(new, now, access))


def openings_of(closings: Sequence[Closing]) -> dict[int, Mapping[int, Opening]]:
    """Return by the order's id what is open of each; of a split one, of the part that is shipped."""
    orders = [closing.order for closing in closings]
    chosen = {closing.order.pk: closing.part for closing in closings if closing.part}
    return shipped_packages.openings_at_desk(orders, chosen)[0]


def sent(closing: Closing, known: set[tuple[int, str]]) -> bool:
    return all((closing.order.pk, parcel.tracking_number) in known for parcel in closing.parcels)


def _of_order(closing: Closing, now: datetime) -> Iterator[ShippingProblem]:
    order = closing.order
    if not order.can_be_packed:
        why = order.reason or f"it is {order.state.label.lower()}"
        yield ShippingProblem(order, "order", f"It can't be shipped: {why.rstrip('.')}.")
    elif why := _not_released(order):
        yield ShippingProblem(order, "order", why, warning=order.state_there != OrderState.PENDING)
    if wrong := ship_date.wrong(closing.shipped_at, order, now=now):
        yield ShippingProblem(order, "shipped_at", wrong)
    elif odd := ship_date.doubt(closing.shipped_at, now=now):
        yield ShippingProblem(order, "shipped_at", odd, warning=True)


def _not_released(order: Order) -> str:
    """Return what the cart says of an order that it does not release any more; a person may know better."""
    if order.state_there not in (OrderState.PENDING, OrderState.UNFULFILLABLE, OrderState.UNKNOWN):
        return ""
    said = order.native_state or "nothing"
    return f"{order.cart.place.name} says “{said}”: it won't accept tracking until it releases the order."


def _of_parcel(order: Order, place: int, parcel: Parcel) -> Iterator[ShippingProblem]:
    for field, name in REQUIRED.items():
        if not getattr(parcel, field).strip() and not (field == "tracking_number" and parcel.untracked):
            yield ShippingProblem(order, field, f"The {name} is missing.", place)
    if parcel.untracked:
        yield from _untracked(order, place, parcel)
    if wrong := impossible(parcel.tracking_number) or refusal("tracking number", parcel.tracking_number):
        yield ShippingProblem(order, "tracking_number", wrong, place)
    elif odd := _odd_number(parcel):
        yield ShippingProblem(order, "tracking_number", odd, place, warning=True)


def _odd_number(parcel: Parcel) -> str:
    """Return what its carrier would say of its number; where nobody knows the carrier, what nobody's number is."""
    odd = doubt(parcel.tracking_number, carrier=parcel.carrier, scac=parcel.scac)
    return odd or odd_number(parcel.tracking_number)


def _of_words(
    order: Order, place: int, parcel: Parcel, carriers: Collection[tuple[int, str]]
) -> Iterator[ShippingProblem]:
    """Say what is odd about its carrier, SCAC and service; what can be none was refused where it was typed."""
    for field, odd in _odd_words(order, parcel, carriers):
        yield ShippingProblem(order, field, odd, place, warning=True)


def _odd_words(order: Order, parcel: Parcel, carriers: Collection[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    found = {
        "carrier": odd_name("carrier", parcel.carrier) or odd_carrier(order, parcel.carrier, carriers),
        "scac": odd_scac(parcel.scac),
        "service": odd_name("service", parcel.service),
    }
    yield from ((field, odd) for field, odd in found.items() if odd)


def _untracked(order: Order, place: int, parcel: Parcel) -> Iterator[ShippingProblem]:
    if parcel.tracking_number.strip():
        yield ShippingProblem(order, "tracking_number", CONTRADICTION, place)
    elif parcel.codes:
        yield ShippingProblem(order, "tracking_number", unit_codes.NOT_SENT, place, warning=True)
    elif odd := APPLICATIONS[order.cart.kind].marketplace.untracked_doubt(order.service, is_prime=order.is_prime):
        yield ShippingProblem(order, "tracking_number", odd, place, warning=True)


def _same_letters(closings: Sequence[Closing]) -> Iterator[ShippingProblem]:
    """Say where an order went in part without a number before: no number tells a second letter from a second press."""
    without = {
        closing.order.pk: place
        for closing in closings
        for place, parcel in enumerate(closing.parcels)
        if not parcel.tracking_number.strip() and parcel.untracked
    }
    before = Package.objects.filter(order__in=list(without), tracking_number="")
    numbers = dict(before.order_by("number").values_list("order", "number")) if without else {}
    for closing in closings:
        if closing.order.pk in numbers:
            message = (
                f"Package {numbers[closing.order.pk]} of this order has no tracking number either. This is another."
            )
            yield ShippingProblem(closing.order, "tracking_number", message, without[closing.order.pk], warning=True)


def _of_quantities(
    closing: Closing, openings: Mapping[int, Opening], known: set[tuple[int, str]]
) -> Iterator[ShippingProblem]:
    """Say where more would be shipped than is open, package after package, and which package is empty."""
    order, left = closing.order, {pk: opening.units for pk, opening in openings.items()}
    if not order.can_be_packed:
        return
    for place, parcel in enumerate(closing.parcels):
        if (order.pk, parcel.tracking_number) in known:
            continue
        wanted = left if parcel.quantities is None else parcel.quantities
        taken = {pk: units for pk, units in wanted.items() if units > 0}
        yield from _of_codes(order, place, parcel, taken, openings)
        if not taken:
            yield ShippingProblem(order, "units", _empty(parcel, alone=len(closing.parcels) == 1), place)
        for pk, units in taken.items():
            if pk not in left:
                yield ShippingProblem(order, "units", "This line is not part of the order.", place)
            elif units > left[pk]:
                sku = openings[pk].line.sku
                yield ShippingProblem(
                    order, "units", f"{units} of {sku} is more than the {left[pk]} still open.", place, pk
                )
        left = {pk: max(0, units - taken.get(pk, 0)) for pk, units in left.items()}


def _of_codes(
    order: Order, place: int, parcel: Parcel, taken: Mapping[int, int], openings: Mapping[int, Opening]
) -> Iterator[ShippingProblem]:
    """Say where codes are missing, too many or there twice: the marketplace refuses the tracking for it."""
    for pk, opening in openings.items():
        units, codes = taken.get(pk, 0), parcel.codes.get(pk, ())
        if not opening.line.facts.is_transparency or (not codes and not units):
            continue
        if message := unit_codes.wrong(opening.line.sku, units, codes):
            yield ShippingProblem(order, "codes", message, place, pk)


def _empty(parcel: Parcel, *, alone: bool) -> str:
    if parcel.quantities is not None:
        return "Enter what is in this package."
    return "Everything in this order has already been shipped." if alone else "Nothing is left for this package."


def _said_twice(closings: Sequence[Closing]) -> Iterator[ShippingProblem]:
    """Say which tracking numbers were said before: most often one scanned twice, and maybe one box for two orders."""
    stands_on: dict[str, Order] = {}
    for closing in closings:
        for place, parcel in enumerate(closing.parcels):
            number = parcel.tracking_number.upper()
            if number in stands_on:
                message = f"This tracking number is already used for {stands_on[number]}."
                two = stands_on[number] != closing.order
                message = f"{message} {ONE_BOX}" if two else message
                yield ShippingProblem(closing.order, "tracking_number", message, place, warning=two)
            elif number:
                stands_on[number] = closing.order


def _used_before(closings: Sequence[Closing], now: datetime, access: Access | None) -> Iterator[ShippingProblem]:
    """Say which tracking numbers another order of the organization went with, not long ago."""
    parcels = [(closing.order, place, each) for closing in closings for place, each in enumerate(closing.parcels)]
    used = _uses([order for order, _, _ in parcels], [parcel.tracking_number for _, _, parcel in parcels], now)
    seen = _visible(used, access)
    for order, place, parcel in parcels:
        if message := _used_by(order, parcel, used, seen):
            yield ShippingProblem(order, "tracking_number", message, place, warning=True)


def _visible(used: Mapping[str, Sequence[Order]], access: Access | None) -> Collection[int]:
    """Return the ids of those that the person may see by name."""
    ids = {order.pk for orders in used.values() for order in orders}
    if access is None or not ids:
        return ids
    return set(Order.objects.visible_to(access).filter(pk__in=ids).values_list("pk", flat=True))


def _used_by(order: Order, parcel: Parcel, used: Mapping[str, Sequence[Order]], visible: Collection[int]) -> str:
    """Say which other order went with a tracking number, by name where the person may see it; "" when none did."""
    others = [each for each in used.get(parcel.tracking_number.strip().upper(), []) if each != order]
    if not others:
        return ""
    seen = [each for each in others if each.pk in visible]
    named = f"Order {seen[0]}" if seen else "Another order"
    return f"{named} was shipped with this tracking number. {ONE_BOX}"


def _uses(orders: Sequence[Order], numbers: Sequence[str], now: datetime) -> dict[str, list[Order]]:
    """Return tracking number in capitals: the orders that went with it, the latest first."""
    said = set(numbers) - {""}
    if not said:
        return {}
    packages = USES.rows(
        list({order.organization_id for order in orders}),
        list(said | {number.upper() for number in said}),
        now - REMEMBERED,
    )
    used: dict[str, list[Order]] = {}
    for package in packages:
        used.setdefault(package.tracking_number.upper(), []).append(package.order)
    return used


def doubts(order: Order, parcel: Parcel, *, now: datetime, access: Access | None = None) -> list[str]:
    """Return what is odd about the tracking of one package, as sentences."""
    uses = _uses([order], [parcel.tracking_number], now)
    used = _used_by(order, parcel, uses, _visible(uses, access))
    untracked = [problem.message for problem in _untracked(order, 0, parcel)] if parcel.untracked else []
    words = [odd for _, odd in _odd_words(order, parcel, known_carriers([order]))]
    return [said for said in (_odd_number(parcel), used, *untracked, *words) if said]
