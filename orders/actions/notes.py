"""Notes on an order: what people want the next one to know. Sealed, because people write names into notes.

Whoever erases what is kept of an order's recipient erases the order's notes, too.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.common.vault import Unopenable
from orders.models import Note, Order, bound_to, keyring

LONGEST = 2_000  # characters
SAME_CLICK = timedelta(minutes=1)  # the same words from the same person are one note


ERASED = "Erased with the buyer's data."


@dataclass(frozen=True, slots=True)
class Noted:
    """A note in clear. The text is None where it cannot be opened."""

    text: str | None
    by: str
    at: datetime


def note(order: Order, text: str, *, by: User, now: datetime) -> bool:
    """Write it down. False when it was, a moment ago."""
    with transaction.atomic(durable=True):
        Order.objects.locked(order.pk)  # two clicks come one after the other
        lately = Note.objects.filter(order=order, by=by, at__gt=now - SAME_CLICK)
        if any(_open(order, each) == text for each in lately):
            return False
        Note.objects.create(
            organization_id=order.organization_id,
            merchant_id=order.merchant_id,
            order=order,
            by=by,
            at=now,
            sealed=keyring().seal_text(text, bound_to=bound_to(order, "note")),
        )
        record("order.noted", order, now=now, actor=by)
    return True


def notes_of(order: Order, *, most: int = 100) -> list[Noted]:
    """Return the notes in clear, newest first."""
    rows: Iterable[Note] = Note.objects.filter(order=order).select_related("by").order_by("-pk")[:most]
    return [Noted(_open(order, row), str(row.by), row.at) for row in rows]


def _open(order: Order, row: Note) -> str | None:
    if not row.sealed:
        return ERASED
    try:
        return keyring().open_text(row.sealed, bound_to=bound_to(order, "note"))
    except Unopenable:
        return None


def is_strange(character: str, *, within: str = "") -> bool:
    """Whether it is a control character, which shows as nothing and breaks labels and files. Some may be allowed."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") and character not in within
