"""What a warehouse calls a carrier, and what the marketplaces are told for it.

A carrier is listed as soon as a package goes by it, or a ship method names it. Where nobody chose a code, the
marketplace's adapter finds one by the name; one it does not know goes as "other", with its name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from carts.marketplaces import APPLICATIONS, asked_kinds
from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.event_log import event, record, record_all
from orders.models import Order
from shipping.models import CarrierCode, Confirmation, Package, ShipMethod


@dataclass(frozen=True, slots=True)
class MarketplaceCarrier:
    """A carrier as a marketplace is told of it."""

    code: str  # empty: the adapter finds it by the name
    name: str


Codes = dict[tuple[int, str, str], CarrierCode]


def codes_for(packages: Iterable[Package], *, now: datetime | None = None) -> Codes:
    """Return what is known of the carriers of these packages. With ``now`` they are listed as seen."""
    wanted = {_key(package): package for package in packages if package.carrier}
    carriers = {carrier for _, _, carrier in wanted}
    organizations = {organization_id for organization_id, _, _ in wanted}
    found = CarrierCode.objects.filter(organization__in=organizations, carrier__in=carriers)
    codes = {(code.organization_id, code.kind, code.carrier): code for code in found}
    if now is not None:
        _see((key for key in wanted if key not in codes or codes[key].seen_at is None), now)
    return codes


def told(package: Package, codes: Codes) -> MarketplaceCarrier:
    code = codes.get(_key(package))
    if code is None or not code.code:
        return MarketplaceCarrier("", package.carrier)
    return MarketplaceCarrier(code.code, code.name or package.carrier)


def _key(package: Package) -> tuple[int, str, str]:
    return package.organization_id, package.order.cart.kind, package.carrier


def _see(keys: Iterable[tuple[int, str, str]], now: datetime) -> None:
    rows = [
        CarrierCode(organization_id=organization_id, kind=kind, carrier=carrier, seen_at=now)
        for organization_id, kind, carrier in keys
    ]
    CarrierCode.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        same = CarrierCode.objects.filter(organization=row.organization_id, kind=row.kind, carrier=row.carrier)
        same.filter(seen_at=None).update(seen_at=now)


# -- The list ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier as the list shows it."""

    kept: CarrierCode
    guess: str  # the code its name is known by, or the one of all others
    known: bool  # whether the marketplace knows it, as it is told now
    listed: bool = True  # whether the code somebody entered is on the marketplace's list, as far as we know it

    @property
    def place(self) -> str:
        """The marketplace's own name."""
        return APPLICATIONS[self.kept.kind].label

    @property
    def guessed(self) -> str:
        """What is told where nobody says otherwise."""
        known = self.guess != APPLICATIONS[self.kept.kind].marketplace.other_carrier
        return f"Matched by name: {self.guess}" if known else "Not recognized: sent by name"

    def spelled(self, code: str) -> str:
        """Return a code somebody entered as the marketplace spells it."""
        return APPLICATIONS[self.kept.kind].marketplace.spell_carrier(code)


def codes_of(organization: Organization) -> QuerySet[CarrierCode]:
    """Return the codes of the organization's carriers: of those seen on packages, and those its ship methods name.

    Clients who push their orders get the warehouse's own words, so there is nothing to choose for them.
    """
    told = asked_kinds()
    kinds = set(Cart.objects.filter(organization=organization, kind__in=told).values_list("kind", flat=True))
    named = set(ShipMethod.objects.filter(organization=organization).values_list("carrier", flat=True)) - {""}
    known = CarrierCode.objects.filter(organization=organization)
    have = set(known.values_list("kind", "carrier"))
    missing = [(kind, carrier) for kind in sorted(kinds) for carrier in sorted(named) if (kind, carrier) not in have]
    CarrierCode.objects.bulk_create(
        (CarrierCode(organization=organization, kind=kind, carrier=carrier) for kind, carrier in missing),
        ignore_conflicts=True,
    )
    return known.filter(kind__in=told)


def list_carriers(organization: Organization) -> list[Carrier]:
    """Return all carriers of the organization."""
    return [carrier_of(code) for code in codes_of(organization).order_by("kind", "carrier")]


def carrier_of(kept: CarrierCode) -> Carrier:
    marketplace = APPLICATIONS[kept.kind].marketplace
    guess = marketplace.guess_carrier(kept.carrier)
    told = kept.code or guess
    listed = told == marketplace.other_carrier or told in marketplace.carrier_codes
    return Carrier(kept, guess, told != marketplace.other_carrier, listed)


def codes_to_choose(kinds: Iterable[str]) -> dict[str, Sequence[str]]:
    """Return by the kind of marketplace the carrier codes we know of it, that of all others at the end."""
    marketplaces = {kind: APPLICATIONS[kind].marketplace for kind in sorted(set(kinds))}
    return {kind: [*each.carrier_codes, each.other_carrier] for kind, each in marketplaces.items()}


# -- Changing ----------------------------------------------------------------------------------------------------------
def choose(carrier: Carrier, code: str, name: str, *, by: User, now: datetime) -> list[Confirmation]:
    """Say what the marketplace is told for a carrier. Returns the refused confirmations that are owed again by it."""
    kept = carrier.kept
    marketplace = APPLICATIONS[kept.kind].marketplace
    if name and not code and carrier.guess == marketplace.other_carrier:
        code = marketplace.other_carrier  # a name was written for what goes by its name
    unlisted = bool(code) and code not in marketplace.carrier_codes
    name = name if unlisted and name != kept.carrier else ""
    with transaction.atomic(durable=True):
        same = CarrierCode.objects.filter(pk=kept.pk).exclude(code=code, name=name)
        if not same.update(code=code, name=name):
            return []
        to = (code or carrier.guess) + (f" “{name}”" if name else "")
        record("carrier.code_changed", kept, now=now, actor=by, carrier=kept.carrier, to=to)
        return _owe_again(kept, by, now)


def _owe_again(kept: CarrierCode, by: User, now: datetime) -> list[Confirmation]:
    """What was refused with this carrier may be taken now."""
    stuck = Confirmation.objects.filter(
        organization=kept.organization_id,
        cart__kind=kept.kind,
        package__carrier=kept.carrier,
    ).stuck()
    orders_first = Order.objects.filter(pk__in=stuck.values("package__order"))
    list(orders_first.all_locked().values_list("pk"))
    again = [
        confirmation
        for confirmation in stuck.select_related("package__order__cart")
        if confirmation.reopen(now=now, feed=None)
    ]
    orders = {confirmation.package.order_id: confirmation.package.order for confirmation in again}
    record_all(event("order.sent_again", order, now=now, actor=by) for order in orders.values())
    return again
