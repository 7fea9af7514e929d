"""Lists of other people's words that age: carriers, names, countries. Each is a file that says where from and when."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

AGED_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DatedList:
    """A list as its file says of itself. ``content`` is all of the file."""

    title: str
    read: date  # when somebody last looked whether it still holds
    sure: str  # how sure it is
    content: dict[str, Any]

    def is_aged(self, today: date, *, after: timedelta = AGED_AFTER) -> bool:
        return today - self.read > after


def load(path: Path) -> DatedList:
    """Return the list in a file. Raises OSError or ValueError: a broken file belongs to a broken installation."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return DatedList(content["title"], date.fromisoformat(content["read"]), content["sure"], content)
