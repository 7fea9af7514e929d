"""What a message says: thin, by Standard Webhooks' advice. Ids and facts; who wants more asks the API."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.activity.models import Event
from core.api import public_ids
from core.webhooks import webhook_types
from core.webhooks.webhook_types import Described, WebhookType

LONGEST_TEXT = 1_000  # characters of one value: a reason may quote what another server wrote
LARGEST = 20_000  # bytes of a message; the standard's advice


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of one event, to whichever endpoints want it."""

    event_id: int
    organization_id: int
    merchant_id: int | None
    type: str
    body: str


def of_events(events: Iterable[Event]) -> list[Message]:
    """Return the messages that events become, a query for each kind of thing they are about."""
    told = [(event, to) for event in events if (to := webhook_types.type_of(event.kind, event.details))]
    ids: dict[str, set[int]] = defaultdict(set)
    for event, _ in told:
        ids[event.subject_kind].add(event.subject_id)
    things = {kind: webhook_types.described(kind, found) for kind, found in ids.items()}
    return [_message(event, to, things[event.subject_kind].get(event.subject_id)) for event, to in told]


def _message(event: Event, to: WebhookType, thing: Described | None) -> Message:
    happened = {"event_id": public_ids.write(public_ids.EVENT, event.pk)}
    values = {name: event.details[key] for name, key in to.values if event.details.get(key) not in (None, "")}
    body = written(to.name, event.at, {**happened, **(thing.facts if thing else {}), **values})
    if len(body.encode()) >= LARGEST:  # a hundred carts of one seller, say
        body = written(to.name, event.at, happened)
    return Message(event.pk, event.organization_id, thing.merchant_id if thing else None, to.name, body)


def written(type_name: str, at: datetime, values: Mapping[str, Any]) -> str:
    """Return a message's body."""
    document = {"type": type_name, "timestamp": moment(at), "data": _clipped(values)}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clipped(value: Any) -> Any:
    match value:
        case str():
            return value[:LONGEST_TEXT]
        case Mapping():
            return {str(name): _clipped(each) for name, each in value.items()}
        case list() | tuple():
            return [_clipped(each) for each in value]
    return value
