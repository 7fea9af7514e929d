"""What happened, in sentences for people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import bidirectional

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.accounts.access import Access
from core.accounts.models import Membership
from core.activity import kinds
from core.activity.kept_exchanges import ShownExchange
from core.activity.kinds import EventKind
from core.activity.models import Event

FOR_PACKING = ": do not ship"  # how a reason ends that asks packing for something
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


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a history. A seller learns what happened, not who of the 3PL did it and what that person has to do."""

    house: str = ""  # what the 3PL's people are called together; "" for one of them, who reads everything
    own: frozenset[int] = frozenset()  # a seller's own people, who keep their names

    @classmethod
    def of(cls, access: Access) -> "Reader":
        if access.is_of_house:
            return cls()
        own = Membership.objects.filter(organization=access.organization, merchant=access.merchant_id)
        return cls(access.organization.name, frozenset(own.values_list("user", flat=True)))

    def may_read(self, events: "QuerySet[Event]") -> "QuerySet[Event]":
        return events.exclude(kind__in=kinds.ours_alone()) if self.house else events

    def name(self, event: Event) -> str:
        """Return who did it."""
        if event.actor is None:
            return ""
        return self.house if self.house and event.actor_id not in self.own else str(event.actor)

    def value(self, told: object) -> object:
        """Return a detail as it is told: what packing is asked for at its end is left out."""
        return told.removesuffix(FOR_PACKING) if self.house and isinstance(told, str) else told


HOUSE = Reader()


def tell(event: Event, reader: Reader = HOUSE) -> TimelineEntry:
    kind = kinds.find(event.kind)
    tracking = str(event.details.get("tracking") or "")
    tone = kind.tone if kind else "calm"
    return TimelineEntry(_sentence(event, kind, reader), tone, event.at, reader.name(event), event.kind, tracking)


def _sentence(event: Event, kind: EventKind | None, reader: Reader) -> SafeString:
    if kind is None:  # recorded by an older version, or by a newer one; it is no more than its name then
        return format_html("{}", event.kind.replace(".", " ").replace("_", " "))
    values = _Known((name, _set_apart(reader.value(value))) for name, value in event.details.items())
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


def page(subject_kind: str, subject_id: int, access: Access, *, before: int | None = None, most: int = 100) -> Page:
    """Return the latest that happened to a thing as this person may read it, or the latest before an event."""
    reader = Reader.of(access)
    events = reader.may_read(_of(subject_kind, subject_id, access))
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.select_related("actor").order_by("-pk")[: most + 1])
    shown = found[:most]
    older = shown[-1].pk if len(found) > most else None
    return Page([tell(event, reader) for event in reversed(shown)], older, before is None)


def history(subject_kind: str, subject_id: int, access: Access, *, most: int = 200) -> Iterable[TimelineEntry]:
    """Return what happened to a thing as this person may read it, oldest first, the latest ``most``."""
    reader = Reader.of(access)
    events = reader.may_read(_of(subject_kind, subject_id, access))
    latest = list(events.select_related("actor").order_by("-pk")[:most])
    return [tell(event, reader) for event in reversed(latest)]


def about_one(access: Access, kinds_: Collection[str], *, most: int = 200, **details: str) -> Iterable[TimelineEntry]:
    """Return what happened in the organization to one thing that its events name, oldest first, the latest ``most``."""
    reader, named = Reader.of(access), {f"details__{name}": value for name, value in details.items()}
    mine = _of("organization", access.organization.pk, access).filter(kind__in=kinds_, **named)
    latest = list(reader.may_read(mine).select_related("actor").order_by("-pk")[:most])
    return [tell(event, reader) for event in reversed(latest)]


def _of(subject_kind: str, subject_id: int, access: Access) -> "QuerySet[Event]":
    found: QuerySet[Event] = Event.objects.filter(
        organization=access.organization, subject_kind=subject_kind, subject_id=subject_id
    )
    return found
