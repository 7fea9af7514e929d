"""Small pieces of HTML, by the thousand: what ``format_html`` does, without what it does for lazy translations."""

import re
from html import escape
from typing import Any

from django.utils.safestring import SafeData, SafeString

MARKED = re.compile("[&<>\"']").search  # most texts have none of these


def fill(markup: str, *values: Any) -> SafeString:
    """Return the markup with the values in its places, escaped unless they are HTML already.

    A third of ``format_html``'s time, which a page of two thousand cells feels. Lazy strings are told as they are now.
    """
    return SafeString(
        markup.format(*[value if isinstance(value, SafeData) else _escaped(str(value)) for value in values])
    )


def _escaped(text: str) -> str:
    return escape(text) if MARKED(text) else text
