"""The ship method, or else carrier and service, that a sheet means by its words for them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from orders.models import Order
from shipping.carriers.tracking_numbers import family_of, plain_name
from shipping.models import Release, ShipMethod, release_of
from shipping.tracking_import.sheet_orders import SheetPackage


@dataclass(frozen=True, slots=True)
class Conveyance:
    """What a package goes by. Without a ship method it is what the sheet says."""

    method: ShipMethod | None
    carrier: str
    scac: str
    service: str

    @classmethod
    def of(cls, method: ShipMethod) -> "Conveyance":
        return cls(method, method.carrier, method.scac, method.service)

    def __str__(self) -> str:
        return self.method.label if self.method else " ".join(filter(None, (self.carrier, self.service)))


class Methods:
    """The ship methods of an organization, looked through for what sheets say."""

    def __init__(self, methods: Iterable[ShipMethod]) -> None:
        self._all = sorted(methods, key=lambda method: (method.label, method.pk))
        self._known: dict[tuple[object, ...], Conveyance] = {}  # a sheet says the same few things again and again

    def meant(self, order: Order, package: SheetPackage) -> Conveyance:
        """Return what a package goes by. What the sheet leaves out comes from the ship method the order was handed
        over with; a service nobody knows stays as it is written."""
        release = release_of(order)
        words = (package.carrier, package.scac, package.service)
        said = (release and release.warehouse_id, release and release.ship_method_id, *words)
        if said not in self._known:
            self._known[said] = self._meant(release, package)
        return self._known[said]

    def _meant(self, release: Release | None, package: SheetPackage) -> Conveyance:
        offered = [each for each in self._all if release is None or each.warehouse_id == release.warehouse_id]
        mapped = next((each for each in offered if release and each.pk == release.ship_method_id), None)
        if not package.carrier and not package.service:
            fits = not package.scac or mapped is None or plain_name(package.scac) == plain_name(mapped.scac)
            return Conveyance.of(mapped) if mapped and fits else self._as_written(package, offered)
        found = _named(package, offered) or _by_carrier(package, offered, mapped)
        return Conveyance.of(found) if found else self._as_written(package, offered)

    def _as_written(self, package: SheetPackage, offered: Sequence[ShipMethod]) -> Conveyance:
        """The words of the sheet, with our spelling of a carrier we have."""
        ours = next((each for each in offered if package.carrier and _same_carrier(each, package.carrier)), None)
        carrier = ours.carrier if ours else package.carrier
        scac = package.scac or (ours.scac if ours else "")
        return Conveyance(None, carrier, scac, package.service)


def _named(package: SheetPackage, offered: Sequence[ShipMethod]) -> ShipMethod | None:
    """Return the method that carrier and service name together, or one of them alone."""
    carrier, service = package.carrier, package.service
    words = {plain_name(each) for each in (service or carrier, f"{carrier} {service}") if each}
    tries: Sequence[Callable[[ShipMethod], bool]] = (
        lambda each: plain_name(each.label) in words,
        lambda each: plain_name(f"{each.carrier} {each.service}") in words,
        lambda each: bool(service) and plain_name(each.service) == plain_name(service),
    )
    for fits in tries:
        found = [
            each for each in offered if fits(each) and (not carrier or not service or _same_carrier(each, carrier))
        ]
        if len({(each.carrier, each.scac, each.service) for each in found}) == 1:
            return found[0]
    return None


def _by_carrier(package: SheetPackage, offered: Sequence[ShipMethod], mapped: ShipMethod | None) -> ShipMethod | None:
    """Return what a carrier alone means: the order's own method if it is that carrier's, else its only one."""
    if package.service or not package.carrier:
        return None
    if mapped and _same_carrier(mapped, package.carrier):
        return mapped
    found = [each for each in offered if _same_carrier(each, package.carrier)]
    return found[0] if len(found) == 1 else None


def _same_carrier(method: ShipMethod, carrier: str) -> bool:
    names = {plain_name(method.carrier), plain_name(method.scac)} - {""}
    family = family_of(carrier)
    return plain_name(carrier) in names or (family is not None and family == family_of(method.carrier, method.scac))
