"""A text in one line: for names, which stand in mails, in headers, in files and in the middle of sentences."""

import unicodedata

# Letters by name that show nothing: the Hangul fillers and the empty Braille cell.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def fold(text: str) -> str:
    """Return a name in one line."""
    if text.isascii() and text.isprintable():  # nearly all are, and each is folded wherever it comes in
        return " ".join(text.split())
    return " ".join("".join(map(_seen, text)).split())


def _seen(character: str) -> str:
    if " " <= character <= "~":
        return character
    category = unicodedata.category(character)
    if category in ("Cf", "Cs"):  # zero width, marks of direction, soft hyphens, tags; halves of characters
        return ""
    return " " if category in ("Cc", "Zl", "Zp", "Zs") or character in BLANK else character
