"""How offers that sell the same units share them: every one shows all, each its part, or the last ones go to one.

An offer is a SKU of a seller account. Several share a shelf when they stand for the same item of a warehouse: one SKU
at two accounts, an alias beside the item, a kit beside its components. The marketplace keeps one number for an account
and SKU, so carts of one account share nothing: they show the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self, TypeVar

from carts.models import Cart, Listing
from inventory.free_stock import FreeStock
from inventory.models import AccountStock, ShelfPolicy

K = TypeVar("K")
SELLING = (Cart.State.LIVE, Cart.State.PAUSED)  # a paused cart's offers go on selling what they show


class Offer(NamedTuple):
    grant_id: int
    sku: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """A merchant's policy, kept or only tried. ``shares``: parts by account; one that is not named has one part."""

    rule: str = ShelfPolicy.Rule.ALL
    shares: Mapping[int, int] = field(default_factory=dict)
    last_units: int = 0
    last_grant: int | None = None
    chosen: bool = False  # somebody decided

    @classmethod
    def of(cls, merchant_id: int) -> Self:
        """Return what is kept: two statements at most."""
        policy = ShelfPolicy.objects.filter(merchant=merchant_id).first()
        if policy is None or policy.rule == ShelfPolicy.Rule.ALL:
            return cls(chosen=policy is not None)
        accounts = AccountStock.objects.filter(grant__carts__merchant=merchant_id).values_list("grant", "share")
        return cls(policy.rule, dict(accounts), policy.last_units, policy.last_grant_id, chosen=True)

    def divide(self, units: int, offers: Sequence[Offer]) -> dict[Offer, int]:
        """Return how many units of an item each of the offers may show: never more than all of them."""
        if self.rule == ShelfPolicy.Rule.SHARES:
            return self._fixed(units, offers)
        if self.rule == ShelfPolicy.Rule.LAST and units <= self.last_units and offers:
            return {**dict.fromkeys(offers, 0), self._one(offers): units}
        return dict.fromkeys(offers, units)

    def _fixed(self, units: int, offers: Sequence[Offer]) -> dict[Offer, int]:
        """Each account its parts, of which each of its offers gets the same; what is left over goes to the biggest."""
        of_account: dict[int, list[Offer]] = defaultdict(list)
        for offer in sorted(offers):
            of_account[offer.grant_id].append(offer)
        parts = {grant_id: self.shares.get(grant_id, 1) for grant_id in of_account}
        if not any(parts.values()):
            parts = dict.fromkeys(parts, 1)
        found: dict[Offer, int] = {}
        for grant_id, allotted in split(units, parts).items():
            found |= split(allotted, dict.fromkeys(of_account[grant_id], 1))
        return found

    def _one(self, offers: Sequence[Offer]) -> Offer:
        """Return the offer that the last units go to: the chosen account's, else the oldest account's."""
        return min(offers, key=lambda offer: (offer.grant_id != self.last_grant, offer))


def split(units: int, parts: Mapping[K, int]) -> dict[K, int]:
    """Divide whole units by parts; what does not come out even goes to the bigger parts, in their order."""
    total = sum(parts.values())
    found = {key: units * part // total for key, part in parts.items()}
    left = units - sum(found.values())
    ranked = sorted((key for key, part in parts.items() if part), key=lambda key: -parts[key])
    for key in ranked[:left]:
        found[key] += 1
    return found


@dataclass(slots=True)
class SharedShelf:
    """What the offers of a merchant's goods from one warehouse may show."""

    free: FreeStock
    warehouse_id: int
    sharing: Sharing
    takers: dict[str, list[Offer]] = field(default_factory=lambda: defaultdict(list))  # by item
    divided: dict[str, dict[Offer, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, free: FreeStock, warehouse_id: int, sharing: Sharing) -> Self:
        """Look which offers take from which item: one statement, and none where everyone sees all."""
        shelf = cls(free, warehouse_id, sharing)
        if sharing.rule != ShelfPolicy.Rule.ALL:
            for offer in offers_from(free.merchant_id, warehouse_id):
                for part in free.parts(warehouse_id, offer.sku):
                    shelf.takers[part.sku].append(offer)
        return shelf

    def available(self, offer: Offer) -> int | None:
        """Return how many units of an offer may be shown. None while nobody has counted all of it."""
        if self.sharing.rule == ShelfPolicy.Rule.ALL:
            return self.free.available(self.warehouse_id, offer.sku)
        wholes = []
        for part in self.free.parts(self.warehouse_id, offer.sku):
            units = self._of(part.sku, offer)
            if units is None:
                return None
            wholes.append(units // part.quantity)
        return min(wholes)

    def _of(self, item: str, offer: Offer) -> int | None:
        units = self.free.units.get((self.warehouse_id, item))
        if units is None:
            return None
        if item not in self.divided:
            self.divided[item] = self.sharing.divide(units, self.takers[item])
        return self.divided[item].get(offer, units if not self.takers[item] else 0)


def offers_from(merchant_id: int, warehouse_id: int) -> list[Offer]:
    """Return the offers whose units a warehouse ships: not what the marketplace fulfills, nor what is gone."""
    rows = Listing.objects.filter(
        cart__merchant=merchant_id,
        cart__route__warehouse=warehouse_id,
        cart__inventory_on=True,
        cart__state__in=SELLING,
        cart__grant__isnull=False,
        gone_at=None,
        fulfilled_by_marketplace=False,
        on_both_channels=False,
    )
    return sorted({Offer(grant_id or 0, sku) for grant_id, sku in rows.values_list("cart__grant", "sku")})
