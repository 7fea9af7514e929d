"""How a package went, as a warehouse says it: what it leaves out is as the order was to go."""

from shipping.carriers.tracking_numbers import family_of, plain_name
from shipping.models import Release, ShipMethod

UNNAMED_SERVICE = "Standard"


def carrier_words(release: Release, carrier: str, service: str) -> tuple[str, str, str]:
    """Return carrier, SCAC and service of a package."""
    wanted: ShipMethod | None = release.ship_method
    carrier = carrier or (wanted.carrier if wanted else "")
    if wanted is not None and _same_carrier(carrier, wanted):
        return carrier, wanted.scac, service or wanted.service
    known = ShipMethod.objects.filter(warehouse=release.warehouse_id).order_by("pk")
    scac = next((each.scac for each in known if _same_carrier(carrier, each)), "")
    return carrier, scac, service or UNNAMED_SERVICE


def _same_carrier(carrier: str, method: ShipMethod) -> bool:
    family = family_of(carrier)
    return plain_name(carrier) == plain_name(method.carrier) or (
        family is not None and family == family_of(method.carrier, method.scac)
    )
