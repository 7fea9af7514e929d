"""Cells as sheets write them: with what Excel puts around them, and what it made of numbers too long for it."""

import re

from core.common.one_line import fold
from core.common.typed_signs import fold_signs

FORMULA = re.compile(r'=\s*"([^"]*)"')  # how programs keep Excel's hands off a number: ="113-…"
WHOLE = re.compile(r"(\d{5,})[.,]0+")  # a number some program took for an amount
ROUNDED = re.compile(r"\d[.,]\d+E\+?\d{1,2}|\d+E\+\d{1,2}", re.IGNORECASE)
EXACT = 15  # digits that Excel keeps of a number
LOST = 5  # zeros behind them that no number has by chance
QUOTES = "'\"`´‘’‚“”„«»"
DESTROYED = (
    "Excel turned this number into {written}, and its last digits are lost. Format the column as Text in Excel, enter "
    "or export the numbers again, then import the sheet again."
)


def clean(cell: str) -> str:
    """Return the number in a cell, in plain signs: without what Excel and others put around it."""
    text = words(fold_signs(cell))
    return found[1] if (found := WHOLE.fullmatch(text)) else text


def words(cell: str) -> str:
    """Return what a cell says, in one line: without quotation marks, Excel's formula and apostrophe around it."""
    text = fold(cell)
    if found := FORMULA.fullmatch(text):
        text = found[1]
    return text.strip(QUOTES).strip()


def is_destroyed(text: str) -> bool:
    """Whether Excel took a long number for an amount and rounded it: 9.40E+21, or zeros where digits were."""
    if ROUNDED.fullmatch(text):
        return True
    return text.isdecimal() and len(text) >= EXACT + LOST and not text[EXACT:].strip("0")
