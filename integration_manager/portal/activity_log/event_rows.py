"""What happened as rows: who, what, when, and to which thing, by the name people know it by."""

import html
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from carts.models import Cart, Grant, Listing
from core.accounts.access import Access
from core.accounts.models import Merchant
from core.activity import timeline
from core.activity.models import Event
from core.api.models import ApiKey
from core.webhooks.models import Endpoint
from integration_manager.portal.activity_log import event_words
from inventory.models import StockLevel
from orders.models import Order
from shipping.models import CarrierCode, Warehouse, WarehouseAccount


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A kind of thing that has a name. ``route``: of its page, if it has one."""

    model: type[Model]
    name: Callable[[Any], str] = str
    route: str = ""
    related: tuple[str, ...] = ()


# Of what is none of these, the kind is said, and which one by its number.
THINGS: Mapping[str, NamedThing] = {
    "order": NamedThing(Order, route="orders:order"),
    "cart": NamedThing(Cart, lambda cart: cart.full_name, "carts:cart", ("merchant",)),
    "merchant": NamedThing(Merchant, route="merchants:merchant"),
    "warehouse": NamedThing(Warehouse, route="shipping:warehouse"),
    "apikey": NamedThing(ApiKey, lambda key: f"API key {key}", "api_keys:key"),
    "endpoint": NamedThing(Endpoint, lambda endpoint: f"Webhook {endpoint}"),
    "grant": NamedThing(Grant, lambda grant: f"{grant.merchant} · {grant}", related=("merchant",)),
    "listing": NamedThing(Listing),
    "stocklevel": NamedThing(StockLevel, lambda level: level.sku, "inventory:level"),
    "carriercode": NamedThing(CarrierCode, lambda code: f"Carrier {code}"),
    "warehouseaccount": NamedThing(
        WarehouseAccount, lambda account: f"{account.warehouse} · {account}", related=("warehouse",)
    ),
}
WORDS: Mapping[str, str] = {"organization": "Organization", "mail": "An email"}  # that need no number
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
        thing = WORDS.get(event.subject_kind) or f"{_kinds_of_things().get(event.subject_kind, '')} {event.subject_id}"
    kind = event_words.say_kind(event.kind)
    return EventRow(event.at, entry.actor_name or NOBODY, kind, entry.tone, entry.sentence, thing.strip(), url)


@cache
def _kinds_of_things() -> Mapping[str, str]:
    """Return what models are called: an event knows a thing by its model's name."""
    models = [model._meta for model in apps.get_models()]
    return {str(meta.model_name): str(meta.verbose_name).capitalize() for meta in models}


def _named(events: Iterable[Event], access: Access) -> dict[tuple[str, int], tuple[str, str]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        wanted[event.subject_kind].add(event.subject_id)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for kind, thing in THINGS.items():
        if kind in wanted:
            things: Any = thing.model._default_manager
            for each in things.visible_to(access).filter(pk__in=wanted[kind]).select_related(*thing.related):
                found[kind, each.pk] = (thing.name(each), reverse(thing.route, args=[each.pk]) if thing.route else "")
    return found
