"""Keeping what opens the portal out of the logs: links with a secret in them, codes and states of a consent.

They stand in addresses, and everything that serves pages writes addresses down: what was asked for, and from where. So
every line is looked at as it will be written, whoever writes it. Of a query only the names stay: people search for
buyers there.
"""

import logging
import re

from structlog.typing import EventDict, WrappedLogger

HIDDEN = "…"
_SIGN = r"(?:[A-Za-z0-9_-]|%[0-9A-Fa-f]{2})"
SECRETS = (
    # What is asked for in a query, with its name before it.
    re.compile(r"(?<=[?&;])([\w.\[\]%-]{1,80}=)[^\s&;\"'<>\\]+"),
    # The long part of a path. Links hold 43 signs, as common/links.py makes them; one cut short gives most of it away.
    re.compile(rf"((?:/|%2[Ff]|%252[Ff])){_SIGN}{{32,}}"),
    # A link's secret on its own.
    re.compile(r"()(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
)


def hidden(text: str) -> str:
    """Return the text without what opens the portal."""
    for secret in SECRETS:
        text = secret.sub(rf"\1{HIDDEN}", text)
    return text


def hide_in_line(logger: WrappedLogger, name: str, line: str | EventDict) -> str:
    """The last processor for structlog: the line is rendered, and nothing is added after it."""
    return hidden(str(line))


class HidingFormatter(logging.Formatter):
    """Writes what another formatter makes of a record, without what opens the portal."""

    def __init__(self, writes: logging.Formatter | None = None) -> None:
        super().__init__()
        self._writes = writes or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return hidden(self._writes.format(record))


class BriefRefusals(logging.Filter):
    """Leaves out the traceback of a request that was refused: it is nobody's mistake. The line itself always stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True
