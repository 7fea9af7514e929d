"""What happened as rows: who, what, when, and to which thing, by the name people know it by."""

import html
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.models import Merchant
from core.activity import timeline
from core.activity.models import Event
from integration_manager.portal.activity_log.event_filters import as_words
from orders.models import Order
from shipping.models import Warehouse

# What has a page of its own, with its address. Of the others the kind is said, and which one by its number.
THINGS: Mapping[str, tuple[type[Model], tuple[str, ...], str]] = {
    "order": (Order, (), "orders:order"),
    "cart": (Cart, ("merchant",), "carts:cart"),
    "merchant": (Merchant, (), "merchants:merchant"),
    "warehouse": (Warehouse, (), "shipping:warehouse"),
}
NOBODY = "The portal"
COLUMNS = ("When", "Who", "Kind", "What", "To what")


@dataclass(frozen=True, slots=True)
class EventRow:
    at: datetime
    who: str
    kind: str
    tone: str
    sentence: SafeString
    thing: str
    url: str = ""

    @property
    def text(self) -> str:
        """The sentence without its marks."""
        return html.unescape(strip_tags(self.sentence))


def told(events: Iterable[Event], access: Access) -> list[EventRow]:
    """Return the rows. A statement for each kind of thing that is named, however many events there are."""
    shown = list(events)
    named = _named(shown, access)
    return [_row(event, named) for event in shown]


def _row(event: Event, named: Mapping[tuple[str, int], tuple[str, str]]) -> EventRow:
    entry = timeline.tell(event)
    thing, url = named.get((event.subject_kind, event.subject_id), ("", ""))
    if not thing:
        thing = as_words(event.subject_kind)
        thing = thing if event.subject_kind == "organization" else f"{thing} {event.subject_id}"
    return EventRow(event.at, entry.actor_name or NOBODY, as_words(event.kind), entry.tone, entry.sentence, thing, url)


def _named(events: Iterable[Event], access: Access) -> dict[tuple[str, int], tuple[str, str]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        wanted[event.subject_kind].add(event.subject_id)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for kind, (model, related, route) in THINGS.items():
        if kind in wanted:
            things: Any = model._default_manager
            for each in things.visible_to(access).filter(pk__in=wanted[kind]).select_related(*related):
                name = str(getattr(each, "full_name", each))
                found[kind, each.pk] = (name, reverse(route, args=[each.pk]))
    return found
