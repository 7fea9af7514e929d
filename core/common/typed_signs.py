"""Codes and numbers as people type, paste and scan them: the same sign may come in many shapes.

Full-width letters of a Japanese keyboard, Arabic digits, blanks and dashes of every kind, signs that show nothing, and
what a scanner puts between the fields of a barcode.
"""

import re
import unicodedata

from core.common.one_line import BLANK

_WIDE = range(0xFF01, 0xFF5F)  # the full-width shapes of "!" to "~"
_NARROWER = 0xFEE0
_DASHES = frozenset("\u2212\u30fc\uff70\u2043")  # beside those that Unicode calls dashes; used as such in numbers
_SHOWS_NOTHING = ("Cf", "Cs")


def fold_signs(text: str) -> str:
    """Return the text with plain letters, digits, hyphens and single blanks. What shows nothing is left out."""
    return " ".join("".join(map(_sign, text)).split())


def bare(text: str) -> str:
    """Return what of a code is compared: its letters in capitals, and its digits."""
    return re.sub(r"[\W_]+", "", fold_signs(text)).upper()


def trim(text: str) -> str:
    """Return the text without blanks, and without what shows nothing, around it. Within, all of it stays."""
    seen = [place for place, sign in enumerate(text) if _sign(sign).strip()]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def _sign(sign: str) -> str:
    if " " <= sign <= "~":
        return sign
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if ord(sign) in _WIDE:
        return chr(ord(sign) - _NARROWER)
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp", "Zs") or sign in BLANK:
        return " "
    if category == "Pd" or sign in _DASHES:
        return "-"
    return "" if category in _SHOWS_NOTHING else sign
