"""Keeping out of the logs what nobody should read there, or needs to.

Personal links stand in addresses, and Django logs the address of what it refuses. It also logs where in the code it
refused somebody, which is nobody's mistake to look for.
"""

import logging
import re

from structlog.typing import EventDict, WrappedLogger

TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")  # as common/links.py makes them


def hide_links(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """The processor for structlog."""
    event["event"] = TOKEN.sub("…", str(event.get("event", "")))
    return event


class BriefRefusals(logging.Filter):
    """Leaves out the traceback of a request that was refused. The line itself always stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True
