"""Comparing what a cart says of an order now with the order as it stands here.

Before an order left for the warehouse the new document simply applies, and is only told. What a warehouse has, or what
a person edited, is not overwritten: there each change becomes a Difference, until somebody settles it. A document says
something new where it differs from the one before it, so what was settled does not come back with the next one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from carts import marketplaces
from carts.marketplaces.order_needs import NO_HANDLING, OrderHandling
from carts.marketplaces.values import Address, Buyer, MarketplaceOrder, OrderDocument, OrderLine, OrderState, Strange
from carts.models import Cart
from core.common.vault import Unopenable
from orders.differences import hidden_parts
from orders.download.order_documents import ReadDocument
from orders.models import Difference, Line, Order, Recipient

Kind = Difference.Kind
OF_LINES = (Kind.QUANTITY, Kind.LINE)
LONGEST_SKU = 60  # in a sentence
NAMED = 5  # changes in a sentence; the rest is counted
PARTS = {
    "name": "name",
    "company": "company",
    "line1": "street",
    "line2": "street",
    "line3": "street",
    "city": "city",
    "district": "district",
    "state": "state",
    "postal_code": "postal code",
    "country": "country",
    "phone": "phone",
    "kind": "kind of address",
    "instructions": "instructions",
}
GIVEN = "now available"


# -- In words --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ReportedChange:
    """One thing a document says otherwise. Of an address only which parts: nothing personal is in here."""

    kind: str
    was: str
    now: str
    reference: str = ""  # of the line
    sku: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return str(self.kind), self.reference

    @property
    def is_gone(self) -> bool:
        """Whether the cart does not name the line any more."""
        return self.kind == Kind.LINE and not self.now

    def __str__(self) -> str:
        return words(self.kind, self.was, self.now, self.sku)


def words(kind: str, was: str, now: str, sku: str) -> str:
    """Return “2 × MUG is now 3”, “the address changed: street, city”."""
    match Kind(kind):
        case Kind.QUANTITY:
            return f"{was} × {shorten(sku)} is now {now}"
        case Kind.LINE:
            return f"{now} is new" if now else f"{was} is gone"
        case Kind.ADDRESS:
            return "the address is now available" if now == GIVEN else f"the address changed: {now}"
        case Kind.SERVICE:
            return f"the ship method {was} is now {now}" if was and now else f"the ship method is now {now or 'none'}"


def tell(changes: Sequence[object]) -> str:
    """Return changes as part of a sentence; of many the first, and how many more there are."""
    said = "; ".join(str(change) for change in changes[:NAMED])
    return f"{said}; and {len(changes) - NAMED} more" if len(changes) > NAMED else said


def shorten(sku: str) -> str:
    return sku if len(sku) <= LONGEST_SKU else f"{sku[: LONGEST_SKU - 1]}…"


# -- How an order stands ---------------------------------------------------------------------------------------------
@dataclass(slots=True)
class StoredOrder:
    """An order as it stands here, and what the cart said of it the last time."""

    order: Order
    left: bool  # a warehouse has it, or had it
    lines: dict[str, Line] = field(default_factory=dict)  # by reference
    address: Address | None = None
    address_there: Address | None = None  # as the cart told it by and by, whatever its last document hides
    buyer: Buyer | None = None
    handling: OrderHandling = NO_HANDLING
    address_known: bool = False  # it is sealed here, and can be opened
    erased: bool = False  # what is known of the buyer was erased, and does not come back
    before: MarketplaceOrder | None = None  # None when that cannot be read any more

    @property
    def told_address(self) -> Address | None:
        """The address as the cart told it before."""
        return self.address_there or (self.before.recipient if self.before else None)

    @property
    def guarded(self) -> bool:
        """Whether address and ship method are kept as they are."""
        return self.left or self.order.edited_at is not None


def load(changed: Sequence[tuple[Order, ReadDocument]]) -> dict[int, StoredOrder]:
    """Return how these orders stand, by their ids: two queries."""
    standings = {order.pk: StoredOrder(order, order.has_left) for order, _ in changed}
    carts = {order.pk: each.cart for order, each in changed}
    for line in Line.objects.filter(order__in=list(standings)).order_by("pk"):
        standings[line.order_id].lines[line.reference] = line
    for recipient in Recipient.objects.filter(order__in=list(standings)):
        standing = standings[recipient.order_id]
        recipient.order = standing.order
        standing.erased = recipient.erased_at is not None
        _open(standing, recipient)
        if standing.guarded:
            standing.before = read_source(recipient, carts[recipient.order_id])
    return standings


def _open(standing: StoredOrder, recipient: Recipient) -> None:
    try:
        clear = recipient.unseal()
        standing.address, standing.buyer, standing.handling = clear.address, clear.buyer, clear.handling
        standing.address_there = clear.there
        standing.address_known = recipient.sealed is not None and recipient.erased_at is None
    except Unopenable:
        standing.address_known = False


def read_source(recipient: Recipient, cart: Cart) -> MarketplaceOrder | None:
    """Return the document an order was last read from; None when it is erased, or cannot be read any more."""
    order = recipient.order
    try:
        source = recipient.open_source()
        if source is None:
            return None
        document = OrderDocument(order.number, cart.place_id, order.changed_at, source)
        return marketplaces.APPLICATIONS[cart.kind].marketplace.read(document)
    except (Unopenable, Strange):
        return None


# -- Comparing -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Compared:
    """What a document changes of an order, and what it says otherwise and may not change by itself."""

    applied: Sequence[ReportedChange] = ()
    fresh: Sequence[ReportedChange] = ()  # differs, and the cart says so only now
    still: Collection[tuple[str, str]] = ()  # by their keys, all that differs


NOTHING = Compared()


def compare(standing: StoredOrder, read: MarketplaceOrder, *, told: MarketplaceOrder | None = None) -> Compared:
    """Compare an order with what the cart says of it now. Cancels are not differences: they have their own path.

    ``told`` is the document as it was written; ``read`` has what it hides, too.
    """
    told = told or read
    if read.state is OrderState.CANCELED or not standing.lines:  # without lines it could not be read before
        return NOTHING
    changes = []
    if not standing.order.is_shipped:  # how and where to changes nothing any more
        changes = [*_service(standing.order.service, read.service), *_address(standing, read.recipient)]
    changes += _lines(standing, read.lines)
    kept = [change for change in changes if _is_kept(change, standing)]
    still = {change.key for change in kept}
    if not standing.order.is_shipped:  # what is hidden settles nothing
        still |= _hidden(standing, told)
    if standing.left:  # a new line differs until somebody takes it
        still |= {(str(Kind.LINE), line.reference) for line in read.lines if _is_left_out(standing, line.reference)}
    return Compared(
        applied=[change for change in changes if change not in kept],
        fresh=_fresh(kept, standing, told),
        still=still,
    )


def left_out(standing: StoredOrder) -> set[str]:
    """Return the references of the lines that the warehouse never gets."""
    return {reference for reference, line in standing.lines.items() if line.left_out}


def _hidden(standing: StoredOrder, told: MarketplaceOrder) -> set[tuple[str, str]]:
    hidden = set() if told.service else {(str(Kind.SERVICE), "")}
    if hidden_parts.is_hidden(standing.address, told.recipient):
        hidden.add((str(Kind.ADDRESS), ""))
    return hidden


def _is_left_out(standing: StoredOrder, reference: str) -> bool:
    line = standing.lines.get(reference)
    return line is not None and line.left_out


def _is_kept(change: ReportedChange, standing: StoredOrder) -> bool:
    if change.kind not in OF_LINES:
        return standing.guarded
    return standing.left and not _is_left_out(standing, change.reference)  # that one the warehouse never had


def _service(was: str, now: str) -> list[ReportedChange]:
    return [ReportedChange(Kind.SERVICE, was, now)] if was != now else []


def _address(standing: StoredOrder, now: Address | None) -> list[ReportedChange]:
    """A cart that shows no address any more takes none away: nor a part of one."""
    now = hidden_parts.newer_address(standing.address, now)
    if now is None or not standing.address_known or now == standing.address:
        return []
    return [ReportedChange(Kind.ADDRESS, "", ", ".join(parts(standing.address, now)))]


def parts(was: Address | None, now: Address) -> list[str]:
    """Return the names of what differs in an address, and nothing of what it says."""
    if was is None:
        return [GIVEN]
    return list(dict.fromkeys(word for name, word in PARTS.items() if getattr(was, name) != getattr(now, name)))


def _lines(standing: StoredOrder, read: Sequence[OrderLine]) -> list[ReportedChange]:
    changes = []
    for now in read:
        was = standing.lines.get(now.reference)
        if was is None:
            changes += [_line(now.reference, now.sku, now=now.ordered)] if now.ordered else []
        elif was.ordered != now.ordered:
            changes.append(ReportedChange(Kind.QUANTITY, str(was.ordered), str(now.ordered), now.reference, now.sku))
    told = {now.reference for now in read}
    gone = [line for reference, line in standing.lines.items() if reference not in told and line.wanted]
    changes += [_line(line.reference, line.sku, was=line.wanted) for line in gone if not line.left_out]
    return changes


def _line(reference: str, sku: str, *, was: int = 0, now: int = 0) -> ReportedChange:
    def several(units: int) -> str:
        return f"{units} × {shorten(sku)}" if units else ""

    return ReportedChange(Kind.LINE, several(was), several(now), reference, sku)


def _fresh(kept: Sequence[ReportedChange], standing: StoredOrder, read: MarketplaceOrder) -> Sequence[ReportedChange]:
    """Return what the cart says only now. Where the document before cannot be read, all of it counts as new."""
    before = standing.before
    if before is None or not kept:
        return kept
    same = {(str(Kind.SERVICE), "")} if read.service in ("", before.service) else set()
    if not hidden_parts.says_more(standing.told_address, read.recipient):
        same.add((str(Kind.ADDRESS), ""))
    then, today = _units(before), _units(read)
    unchanged = {reference for reference in {*then, *today} if then.get(reference) == today.get(reference)}
    same |= {(str(kind), reference) for kind in OF_LINES for reference in unchanged}
    return [change for change in kept if change.key not in same]


def _units(read: MarketplaceOrder) -> dict[str, int]:
    return {line.reference: line.ordered for line in read.lines}


def guard(standing: StoredOrder, lines: Sequence[Line]) -> None:
    """Let new rows of an order that left say what the warehouse was told. A line that is new stays out of it."""
    for line in lines if standing.left else ():
        was = standing.lines.get(line.reference)
        line.left_out = was is None or was.left_out
        if was is not None and not was.left_out:
            line.ordered = was.ordered
