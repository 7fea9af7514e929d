"""Documents fit to be kept and shown: what is not known to be harmless is hidden.

A list says which fields may stay, so that one a server adds tomorrow is hidden until somebody looks at it.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

LIMIT = 4000  # characters of a snippet
HIDDEN = "…"
_ITEMS_SHOWN = (5, 2, 1)  # of a list; fewer where a document would be cut short, so that it stays one


def document(body: object, *, shown: Collection[str], told: Callable[[str, object], str | None] | None = None) -> str:
    """Return a JSON document as text with only these fields' values in clear. ``told`` returns what is to stand for
    the value of a field instead, or None where it doesn't know the field."""
    text = ""
    for most in _ITEMS_SHOWN:
        try:
            text = json.dumps(_part(body, "", most, shown, told), ensure_ascii=False, default=str)
        except RecursionError:
            return HIDDEN
        if len(text) <= LIMIT:
            return text
    return text[: LIMIT - 1] + HIDDEN


def _part(
    part: Any, key: str, most: int, shown: Collection[str], told: Callable[[str, object], str | None] | None
) -> Any:
    if isinstance(part, Mapping):
        return {str(name): _part(value, str(name), most, shown, told) for name, value in part.items()}
    if isinstance(part, list | tuple):
        kept = [_part(value, key, most, shown, told) for value in part[:most]]
        return kept + [f"and {len(part) - most} more"] if len(part) > most else kept
    if part is None or isinstance(part, bool):
        return part
    if told is not None and (instead := told(key, part)) is not None:
        return instead
    return part if key in shown else HIDDEN
