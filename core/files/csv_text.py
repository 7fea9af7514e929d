"""Tables as CSV text that programs read and spreadsheets do not run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

RUN = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula at the beginning of a cell
NUMBER = re.compile(r"[+-]?[\d ().,/-]*\d[\d ().,/-]*")  # a phone or an amount stays what it is


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table with its heads, the cells separated by commas, the lines ended as RFC 4180 says."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(heads)
    writer.writerows([_safe(str(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return held.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(RUN) and not NUMBER.fullmatch(text) else text
