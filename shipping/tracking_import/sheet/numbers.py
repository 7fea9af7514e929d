"""Order numbers as sheets write them."""

import re

from core.common.sheets.cells import clean
from core.common.typed_signs import bare

ORDER = re.compile(r"[0-9A-Z]{3}-?\d{7}-?\d{7}")  # Amazon's
ORDER_PARTS = re.compile(r"([0-9A-Z]{3})(\d{7})(\d{7})")


def is_order_number(cell: str) -> bool:
    """Whether a cell is an order's number, as Amazon writes them, with or without hyphens."""
    return ORDER.fullmatch(clean(cell).replace(" ", "").upper()) is not None


def forms(number: str) -> list[str]:
    """Return the forms in which the order may be kept: as written, without blanks, with Amazon's hyphens."""
    written = number.replace(" ", "")
    found = [number, written, written.upper()]
    if parts := ORDER_PARTS.fullmatch(bare(number)):
        found.append("-".join(parts.groups()))
    return list(dict.fromkeys(found))
