"""Single values as Amazon writes them.

``moment`` and ``storable`` serve all readers. The rest reads leniently: what cannot be read is empty.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL takes in no text
_NOTHING: Json = {}


def storable(text: str) -> str:
    """Kept to the letter, but for NUL, and halves of characters. PostgreSQL can store neither."""
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    return _UNSTORABLE.sub(_instead, text)


def _instead(found: re.Match[str]) -> str:
    return "" if found[0] == "\x00" else "\ufffd"


def storable_json(found: Any) -> Any:
    """The same for everything in a document."""
    if isinstance(found, dict):
        return {storable(str(name)): storable_json(each) for name, each in found.items()}
    if isinstance(found, list):
        return [storable_json(each) for each in found]
    return storable(found) if isinstance(found, str) else found


def moment(written: object) -> datetime | None:
    """Read a time of Amazon's, None when it is not one. Without an offset it is not one."""
    if not isinstance(written, str):
        return None
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return None
    # Years outside are somebody's "never" or "unknown", and break arithmetic further on.
    if read.tzinfo is None or not 1995 <= read.year <= 2200:
        return None
    return read if read.tzinfo is UTC else read.astimezone(UTC)


# -- Leniently -------------------------------------------------------------------------------------------------------
def part(source: Json, name: str) -> Json:
    found = source.get(name)
    return found if type(found) is dict else _NOTHING


def parts(source: Json, name: str) -> list[Json]:
    found = source.get(name)
    return [each for each in found if type(each) is dict] if type(found) is list else []


def words(source: Json, name: str) -> tuple[str, ...]:
    found = source.get(name)
    if not found or type(found) is not list:
        return ()
    return tuple(storable(each) for each in found if type(each) is str and each)


def text(source: Json, name: str) -> str:
    found = source.get(name)
    return storable(found) if type(found) is str else ""


def time(source: Json, name: str) -> str:
    """Return a moment as ISO 8601, in UTC; empty when it is none."""
    read = moment(source.get(name))
    return read.isoformat() if read else ""
