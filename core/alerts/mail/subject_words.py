"""What a mail's subject says is wrong: of one thing its sentence, of several the first, and how many more."""

import re
from collections.abc import Iterable
from typing import Any

LONGEST_SUBJECT = 78  # characters
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")  # where the next one begins


def headline(message: str) -> str:
    """Return what fits the list of a mailbox: the first sentence, cut at a word where it is too long."""
    first = SENTENCE.split(message, maxsplit=1)[0]
    if len(first) <= LONGEST_SUBJECT:
        return first
    cut = first[: LONGEST_SUBJECT - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:") + "…"


def things(counted: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """Return what mail/alerts/things.txt says of these headings and their numbers, the most urgent first."""
    numbers: dict[str, int] = {}
    for heading, count in counted:
        numbers[heading] = numbers.get(heading, 0) + count
    first = next(iter(numbers), "")
    return {"first": first, "of_first": numbers.get(first, 0), "rest": sum(numbers.values()) - numbers.get(first, 0)}
