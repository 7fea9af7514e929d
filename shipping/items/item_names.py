"""What a seller's SKU stands for at the warehouse: its own name, else an alias, else a kit's components.

By SKU only, whatever code a cart's orders carry. No alias has the name of an item that a warehouse was seen to have, so
it does not matter which of them is looked at first; an alias may stand for a kit; kits hold no kits, and aliases stand
for no aliases (inventory/items sees to all of it).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Self

from core.common.kept_statements import KeptStatement
from shipping.models import ItemAlias, KitComponent

ALIASES = KeptStatement(
    lambda merchants, names: ItemAlias.objects.filter(merchant__in=merchants, name__in=names).values_list(
        "merchant", "name", "sku"
    )
)
COMPONENTS = KeptStatement(
    lambda merchants, kits: (
        KitComponent.objects.filter(merchant__in=merchants, kit__in=kits)
        .order_by("pk")
        .values_list("merchant", "kit", "sku", "quantity")
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """So many units of a warehouse's item, in one unit of what a seller offers."""

    sku: str
    quantity: int = 1


@dataclass(slots=True)
class ItemNames:
    """The names of some merchants' items. Two statements, however many there are."""

    aliases: dict[tuple[int, str], str] = field(default_factory=dict)  # (merchant id, name): warehouse SKU or kit
    kits: dict[tuple[int, str], list[Part]] = field(default_factory=dict)  # (merchant id, kit): what is in it

    @classmethod
    def of(cls, merchant_ids: Collection[int], *, names: Collection[str] | None = None) -> Self:
        """Read them all, or what these ``names`` stand for."""
        merchants = list(merchant_ids)
        if names is None:
            of_all = ItemAlias.objects.filter(merchant__in=merchants).values_list("merchant", "name", "sku")
            kits = KitComponent.objects.filter(merchant__in=merchants).order_by("pk")
            found = cls({(merchant, name): sku for merchant, name, sku in of_all})
            components = list(kits.values_list("merchant", "kit", "sku", "quantity"))
        else:
            found = cls({(merchant, name): sku for merchant, name, sku in ALIASES.rows(merchants, list(names))})
            components = COMPONENTS.rows(merchants, list({*names, *found.aliases.values()}))
        for merchant, kit, sku, quantity in components:
            found.kits.setdefault((merchant, kit), []).append(Part(sku, quantity))
        return found

    @classmethod
    def behind(cls, merchant_ids: Collection[int], skus: Collection[str]) -> Self:
        """Read the names whose stock these warehouse SKUs are: their aliases, and the kits they are part of."""
        of_kits = KitComponent.objects.filter(merchant__in=merchant_ids)
        found = cls()
        for row in of_kits.filter(kit__in=of_kits.filter(sku__in=skus).values("kit")).order_by("pk"):
            found.kits.setdefault((row.merchant_id, row.kit), []).append(Part(row.sku, row.quantity))
        items = {*skus, *(kit for _, kit in found.kits)}
        for alias in ItemAlias.objects.filter(merchant__in=merchant_ids, sku__in=items):
            found.aliases[alias.merchant_id, alias.name] = alias.sku
        return found

    def item(self, merchant_id: int, name: str) -> str:
        """Return the warehouse SKU, or the kit, that a name stands for: itself where nobody said otherwise."""
        return self.aliases.get((merchant_id, name), name)

    def parts(self, merchant_id: int, name: str, *, whole_kits: bool = False) -> Sequence[Part]:
        """Return what one unit takes from the shelf. ``whole_kits``: the warehouse knows kits by their SKU."""
        item = self.item(merchant_id, name)
        kit = None if whole_kits else self.kits.get((merchant_id, item))
        return kit or [Part(item)]

    def stands_for_another(self, merchant_id: int, name: str) -> bool:
        """Whether it is an alias or a kit, and so no item of its own."""
        return (merchant_id, name) in self.aliases or (merchant_id, name) in self.kits

    def is_kit(self, merchant_id: int, name: str) -> bool:
        return (merchant_id, self.item(merchant_id, name)) in self.kits

    @property
    def names(self) -> set[str]:
        return {name for _, name in (*self.aliases, *self.kits)}
