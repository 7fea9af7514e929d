"""How long what is known of buyers is kept."""

from core.common.lifetimes import Lifetime, register
from orders import erasure
from orders.models import Note, Recipient

register(
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
