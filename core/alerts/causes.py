"""What alerts and mails are about: each cause and each occasion with its words.

Every app declares its own in ``alerts.py`` and registers them when Django starts. What nobody declared is not raised,
and no mail is owed about it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.activity.kinds import Tone
from core.alerts.held_orders import Waiting


class UndeclaredCause(Exception):
    """No app declared this cause."""


class Owner(StrEnum):
    """Whose turn it is."""

    US = "us"
    WAREHOUSE = "warehouse"
    SELLER = "seller"
    MARKETPLACE = "marketplace"

    @property
    def label(self) -> str:
        return OWNERS[self]


OWNERS = {
    Owner.US: "Our team",
    Owner.WAREHOUSE: "Warehouse",
    Owner.SELLER: "Seller",
    Owner.MARKETPLACE: "Marketplace",
}
SEVERITIES: dict[Tone, str] = {"bad": "Urgent", "warn": "Soon"}  # a pill's word, by its tone


@dataclass(frozen=True, slots=True)
class Cause:
    """Something wrong that an alert is raised about."""

    name: str  # "grant.ended"
    heading: str
    tone: Tone = "bad"  # "warn" where nothing has stopped yet
    settles: bool = False  # what follows at once often closes it: its mail waits for that
    to_seller: str = ""  # a whole sentence; without one the heading and that the warehouse knows
    held_for: tuple[str, ...] = ()  # it goes with these holds of an order, by their words: what ends one closes it
    ours_alone: bool = False  # no merchant is told, and no seller sees it: it names others, or is not theirs to decide
    owner: Owner = Owner.US
    holds: Waiting = (
        Waiting.NONE
    )  # which of its thing's orders wait for it, where the thing is no order: see held_orders.py
    button: str = "Open"  # what the page it leads to is opened for


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a mail is about that no alert stands behind."""

    name: str  # "setup_link.sent"
    heading: str


_declared: dict[str, Cause | Occasion] = {}


def register(declared: Iterable[Cause | Occasion]) -> None:
    """Declare an app's causes. To say the same again changes nothing; two meanings of one name are a mistake."""
    for each in declared:
        if _declared.setdefault(each.name, each) != each:
            raise ValueError(f"{each.name} is declared twice")


def declared() -> Iterator[Cause | Occasion]:
    return iter(_declared.values())


def check(name: str) -> None:
    """Raise Undeclared unless an alert may be raised about this."""
    if not isinstance(_declared.get(name), Cause):
        raise UndeclaredCause(f"No app declares alerts of the cause {name!r}.")


def check_mail(name: str) -> None:
    """Raise Undeclared unless mail may be written about this."""
    if name not in _declared:
        raise UndeclaredCause(f"No app declares mail about {name!r}.")


def say(name: str) -> str:
    """Return the words for a cause. One that an older version stored and nobody declares is told by its name."""
    found = _declared.get(name)
    return found.heading if found else name.replace(".", " ").replace("_", " ").capitalize()


def say_to_seller(name: str) -> str:
    """Return a sentence about a cause for the merchant's own people: what the 3PL has to do is not theirs to read."""
    found = _declared.get(name)
    own = found.to_seller if isinstance(found, Cause) else ""
    return own or f"{say(name)}. The warehouse has been told."


def tone(name: str) -> Tone:
    found = _declared.get(name)
    return found.tone if isinstance(found, Cause) else "bad"


def owner(name: str) -> Owner:
    found = _declared.get(name)
    return found.owner if isinstance(found, Cause) else Owner.US


def owned_by(wanted: Owner) -> list[str]:
    """Return the causes that are this one's turn."""
    return sorted(each.name for each in _declared.values() if isinstance(each, Cause) and each.owner is wanted)


def holding() -> dict[str, Waiting]:
    """Return which orders wait, by the causes whose things hold several."""
    return {each.name: each.holds for each in _declared.values() if isinstance(each, Cause) and each.holds}


def button(name: str) -> str:
    found = _declared.get(name)
    return found.button if isinstance(found, Cause) else "Open"


def not_urgent() -> list[str]:
    """Return the causes of which nothing has stopped yet."""
    return sorted(each.name for each in _declared.values() if isinstance(each, Cause) and each.tone != "bad")


def severity(name: str) -> tuple[str, str]:
    """Return a word and a tone, as a pill shows them."""
    said = tone(name)
    return SEVERITIES.get(said, "Urgent"), said


def settling() -> list[str]:
    """Return the causes whose mail waits a little: they often close at once, and another one says what to do."""
    return sorted(each.name for each in _declared.values() if isinstance(each, Cause) and each.settles)


def of_hold(held_for: str) -> list[str]:
    """Return the causes that go with a hold of an order, by its word."""
    return sorted(each.name for each in _declared.values() if isinstance(each, Cause) and held_for in each.held_for)


def ours_alone() -> list[str]:
    """Return the causes that the 3PL alone is told of."""
    return sorted(each.name for each in _declared.values() if isinstance(each, Cause) and each.ours_alone)
