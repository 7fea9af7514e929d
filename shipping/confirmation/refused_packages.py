"""Packages the cart refused: what each refusal is about, and what a person corrects before it is told again."""

from collections.abc import Mapping
from dataclasses import dataclass

from carts.marketplaces import APPLICATIONS
from carts.marketplaces.values import Blame
from orders.models import Order
from shipping.models import Confirmation, Package

REMEDIES: Mapping[Blame, str] = {
    Blame.SHIP_DATE: "Correct the ship date first.",
    Blame.CONTENTS: "Correct what is in the package first.",
    Blame.CODES: "Correct the Transparency codes first: one for each unit.",
    Blame.CARRIER: "Correct the carrier first.",
    Blame.SERVICE: "Correct the service first.",
    Blame.NUMBER: "Correct the tracking number first.",
    Blame.ORDER: "Check the order at the marketplace first: the refusal is about the order, not about this package.",
}


@dataclass(frozen=True, slots=True)
class RefusedPackage:
    """A package the cart said no to, as it is now."""

    package: Package
    said: str
    blame: Blame

    @property
    def is_hopeless(self) -> bool:
        """Whether the same message would be refused again."""
        return self.blame is not Blame.UNKNOWN

    @property
    def remedy(self) -> str:
        return REMEDIES.get(self.blame, "")


def what_to_do(order: Order, said: str) -> str:
    """Return what a person does about a refusal, in a sentence for an alert and its mail."""
    blame = APPLICATIONS[order.cart.kind].marketplace.blame(said)
    return REMEDIES.get(blame, "Put right what it says on the order's page, then send it again.")


def refused_of(order: Order) -> list[RefusedPackage]:
    """Return the packages of an order that were refused, as they were told last: none that was corrected since."""
    stuck = Confirmation.objects.filter(package__order=order).stuck()
    return [_read(order, each) for each in stuck.select_related("package__shipment").order_by("package__number")]


def refusal_of(package: Package) -> RefusedPackage | None:
    """Return the refusal of one package; None when it is not refused."""
    stuck = Confirmation.objects.filter(package=package).stuck().select_related("package__shipment").first()
    return _read(package.order, stuck) if stuck else None


def hopeless(order: Order) -> RefusedPackage | None:
    """Return a package that would be refused again if it were told as it is; None when each may be taken."""
    return next((each for each in refused_of(order) if each.is_hopeless), None)


def _read(order: Order, confirmation: Confirmation) -> RefusedPackage:
    said = confirmation.last_error
    return RefusedPackage(confirmation.package, said, APPLICATIONS[order.cart.kind].marketplace.blame(said))
