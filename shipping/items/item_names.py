"""What a seller's SKU stands for at the warehouse: its own name, else an alias, else a kit's components.

By SKU only, whatever code a cart's orders carry. No alias has the name of an item that a warehouse was seen to have, so
it does not matter which of them is looked at first; an alias may stand for a kit; kits hold no kits, and aliases stand
for no aliases (inventory/items sees to all of it).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Self

from django.db.models import QuerySet

from shipping.models import ItemAlias, KitComponent


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
        aliases = ItemAlias.objects.filter(merchant__in=merchant_ids)
        components = KitComponent.objects.filter(merchant__in=merchant_ids)
        if names is not None:
            aliases = aliases.filter(name__in=names)
        rows = aliases.values_list("merchant", "name", "sku")
        found = cls({(merchant_id, name): sku for merchant_id, name, sku in rows})
        if names is not None:
            components = components.filter(kit__in={*names, *found.aliases.values()})
        found.keep(components)
        return found

    @classmethod
    def behind(cls, merchant_ids: Collection[int], skus: Collection[str]) -> Self:
        """Read the names whose stock these warehouse SKUs are: their aliases, and the kits they are part of."""
        of_kits = KitComponent.objects.filter(merchant__in=merchant_ids)
        found = cls()
        found.keep(of_kits.filter(kit__in=of_kits.filter(sku__in=skus).values("kit")))
        items = {*skus, *(kit for _, kit in found.kits)}
        for alias in ItemAlias.objects.filter(merchant__in=merchant_ids, sku__in=items):
            found.aliases[alias.merchant_id, alias.name] = alias.sku
        return found

    def keep(self, components: QuerySet[KitComponent]) -> None:
        """Take over what these kits are made of."""
        for merchant_id, kit, *part in components.order_by("pk").values_list("merchant", "kit", "sku", "quantity"):
            self.kits.setdefault((merchant_id, kit), []).append(Part(*part))

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
