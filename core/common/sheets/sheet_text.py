"""The text of a file that holds a sheet: a workbook's rows become one, and what is no sheet is refused by name."""

from core.common.sheets import workbook
from core.common.sheets.encodings import decode
from core.common.sheets.rows import SheetSense, write
from core.common.sheets.sheet_refusal import MOST_BYTES, TOO_LARGE, Unreadable


def text_of(data: bytes, sense: SheetSense) -> str:
    """Return the text of a file. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    if not data.strip():
        raise Unreadable("The file is empty.")
    if workbook.is_workbook(data):
        return write(workbook.read(data, sense))
    workbook.refuse_others(data)
    return decode(data)
