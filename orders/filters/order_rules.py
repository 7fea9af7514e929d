"""What a cart's filters say of an order: which rule leaves it out, or which of its lines. Pure.

The rules are folded once, however many orders they are asked about: a list may hold ten thousand SKUs.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from carts.marketplaces.values import Address, MarketplaceOrder
from carts.models import Cart
from core.common.typed_signs import trim
from orders.countries import as_code
from orders.models import ItemFilter, Match, OrderFilter
from orders.postal_codes import plain

Field, Effect = OrderFilter.Field, OrderFilter.Effect
NAMED = 2  # values in a reason; the rest is counted
# Part of an address: what an order is compared with is not written into its reason, nor into what happened.
UNNAMED = (Field.STATE, Field.POSTAL_CODE)


def fold(text: str) -> str:
    """Return what is compared: without blanks around it, and the same for capital and small letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", trim(text)).casefold())


def _written(about: str, match: str) -> Callable[[str], str]:
    """Return what a field's values are put into before they are compared: “UK” and “England” are GB."""
    if about == Field.COUNTRY and match == Match.WHOLE:
        return as_code
    return (lambda text: plain(text) or fold(text)) if about == Field.POSTAL_CODE else fold


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one rule, ready to be compared with. Empty ones match nothing."""

    match: Match
    folded: frozenset[str]
    parts: tuple[str, ...]
    written: Callable[[str], str] = fold

    @classmethod
    def of(cls, match: str, values: Iterable[object], *, about: str = "") -> "Values":
        written = _written(about, match)
        folded = frozenset(written(value) for value in values if isinstance(value, str)) - {""}
        return cls(Match(match), folded, tuple(folded), written)

    def hold(self, text: str) -> bool:
        said = self.written(text)
        match self.match:
            case Match.WHOLE:
                return said in self.folded
            case Match.STARTS:
                return said.startswith(self.parts)
            case Match.ENDS:
                return said.endswith(self.parts)


# -- What is asked about ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Item:
    """A line as far as filters look at it. ``open`` is whether any of it is still to be shipped."""

    reference: str
    sku: str
    asin: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class FilterFacts:
    """An order as far as filters look at it. What is None is not known."""

    number: str
    service: str
    currency: str
    is_prime: bool
    is_business: bool
    country: str | None
    address: Address | None
    items: Sequence[Item]
    programs: Sequence[str] = ()

    def say(self, about: str) -> Sequence[str] | None:
        """Return the order's values of a field, of most fields one; None where it cannot be told."""
        match Field(about):
            case Field.SERVICE:
                return [self.service]
            case Field.COUNTRY:
                return _known(self.country)
            case Field.STATE:
                return [self.address.state] if self.address else None
            case Field.POSTAL_CODE:
                return [self.address.postal_code] if self.address else None
            case Field.PRIME:
                return ["yes" if self.is_prime else "no"]
            case Field.BUSINESS:
                return ["yes" if self.is_business else "no"]
            case Field.PROGRAM:
                return self.programs
            case Field.CURRENCY:
                return _known(self.currency or None)
            case Field.NUMBER:
                return [self.number]


def _known(said: str | None) -> Sequence[str] | None:
    return None if said is None else [said]


def facts_of(order: MarketplaceOrder) -> FilterFacts:
    """Return the facts of an order as the marketplace just told it."""
    return FilterFacts(
        number=order.number,
        service=order.service,
        currency=_currency(order),
        is_prime=order.is_prime,
        is_business=order.is_business,
        country=order.recipient.country if order.recipient else None,
        address=order.recipient,
        items=[Item(line.reference, line.sku, line.asin, line.unfulfilled > 0) for line in order.lines],
        programs=order.programs,
    )


def _currency(order: MarketplaceOrder) -> str:
    """Return what it was paid in: of a total that is hidden, or could not be read, the lines know."""
    amounts = (order.total, *(money for line in order.lines for money in (line.total, line.unit_price)))
    return next((money.currency for money in amounts if money), "")


