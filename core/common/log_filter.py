"""Keeping personal links out of the logs: they stand in addresses, and Django logs the address of what it refuses."""

import re

from structlog.typing import EventDict, WrappedLogger

TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")  # as common/links.py makes them


def hide_links(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """The processor for structlog."""
    event["event"] = TOKEN.sub("…", str(event.get("event", "")))
    return event
