"""Messages that say more than a sentence: lines to open, links, and the button that takes back what was done."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.messages import add_message
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class More:
    """What stands under a message's sentence. No personal data and no secret: a browser may keep it."""

    lines: Sequence[str] = ()
    lines_label: str = "Show"  # what opens them
    links: Sequence[tuple[str, str]] = field(default=())  # label and address
    undo_url: str = ""  # posted


def tell(request: HttpRequest, level: int, sentence: str, more: More) -> None:
    """Tell it on the next page (core/ui/messages.html). ``level`` is one of django.contrib.messages."""
    add_message(request, level, sentence, extra_tags=json.dumps(asdict(more)))


def more_of(message: Any) -> More:
    """Return what stands under a message; of one that others wrote, nothing."""
    said = getattr(message, "extra_tags", "") or ""
    if not said.startswith("{"):
        return More()
    return More(**json.loads(said))