# -- The rules -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OrderRule:
    field: str
    effect: str
    values: Values
    words: str

    @classmethod
    def of(cls, kept: OrderFilter) -> "OrderRule":
        return cls(kept.field, kept.effect, Values.of(kept.match, kept.values, about=kept.field), words_of(kept))

    def leaves_out(self, facts: FilterFacts) -> bool:
        """A rule without values says nothing, and nothing is said of what is not known."""
        said = facts.say(self.field)
        if said is None or not self.values.folded:
            return False
        return any(map(self.values.hold, said)) != (self.effect == Effect.REQUIRED)


@dataclass(frozen=True, slots=True)
class ItemRule:
    allow: bool
    whole_order: bool
    by: str
    values: Values
    words: str

    @classmethod
    def of(cls, kept: ItemFilter) -> "ItemRule":
        return cls(
            allow=kept.mode == ItemFilter.Mode.ALLOW,
            whole_order=kept.scope == ItemFilter.Scope.ORDER,
            by=kept.by,
            values=Values.of(kept.match, kept.values),
            words=words_of_items(kept),
        )

    def leaves_out(self, item: Item) -> bool:
        code = item.asin if self.by == Cart.ProductCode.ASIN else item.sku
        return self.values.hold(code) != self.allow


@dataclass(frozen=True, slots=True)
class Left:
    """What filters leave out of an order: all of it, for a reason, or some lines, by their references."""

    reason: str = ""
    lines: frozenset[str] = field(default_factory=frozenset)


NOTHING = Left()


@dataclass(frozen=True, slots=True)
class Rules:
    """The filters of one cart."""

    orders: Sequence[OrderRule] = ()
    items: ItemRule | None = None

    def __bool__(self) -> bool:
        return bool(self.orders or self.items)

    @property
    def need_address(self) -> bool:
        return any(rule.field in UNNAMED for rule in self.orders)

    def leave_out(self, facts: FilterFacts) -> Left:
        for rule in self.orders:
            if rule.leaves_out(facts):
                return Left(f"Left out by the filter “{rule.words}”")
        return self._lines(facts) if self.items and self.items.values.folded else NOTHING

    def _lines(self, facts: FilterFacts) -> Left:
        assert self.items is not None
        out = frozenset(item.reference for item in facts.items if self.items.leaves_out(item))
        # What was shipped or canceled there already does not make a parcel: look at what is still to go.
        going = {item.reference for item in facts.items if item.open} or {item.reference for item in facts.items}
        if going and (going <= out or (self.items.whole_order and going & out)):
            return Left(f"Left out by the item filter “{self.items.words}”")
        return Left(lines=out)


NO_RULES = Rules()


def rules_of(order_filters: Iterable[OrderFilter], item_filter: ItemFilter | None) -> Rules:
    return Rules([OrderRule.of(each) for each in order_filters], ItemRule.of(item_filter) if item_filter else None)


# -- In words --------------------------------------------------------------------------------------------------------
def words_of(kept: OrderFilter) -> str:
    """Return “Country is US or CA”, “Only if ship method starts with Next”."""
    label = Field(kept.field).label.partition(" (")[0]
    values = _count(kept.values) if kept.field in UNNAMED else _name(kept.values)
    words = f"{label} {Match(kept.match).label} {values}"
    return f"Only if {words[0].lower()}{words[1:]}" if kept.effect == Effect.REQUIRED else words


def words_of_items(kept: ItemFilter) -> str:
    """Return “SKU is MUG-1 or MUG-2”, “Only if ASIN is one of 120”."""
    code = "ASIN" if kept.by == Cart.ProductCode.ASIN else "SKU"
    words = f"{code} {Match(kept.match).label} {_name(kept.values)}"
    return f"Only if {words}" if kept.mode == ItemFilter.Mode.ALLOW else words


def _name(values: Sequence[object]) -> str:
    if len(values) > NAMED:
        return _count(values)
    return " or ".join(_shorten(str(value)) for value in values) or "nothing"


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _count(values: Sequence[object]) -> str:
    return ngettext("a certain value", "one of {count} values", len(values)).format(count=len(values))
