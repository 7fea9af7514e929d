"""Opening Ship and Close filled in: by a selection too long for an address, by a sheet, by what was refused before.

``draft = drafts.keep({order.pk: [GivenPackage(tracking_number="1Z…", carrier="UPS", service="Ground")]}, …)``, then
``redirect(draft)``. Nothing is checked here and nothing shipped: the page shows it, and a person presses the button.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from django.http import QueryDict
from django.urls import reverse

from core.accounts.models import Organization, User
from orders.models import Order
from shipping.models import BatchResult, ShipmentBatch, ShippingDraft

IN_ADDRESS = 150  # orders; servers take no longer addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPackage:
    """One package of an order as far as somebody said. What is left out is filled in as if nobody had said anything.

    ``method_id`` is a ship method of the order's warehouse and fills in carrier, SCAC and service; without it those go
    as they are typed here. ``units`` are by the line's id; None is everything not in another package.
    """

    tracking_number: str = ""
    method_id: int | None = None
    carrier: str = ""
    scac: str = ""
    service: str = ""
    untracked: str = ""  # why it has no tracking number, one of Untracked
    units: Mapping[int, int] | None = None


def keep(
    given: Mapping[int, Sequence[GivenPackage]],
    *,
    organization: Organization,
    by: User,
    now: datetime,
    shipped_on: date | None = None,
    parts: Mapping[int, int] = MappingProxyType({}),
) -> ShippingDraft:
    """Keep what Ship and Close opens with: by the order's id its packages, none where nothing is said about it.

    ``parts``: by the id of a split order, the release whose part is shipped.
    The orders stand on the page in this order. Those that cannot be shipped are left out there, and named.
    """
    filled = fields(given, shipped_on=shipped_on, parts=parts)
    draft: ShippingDraft = ShippingDraft.objects.create(organization=organization, by=by, made_at=now, fields=filled)
    return draft


def fields(
    given: Mapping[int, Sequence[GivenPackage]],
    *,
    shipped_on: date | None = None,
    parts: Mapping[int, int] = MappingProxyType({}),
) -> dict[str, object]:
    """Return what stands in the form, by the names of its fields."""
    found: dict[str, object] = {"order": list(given)}
    if shipped_on is not None:
        found["shipped_on"] = shipped_on.isoformat()
    for order_id, packages in given.items():
        found |= _fields(order_id, packages)
    return found | {f"part_{order_id}": str(part) for order_id, part in parts.items()}


def address_of(orders: Sequence[Order], *, organization: Organization, by: User, now: datetime) -> str:
    """Return where Ship and Close opens with these orders, however many there are."""
    if len(orders) > IN_ADDRESS:
        return keep({order.pk: () for order in orders}, organization=organization, by=by, now=now).get_absolute_url()
    query = QueryDict(mutable=True)
    query.setlist("order", [str(order.pk) for order in orders])
    return f"{reverse('shipping:close')}?{query.urlencode()}"


def left_of(batch: ShipmentBatch) -> dict[str, object]:
    """Return what was typed of the orders that a batch did not ship.

    Not its charges: those that were shipped have their share of them.
    """
    failed = batch.orders.filter(result=BatchResult.FAILED).order_by("place")
    ids = [str(pk) for pk in failed.values_list("order", flat=True)]
    typed = {name: value for name, value in batch.fields.items() if not name.startswith("charge")}
    return {**typed, "order": ids}


def _fields(order_id: int, packages: Sequence[GivenPackage]) -> dict[str, str]:
    found: dict[str, str] = {}
    if len(packages) > 1 or any(each.units is not None for each in packages):
        found[f"packages_{order_id}"] = str(len(packages))
    for number, package in enumerate(packages, start=1):
        suffix = f"{order_id}_{number}" if number > 1 else str(order_id)
        found |= {f"{name}_{suffix}": text for name, text in _said(package).items() if text}
    return found


def _said(package: GivenPackage) -> dict[str, str]:
    said = {"tracking": package.tracking_number, "untracked": package.untracked}
    if package.method_id is not None:
        said["method"] = str(package.method_id)
    else:
        said |= {"carrier": package.carrier, "scac": package.scac, "service": package.service}
    return said | {f"units_{line}": str(units) for line, units in (package.units or {}).items()}
