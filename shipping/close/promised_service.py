"""Whether packages go by what the buyers were promised: as fast as the service they asked for, and before its deadline.

The name of the carrier's service is asked how fast it is, whoever chose it: a mapping may break the promise of every
order, and who ships is most often not who mapped. Where the name does not say, what the house decided is believed, and
of anything else it counts what is mapped to it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from carts.marketplaces import APPLICATIONS
from core.common.typed_signs import bare
from orders.models import Order
from shipping.methods.service_speed import HURRIED, days_of
from shipping.models import CartMethod, ChosenMethod, Release, Route, ShipMethod
from shipping.shipments.shipped_packages import Parcel

Words = tuple[str, str, str]  # carrier, SCAC and service as they are compared


@dataclass(frozen=True, slots=True)
class PromisedServices:
    """What is said about the ship methods of some orders, asked for once for all of them."""

    methods: Mapping[Words, Sequence[ShipMethod]] = field(default_factory=dict)
    mapped: Mapping[tuple[int, str], ShipMethod] = field(default_factory=dict)  # by cart and service
    serves: Mapping[int, Sequence[str]] = field(default_factory=dict)  # by the method: what any cart maps to it
    decided: Mapping[int, ShipMethod] = field(default_factory=dict)  # by the order: what it was handed over with
    wanted: Mapping[int, Collection[int]] = field(default_factory=dict)  # by the order: what people said it goes by

    def broken(self, order: Order, parcel: Parcel) -> str:
        """Return how a package breaks what the buyer was promised, as a sentence; "" where it does not."""
        by = self.methods.get(_words(parcel.carrier, parcel.scac, parcel.service), ())
        mapped = self.mapped.get((order.cart_id, order.service))
        believed = {*self.wanted.get(order.pk, ()), *([mapped.pk] if mapped else [])}
        decided = any(method.pk in believed for method in by)
        usual = mapped or self.decided.get(order.pk)
        differs = usual is not None and all(method.pk != usual.pk for method in by)
        if not self._is_slower(order, parcel, by, differs=differs, decided=decided):
            return ""
        goes_by = by[0].label if by else f"{parcel.carrier} {parcel.service}".strip()
        instead = f" {order.service} goes by {usual.label} here." if differs and usual else ""
        return f"Asked for {order.service}, goes by {goes_by}.{instead}"

    def _is_slower(
        self, order: Order, parcel: Parcel, by: Sequence[ShipMethod], *, differs: bool, decided: bool
    ) -> bool:
        """``differs`` is whether orders like it go by another ship method: what counts where nothing else is known.
        ``decided`` is whether somebody here said that it goes like this."""
        if not may_break(order, parcel):
            return False
        days = APPLICATIONS[order.cart.kind].marketplace.service_days
        promised = days.get(order.service)
        if promised is not None and days_of(parcel.service) is not None:
            return True
        if decided or promised is None:  # an appointment, or a new word
            return differs and not decided
        serves = [days[name] for method in by for name in self.serves.get(method.pk, ()) if name in days]
        return min(serves) > promised if serves else differs


def may_break(order: Order, parcel: Parcel) -> bool:
    """Whether a package may be slower than what was promised, as far as the names of both services say."""
    promised = APPLICATIONS[order.cart.kind].marketplace.service_days.get(order.service)
    if not parcel.service.strip() or not order.service or (promised is not None and promised > HURRIED):
        return False
    named = days_of(parcel.service)
    return promised is None or named is None or named > promised


def _words(carrier: str, scac: str, service: str) -> Words:
    return carrier.strip().casefold(), bare(scac), service.strip().casefold()


def promised_services(orders: Sequence[Order]) -> PromisedServices:
    """Ask what is said about the ship methods of these orders: five queries, however many there are."""
    if not orders:
        return PromisedServices()
    organizations = {order.organization_id for order in orders}
    methods: dict[Words, list[ShipMethod]] = {}
    for method in ShipMethod.objects.filter(organization__in=organizations).order_by("label", "pk"):
        methods.setdefault(_words(method.carrier, method.scac, method.service), []).append(method)
    by_id = {method.pk: method for alike in methods.values() for method in alike}
    mapped: dict[tuple[int, str], ShipMethod] = {}
    serves: dict[int, list[str]] = {}
    rows = CartMethod.objects.filter(organization__in=organizations, ship_method__in=list(by_id))
    for cart_id, name, method_id in rows.values_list("cart", "name", "ship_method"):
        mapped[cart_id, name] = by_id[method_id]
        serves.setdefault(method_id, []).append(name)
    releases = Release.objects.filter(order__in=orders, ship_method__in=list(by_id))
    by_part = releases.order_by("-part").values_list("order", "ship_method")  # of a split order: the first part's
    decided = {order_id: by_id[method_id] for order_id, method_id in by_part}
    return PromisedServices(methods, mapped, serves, decided, _wanted(orders))


def _wanted(orders: Sequence[Order]) -> dict[int, Collection[int]]:
    """Return by the order the ship method a person chose for it, or for all Prime orders of its cart."""
    routes = Route.objects.filter(cart__in={order.cart_id for order in orders}, prime_method__isnull=False)
    prime = dict(routes.values_list("cart", "prime_method"))
    chosen = ChosenMethod.objects.filter(order__in=orders).values_list("order", "ship_method")
    of_prime = {order.pk: [prime[order.cart_id]] for order in orders if order.is_prime and order.cart_id in prime}
    return {**of_prime, **{order_id: [method_id] for order_id, method_id in chosen}}


def too_late(order: Order, parcel: Parcel, shipped_at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return that a service arrives after the last day promised, as a sentence; else "".

    What is late already is not asked about: it goes as fast as it can, and nothing here makes it faster.
    """
    days = days_of(parcel.service)
    if days is None or order.deliver_by is None or order.deliver_by <= now:
        return ""
    at_best = days if days <= HURRIED else 1
    arrives, due = _day(shipped_at, zone) + timedelta(days=at_best), _day(order.deliver_by, zone)
    if arrives <= due:
        return ""
    return f"It must be delivered by {due:%B} {due.day}, and {parcel.service} arrives on {arrives:%B} {arrives.day}."


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def warnings(
    order: Order,
    parcels: Sequence[Parcel],
    shipped_at: datetime,
    said: PromisedServices,
    *,
    now: datetime,
    zone: tzinfo,
) -> Iterator[tuple[int, str]]:
    """Yield (place of the package, sentence) of what breaks a promise: one of each package at the most."""
    for place, parcel in enumerate(parcels):
        sentence = said.broken(order, parcel) or too_late(order, parcel, shipped_at, now=now, zone=zone)
        if sentence:
            yield place, sentence
