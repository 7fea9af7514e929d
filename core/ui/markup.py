"""Small pieces of HTML, by the thousand: what ``format_html`` does, without what it does for lazy translations."""

from html import escape
from typing import Any

from django.utils.safestring import SafeData, SafeString


def fill(markup: str, *values: Any) -> SafeString:
    """Return the markup with the values in its places, escaped unless they are HTML already.

    Half the time of ``format_html``, which a page of two thousand cells feels. Lazy strings are told as they are now.
    """
    return SafeString(
        markup.format(*(value if isinstance(value, SafeData) else escape(str(value)) for value in values))
    )
