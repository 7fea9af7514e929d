"""Texts as XML can carry them and the custom store takes them."""

import re

# What XML 1.0 has no way to write, and the control characters that show nothing.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
ENDS_PLANE = frozenset((0xFFFE, 0xFFFF))  # of every plane: no characters


def writable(text: str) -> str:
    """Return a text without what XML cannot carry, or nobody can see."""
    kept = UNWRITABLE.sub("", text)
    return "".join(sign for sign in kept if ord(sign) & 0xFFFF not in ENDS_PLANE) if not kept.isascii() else kept


def one_line(text: str, most: int) -> str:
    """Return a text in one line, cut to as many characters as the field takes."""
    return " ".join(writable(text).split())[:most].rstrip()


def many_lines(text: str, most: int) -> str:
    """Return a text that may have several lines, cut to as many characters as the field takes."""
    return writable(text).replace("\r\n", "\n").replace("\r", "\n").strip()[:most].rstrip()
