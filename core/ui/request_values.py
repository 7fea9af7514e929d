"""Ids, numbers and search texts as a request brings them: not trusted, and read the same way for every page."""

from collections.abc import Iterable

from django.http import Http404, QueryDict

MOST_DIGITS = 18  # a database can be asked for no larger number
LONGEST_TEXT = 100


def read_number(text: str) -> int | None:
    """Return the number, or None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def read_id(text: str) -> int:
    """Return the id, or 0, which nothing has."""
    return read_number(text) or 0


def read_ids(texts: Iterable[str]) -> list[int]:
    """Return the ids, each once. What cannot be an id is not found."""
    ids = list(dict.fromkeys(read_id(text) for text in texts))
    if 0 in ids:
        raise Http404
    return ids


def read_text(query: QueryDict, name: str = "q", *, most: int = LONGEST_TEXT) -> str:
    """Return what to search for: no database can be asked for NUL."""
    return query.get(name, "").replace("\0", "").strip()[:most]
