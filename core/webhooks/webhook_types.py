"""The kinds of messages there are, and what each is told of.

Every app declares its own in ``webhooks.py`` and registers them when Django starts: which of the events in the activity
log become a message, and how the thing an event is about is described. No message names a buyer.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class EventSource:
    """Events of a kind; with ``where``, those with just these values."""

    kind: str
    where: tuple[tuple[str, str], ...] = ()

    def fits(self, details: Mapping[str, Any]) -> bool:
        return all(details.get(name) == value for name, value in self.where)


@dataclass(frozen=True, slots=True)
class WebhookType:
    """One kind of message."""

    name: str  # "order.ready"
    about: str  # when it is sent, for people
    sources: tuple[EventSource, ...]
    values: tuple[tuple[str, str], ...] = ()  # of the event: what it is called in the message, and there


@dataclass(frozen=True, slots=True)
class Described:
    """The thing an event is about, as a message tells of it: ids and facts, and nothing of a buyer's."""

    merchant_id: int | None
    facts: Mapping[str, Any] = field(default_factory=dict)


Describe = Callable[[Collection[int]], Mapping[int, Described]]  # things of a kind, by their ids

_types: dict[str, WebhookType] = {}
_sources: dict[EventSource, WebhookType] = {}
_describers: dict[str, Describe] = {}


def register(types: Iterable[WebhookType], **describers: Describe) -> None:
    """Declare an app's messages, and how things are described, by their kind. Saying the same again changes nothing.

    Raises ValueError for two meanings of one name, and for events that would become two messages.
    """
    for each in types:
        if _types.setdefault(each.name, each) != each:
            raise ValueError(f"{each.name} is declared twice")
        for source in each.sources:
            if _sources.setdefault(source, each) != each:
                raise ValueError(f"{source.kind} would become two messages")
    _describers.update(describers)


def declared() -> Sequence[WebhookType]:
    return sorted(_types.values(), key=lambda each: each.name)


def find(name: str) -> WebhookType | None:
    return _types.get(name)


def event_kinds() -> Collection[str]:
    """Return the kinds of events that may become a message."""
    return {source.kind for source in _sources}


def type_of(kind: str, details: Mapping[str, Any]) -> WebhookType | None:
    """Return what an event becomes; None when nobody is told of it."""
    return next((to for source, to in _sources.items() if source.kind == kind and source.fits(details)), None)


def described(subject_kind: str, ids: Collection[int]) -> Mapping[int, Described]:
    """Return the things that are still there, by their ids."""
    describe = _describers.get(subject_kind)
    return describe(ids) if describe and ids else {}
