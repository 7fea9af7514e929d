"""What the packer, the carrier or the confirmation needs to know of an order beyond what was bought and where it goes.

``LineFacts`` are about goods and rules and stand in the open. ``OrderHandling`` is about the buyer, and is sealed with
the recipient. Both are kept without what is empty, so an ordinary order keeps next to nothing. Plain values, no Django.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

# What a carrier must do at the door, in our words.
PALLET, CASH, SIGNATURE, IDENTITY, AGE = "pallet", "cash_on_delivery", "signature", "identity", "age"
CONSTRAINTS = {
    PALLET: "Delivery by pallet",
    CASH: "Cash on delivery",
    SIGNATURE: "Signature required",
    IDENTITY: "Only to the recipient in person",
    AGE: "Age check at the door",
}
GIFT = "GIFT"  # ours: among the programs, so that lists, filters and rules know a gift without opening what is sealed
TRANSPARENCY = "TRANSPARENCY"  # a code for each unit, or the confirmation is refused


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line's goods and rules ask for. Nothing of it is about the buyer."""

    programs: tuple[str, ...] = ()  # of the item, as the marketplace wrote them
    condition: str = ""  # where it is not simply new
    condition_note: str = ""  # the seller's
    constraints: tuple[str, ...] = ()
    serial_numbers: bool = False  # they must be noted
    ioss_number: str = ""  # the marketplace's own, for the customs declaration
    tax_scheme: str = ""  # IOSS, UOSS
    tax_collected_by: str = ""
    deliver_from: str = ""  # ISO 8601, of an appointment
    deliver_until: str = ""
    measure: str = ""  # of what is sold by weight or length
    services: tuple[str, ...] = ()  # bought with it: the orders they are
    substitution: str = ""

    @property
    def is_transparency(self) -> bool:
        return TRANSPARENCY in self.programs

    @property
    def door(self) -> list[str]:
        """What the carrier must do, in words; a word that is none of ours stays as it is."""
        return [CONSTRAINTS.get(word, word) for word in self.constraints]

    def kept(self) -> dict[str, Any] | None:
        return _kept(self) or None

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self:
        return cls(**_known(cls, kept or {}))


NO_FACTS = LineFacts()


@dataclass(frozen=True, slots=True)
class LineHandling:
    """What the buyer wants of one line. Personal."""

    gift_message: str = ""
    gift_wrap: str = ""  # the level's name
    customization_url: str = ""
    cancel_reason: str = ""  # in the buyer's words, where they asked to cancel

    @property
    def is_gift(self) -> bool:
        return bool(self.gift_message or self.gift_wrap)


NOTHING_ASKED = LineHandling()


@dataclass(frozen=True, slots=True)
class TaxNumber:
    owner: str  # BUYER, MERCHANT, MARKETPLACE
    kind: str  # VAT, CPF, ...
    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RelatedOrder:
    kind: str  # as the marketplace wrote it
    number: str

    @property
    def words(self) -> str:
        """Return what this order is to the other, fit to stand before its number."""
        named = {"REPLACEMENT_ORIGINAL_ID": "Replaces", "EXCHANGE_ORIGINAL_ID": "Exchange for"}
        return named.get(self.kind, self.kind.replace("_", " ").capitalize() or "Belongs to")


@dataclass(frozen=True, slots=True)
class OrderHandling:
    """What an order asks for besides its address. Sealed with the recipient, and erased with it."""

    ship_from: str = ""  # ISO 8601: not to be shipped before
    deliver_from: str = ""
    label_from: str = ""  # no label before
    hours: tuple[str, ...] = ()  # when somebody is there: "MON 09:00–17:00"
    capabilities: tuple[str, ...] = ()  # of the address, as the marketplace wrote them
    tax_numbers: tuple[TaxNumber, ...] = ()
    invoice: str = ""  # what kind the buyer wants
    payment: tuple[str, ...] = ()  # methods
    related: tuple[RelatedOrder, ...] = ()
    seller_number: str = ""  # what the seller calls the order
    lines: Mapping[str, LineHandling] = field(default_factory=dict)  # by reference; only those that ask for something

    @property
    def is_gift(self) -> bool:
        return any(line.is_gift for line in self.lines.values())

    def of_line(self, reference: str) -> LineHandling:
        return self.lines.get(reference, NOTHING_ASKED)

    @property
    def ships_from(self) -> datetime | None:
        return datetime.fromisoformat(self.ship_from) if self.ship_from else None

    @property
    def delivers_from(self) -> datetime | None:
        return datetime.fromisoformat(self.deliver_from) if self.deliver_from else None

    @property
    def labels_from(self) -> datetime | None:
        return datetime.fromisoformat(self.label_from) if self.label_from else None

    def newer(self, now: "OrderHandling") -> "OrderHandling":
        """Return what a newer document says. What it says no more stays: marketplaces hide it after a while."""
        said = {each.name: getattr(now, each.name) or getattr(self, each.name) for each in fields(self)}
        lines = {
            reference: LineHandling(
                *(
                    getattr(now.of_line(reference), each) or getattr(self.of_line(reference), each)
                    for each in LineHandling.__slots__
                )
            )
            for reference in {**self.lines, **now.lines}
        }
        return OrderHandling(**{**said, "lines": lines})

    def kept(self) -> dict[str, Any]:
        kept = _kept(self)
        for name in ("tax_numbers", "related"):
            if name in kept:
                kept[name] = [_kept(each) for each in kept[name]]
        if "lines" in kept:
            kept["lines"] = {reference: _kept(line) for reference, line in self.lines.items()}
        return kept

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self:
        known = _known(cls, kept or {})
        if "tax_numbers" in known:
            known["tax_numbers"] = tuple(TaxNumber(**_blank(TaxNumber, each)) for each in known["tax_numbers"])
        if "related" in known:
            known["related"] = tuple(RelatedOrder(**_blank(RelatedOrder, each)) for each in known["related"])
        if "lines" in known:
            lines = known["lines"].items()
            known["lines"] = {reference: LineHandling(**_known(LineHandling, line)) for reference, line in lines}
        return cls(**known)


NO_HANDLING = OrderHandling()


# -- Programs, as one text -------------------------------------------------------------------------------------------
def join_programs(words: Iterable[str]) -> str:
    """Return programs as they are kept: each word once, between blanks, so that ``' PRIME '`` finds no other."""
    found = list(dict.fromkeys("_".join(word.split()) for word in words if word.strip()))
    return f" {' '.join(found)} " if found else ""


# -- To and from what is kept ----------------------------------------------------------------------------------------
def _kept(part: Any) -> dict[str, Any]:
    """Only what says something: quicker and smaller than dataclasses.asdict."""
    return {name: value for name in part.__slots__ if (value := getattr(part, name))}


def _known(kind: type[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what this version knows of what was kept; lists become tuples again."""
    names = kind.__slots__
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items() if name in names}


def _blank(kind: type[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name: kept.get(each.name, "") for each in fields(kind)}
