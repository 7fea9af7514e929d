"""How long orders are kept, and what is known of buyers."""

from datetime import datetime

from core.common.lifetimes import OTHER_DATA, Lifetime, Rows, older_in_turn, register
from orders import erasure
from orders.models import Note, Order, Recipient
from orders.statuses import OPEN


def _ended(before: datetime) -> Rows:
    """What is still to be shipped stays, and what a legal hold keeps."""
    return older_in_turn(Order, "downloaded_at")(before).exclude(status__in=OPEN).exclude(erasure.is_held("pk"))


register(
    Lifetime(
        "Orders, with their packages and charges",
        OTHER_DATA,
        Order,
        "downloaded_at",
        _ended,
        rule="after they came, unless they are open or have a legal hold",
        oldest_by="pk",
    ),
    Lifetime(
        "Buyers' names, addresses and messages",
        erasure.KEPT,
        Recipient,
        "order__placed_at",
        erasure.recipients_over,
        rule=f"after the order was shipped or canceled, and {erasure.UNSHIPPED_KEPT.days} days after it was placed "
        "where it is neither",
        there=erasure.recipients_kept,
        end=erasure.erase_some,
    ),
    Lifetime(
        "Notes on orders",
        erasure.KEPT,
        Note,
        "at",
        erasure.notes_over,
        rule="after the order was shipped or canceled, and later notes 30 days after they were written",
        there=erasure.notes_kept,
        end=erasure.erase_notes,
    ),
)
