"""What the packer and the carrier have to know of an order, in words: at its lines, and for the whole of it.

What is about the buyer says in clear what it is only to whoever may see buyers and asked: else that it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carts.marketplaces.order_needs import LineFacts, LineHandling, OrderHandling
from orders.models import Order

SHOWN_ON_DEMAND = "press Show to see it"
CANCEL_REASON = "Why the buyer wants to cancel"


@dataclass(frozen=True, slots=True)
class PackingNote:
    label: str
    text: str = ""
    url: str = ""
    since: datetime | None = None
    until: datetime | None = None
    loud: bool = False  # the parcel is wrong without it


def of_line(facts: LineFacts, asked: LineHandling, *, opened: bool) -> Sequence[PackingNote]:
    notes = [*_gift(asked, opened), *_custom(asked, opened), *_goods(facts), *_way(facts)]
    if asked.cancel_reason:
        notes.append(PackingNote(CANCEL_REASON, asked.cancel_reason if opened else SHOWN_ON_DEMAND))
    return notes


def _gift(asked: LineHandling, opened: bool) -> list[PackingNote]:
    notes = []
    if asked.gift_wrap:
        notes.append(PackingNote("Gift wrap", asked.gift_wrap, loud=True))
    if asked.gift_message:
        notes.append(PackingNote("Gift message", asked.gift_message if opened else SHOWN_ON_DEMAND, loud=True))
    return notes


def _custom(asked: LineHandling, opened: bool) -> list[PackingNote]:
    url = asked.customization_url
    if not url:
        return []
    if not opened:
        return [PackingNote("Customized", SHOWN_ON_DEMAND, loud=True)]
    # Amazon's word is not trusted with a scheme: what is no web address is text.
    return [PackingNote("Customized", url, url if url.startswith("https://") else "", loud=True)]


def _goods(facts: LineFacts) -> list[PackingNote]:
    notes = []
    if facts.is_transparency:
        notes.append(PackingNote("Transparency", "scan the code on each unit when you ship it", loud=True))
    if facts.serial_numbers:
        notes.append(PackingNote("Serial numbers", "note the number of each unit", loud=True))
    if facts.condition or facts.condition_note:
        named = facts.condition.replace("_", " ").replace("/", ", ").lower()
        notes.append(PackingNote("Condition", ": ".join(filter(None, (named, facts.condition_note)))))
    if facts.measure:
        notes.append(PackingNote("Sold as", facts.measure))
    if facts.substitution:
        kind, _, others = facts.substitution.partition(": ")
        words = kind.replace("_", " ").lower()
        notes.append(PackingNote("If it is out of stock", ": ".join(filter(None, (words, others)))))
    return notes


def _way(facts: LineFacts) -> list[PackingNote]:
    notes = [PackingNote(words, loud=True) for words in facts.door]
    if facts.ioss_number:
        notes.append(PackingNote("IOSS number", f"{facts.ioss_number}: give it to the carrier", loud=True))
    if facts.tax_scheme or facts.tax_collected_by:
        collected = f"collected by {facts.tax_collected_by}" if facts.tax_collected_by else ""
        notes.append(PackingNote("Tax", ", ".join(filter(None, (facts.tax_scheme, collected)))))
    if facts.deliver_from or facts.deliver_until:
        since, until = (
            datetime.fromisoformat(each) if each else None for each in (facts.deliver_from, facts.deliver_until)
        )
        notes.append(PackingNote("Delivery appointment", since=since, until=until, loud=True))
    notes += [PackingNote("Bought with it", words) for words in facts.services]
    return notes


def of_order(order: Order, handling: OrderHandling, *, opened: bool) -> Sequence[PackingNote]:
    """Return what is to be known of an order as a whole. Related orders have their own list: they are links."""
    notes = []
    if handling.delivers_from:
        notes.append(PackingNote("Deliver from", since=handling.delivers_from))
    if handling.ships_from and handling.ships_from > order.placed_at:
        notes.append(PackingNote("Ship from", since=handling.ships_from))
    if handling.labels_from:
        notes.append(PackingNote("Label from", since=handling.labels_from))
    if handling.capabilities:
        named = ", ".join(word.replace("_", " ").lower() for word in handling.capabilities)
        notes.append(PackingNote("The address", named))
    if handling.hours:
        notes.append(PackingNote("Open", "; ".join(handling.hours) if opened else SHOWN_ON_DEMAND))
    if handling.payment:
        notes.append(PackingNote("Payment", ", ".join(handling.payment)))
    if handling.seller_number:
        notes.append(PackingNote("Seller's number", handling.seller_number))
    for each in handling.tax_numbers:
        clear = opened or each.owner != "BUYER"
        named = " ".join(filter(None, (each.kind, each.number, f"({each.name})" if each.name else "")))
        notes.append(PackingNote(f"Tax number, {each.owner.lower()}", named if clear else SHOWN_ON_DEMAND))
    if handling.invoice:
        notes.append(PackingNote("Invoice", handling.invoice.lower()))
    return notes
