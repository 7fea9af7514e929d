"""What stands beside an alert's sentence in mail and on the page an outsider opens: what the thing is about, in facts.

The app that has the thing tells them: it registers a teller for its kind of subject when Django starts. No personal
data of a buyer is among them: they are mailed, and shown to whoever has a link.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an app registers its teller before any model is loaded
    from core.alerts.models import Alert


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one thing: lines of a label and what it says, and until when something has to be done, if ever."""

    lines: Sequence[tuple[str, str]] = ()
    due: datetime | None = None
    page: str = ""  # what its page is called: "the order"
    state: tuple[str, str] | None = (
        None  # how it stands now, a word and a tone: for the page, a mail would be wrong soon
    )
    since: Sequence[tuple[str, str]] = ()  # what became of it until now, like lines: for the page, too


NOTHING = Facts()
Teller = Callable[[Collection[int]], Mapping[int, Facts]]
_tellers: dict[str, Teller] = {}


def register(subject_kind: str, teller: Teller) -> None:
    """Say who knows about things of this kind: asked for many at once by their numbers, in few statements."""
    _tellers[subject_kind] = teller


def tell(alerts: "Iterable[Alert]") -> dict[int, Facts]:
    """Return the facts of each alert, by its number: one question for all things of a kind."""
    by_kind: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_kind[alert.subject_kind].append(alert)
    told: dict[int, Facts] = {}
    for kind, those in by_kind.items():
        teller = _tellers.get(kind)
        found = teller({alert.subject_id for alert in those}) if teller else {}
        told |= {alert.pk: found.get(alert.subject_id, NOTHING) for alert in those}
    return told
