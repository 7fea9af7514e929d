"""How many days a carrier's service takes, as far as its name says so. Pure.

A name is no timetable: what is found here makes a warning, never a refusal, and a name that says nothing is not judged.
"""

import re
from collections.abc import Mapping, Sequence

HURRIED = 3  # days: what takes no longer is a promise people pay for

# The first that fits counts: “Standard Overnight” is overnight, “Next Day Air Saver” no saver.
_WORDS: Sequence[tuple[int, str]] = (
    (0, r"\bsame ?day\b"),
    (1, r"\b(?:next ?(?:business |working )?day|overnight|1 ?day|one ?day|24 ?h?|special delivery)\b"),
    (2, r"\b(?:2 ?nd ?day|2 ?days?|second ?day|two ?days?|48 ?h?|priority mail express)\b"),
    (3, r"\b(?:3 ?rd ?day|3 ?days?|third ?day|three ?days?|expedited|priority)\b"),
    (1, r"\bexpress\b(?! saver)"),
    (8, r"\b(?:media mail|library mail|mail innovations|sure ?post|smart ?post|economy)\b"),
    (5, r"\b(?:ground|standard|home delivery|parcel select|first ?class|freight)\b"),
)


def days_of(service: str) -> int | None:
    """Return within how many days a service delivers, by its name; None where the name does not say."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", service)  # NextDayAir
    words = re.sub(r"[\W_]+", " ", apart).casefold()
    return next((days for days, pattern in _WORDS if re.search(pattern, words)), None)


def is_slower(asked: str, service: str, *, promises: Mapping[str, int]) -> bool:
    """Whether a carrier's service is slower than what was ``asked`` for, as far as both names say how fast they are.

    ``promises``: the days within which each of the marketplace's services delivers. What is slow anyway is no promise.
    """
    promised, named = promises.get(asked), days_of(service)
    return promised is not None and promised <= HURRIED and named is not None and named > promised
