"""What happened, in sentences for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import bidirectional

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.activity import kinds
from core.activity.kept_exchanges import ShownExchange
from core.activity.kinds import EventKind
from core.activity.models import Event

# Kinds of characters that write, or make others be written, against the direction of the sentence.
TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})


class _Known(dict[str, object]):
    """Details an older event may lack are shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An event as the timeline shows it."""

    sentence: SafeString
    tone: str
    at: datetime
    actor_name: str
    kind: str = ""
    tracking: str = ""  # of the package it is about, if it is about one
    exchanges: Sequence[ShownExchange] = ()  # what was sent and answered


def tell(event: Event) -> TimelineEntry:
    kind = kinds.find(event.kind)
    actor = str(event.actor) if event.actor else ""
    tracking = str(event.details.get("tracking") or "")
    tone = kind.tone if kind else "calm"
    return TimelineEntry(_sentence(event, kind), tone, event.at, actor, event.kind, tracking)


def _sentence(event: Event, kind: EventKind | None) -> SafeString:
    if kind is None:  # recorded by an older version, or by a newer one; it is no more than its name then
        return format_html("{}", event.kind.replace(".", " ").replace("_", " "))
    values = _Known((name, _set_apart(value)) for name, value in event.details.items())
    return SafeString(kind.words(event.details).format_map(values))


def _set_apart(value: object) -> SafeString:
    """Return a detail fit for a sentence: one written from right to left must not turn what follows it around."""
    turns = any(bidirectional(character) in TURNING for character in str(value))
    return format_html("<bdi>{}</bdi>" if turns else "{}", value)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a history, oldest first. ``older`` is what ``page`` takes for the part before it."""

    events: Sequence[TimelineEntry]
    older: int | None
    is_newest: bool


def page(
    subject_kind: str, subject_id: int, organization_id: int, *, before: int | None = None, most: int = 100
) -> Page:
    """Return the latest that happened to a thing, or the latest before an event."""
    events = Event.objects.filter(organization=organization_id, subject_kind=subject_kind, subject_id=subject_id)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.select_related("actor").order_by("-pk")[: most + 1])
    shown = found[:most]
    older = shown[-1].pk if len(found) > most else None
    return Page([tell(event) for event in reversed(shown)], older, before is None)


def history(subject_kind: str, subject_id: int, organization_id: int, *, most: int = 200) -> Iterable[TimelineEntry]:
    """Return what happened to a thing, oldest first, the latest ``most``."""
    events = Event.objects.filter(organization=organization_id, subject_kind=subject_kind, subject_id=subject_id)
    latest = list(events.select_related("actor").order_by("-pk")[:most])
    return [tell(event) for event in reversed(latest)]
