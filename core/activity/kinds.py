"""What may happen, each kind with its tone and its sentence over named values.

Every app declares its own kinds in ``events.py`` and registers them when Django starts. What nobody declared, or what
lacks a value its sentence names, is not recorded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from typing import Any, Literal

from django.utils.translation import ngettext

Tone = Literal["calm", "busy", "good", "warn", "bad"]
Values = Mapping[str, Any]


class UndeclaredEvent(Exception):
    """No app declared this kind, or the event lacks a value that its sentence names."""


@dataclass(frozen=True, slots=True)
class Plural:
    """Words that depend on how many the value ``counting`` says."""

    counting: str
    one: str
    many: str

    def chosen(self, values: Values) -> str:
        count = values.get(self.counting)
        return ngettext(self.one, self.many, count) if isinstance(count, int) else self.many

    @property
    def names(self) -> set[str]:
        return {self.counting} | _names(self.one) | _names(self.many)


@dataclass(frozen=True, slots=True)
class Ending:
    """What a sentence goes on with when the event holds this value; with ``equal``, when it is just that."""

    value: str
    words: str | Plural
    equal: str | None = None

    def applies(self, values: Values) -> bool:
        found = values.get(self.value)
        return bool(found) if self.equal is None else found == self.equal

    @property
    def names(self) -> set[str]:
        return _names_of(self.words)


@dataclass(frozen=True)
class EventKind:
    """One kind of event. In the sentence, ``{name}`` is a value, and bold is what one looks for."""

    name: str  # "order.downloaded"
    tone: Tone
    sentence: str | Plural
    endings: tuple[Ending, ...] = ()
    ours_alone: bool = False  # no seller reads it: it is about the 3PL's own people and what they have to do

    @cached_property
    def needed(self) -> frozenset[str]:
        """The values without which it is not recorded."""
        return frozenset(_names_of(self.sentence))

    def words(self, values: Values) -> str:
        """Return the sentence for these values, which are still to be put in."""
        endings = (_chosen(ending.words, values) for ending in self.endings if ending.applies(values))
        return _chosen(self.sentence, values) + "".join(endings)


# -- The registry ----------------------------------------------------------------------------------------------------
_declared: dict[str, EventKind] = {}


def register(kinds: Iterable[EventKind]) -> None:
    """Declare an app's kinds. To say the same again changes nothing; two meanings of one kind are a mistake."""
    for kind in kinds:
        for ending in kind.endings:
            if unknown := ending.names - kind.needed - {ending.value}:
                raise ValueError(f"{kind.name}: an ending names {', '.join(sorted(unknown))}, which may be missing")
        if _declared.setdefault(kind.name, kind) != kind:
            raise ValueError(f"{kind.name} is declared twice")


def declared() -> Iterator[EventKind]:
    return iter(_declared.values())


def find(name: str) -> EventKind | None:
    """Return a kind, or None for what an older version recorded and nobody declares any more."""
    return _declared.get(name)


def ours_alone() -> list[str]:
    """Return the kinds that the 3PL's own people alone read."""
    return sorted(kind.name for kind in _declared.values() if kind.ours_alone)


def check(name: str, values: Values) -> None:
    """Raise Undeclared unless this may be recorded."""
    kind = _declared.get(name)
    if kind is None:
        raise UndeclaredEvent(f"No app declares events of the kind {name!r}.")
    if missing := kind.needed - values.keys():
        raise UndeclaredEvent(f"{name} needs {', '.join(sorted(missing))}.")


def _chosen(words: str | Plural, values: Values) -> str:
    return words.chosen(values) if isinstance(words, Plural) else words


def _names_of(words: str | Plural) -> set[str]:
    return words.names if isinstance(words, Plural) else _names(words)


def _names(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}
