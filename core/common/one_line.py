"""A text in one line: for names, which stand in mails, in headers, in files and in the middle of sentences."""

import unicodedata

# Letters by name that show nothing: the Hangul fillers and the empty Braille cell.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")

# They stand inside words of Persian and of the scripts of India, and between the people of an emoji: without them it is
# another word, and another picture. Anywhere else they only hide something.
JOINERS = frozenset("\u200c\u200d")
JOINING = (
    *("ARABIC", "EXTENDED ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"),
    *("ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "TIBETAN", "MYANMAR", "KHMER"),
)
KILLERS = ("VIRAMA", "AL-LAKUNA")  # the signs after which a joiner also counts at the end of a word
PICTURE = "\ufe0f"  # asks for the picture of the sign before it


def fold(text: str) -> str:
    """Return a name in one line."""
    if text.isascii() and text.isprintable():  # nearly all are, and each is folded wherever it comes in
        return " ".join(text.split())
    seen = "".join(map(_seen, text))
    return " ".join((seen if JOINERS.isdisjoint(seen) else _joined(seen)).split())


def _seen(character: str) -> str:
    if " " <= character <= "~" or character in JOINERS:
        return character
    category = unicodedata.category(character)
    if category in ("Cf", "Cs"):  # zero width, marks of direction, soft hyphens, tags; halves of characters
        return ""
    return " " if category in ("Cc", "Zl", "Zp", "Zs") or character in BLANK else character


def _joined(text: str) -> str:
    """Return the text with the joiners alone that change how it looks, one at a place."""
    kept = ""
    for place, character in enumerate(text):
        if character not in JOINERS or _joins(kept[-1:], text[place + 1 :].lstrip("".join(JOINERS))[:1]):
            kept += character
    return kept


def _joins(before: str, after: str) -> bool:
    if not before or before in JOINERS:
        return False
    if _is_joining(before) and unicodedata.name(before, "").endswith(KILLERS):
        return True
    if _is_joining(before) or _is_joining(after):  # a Persian ending is joined to a Latin word, too
        return all(each.isalnum() or _is_joining(each) for each in (before, after))
    return _is_picture(before) and _is_picture(after)


def _is_joining(character: str) -> bool:
    """Whether it is a letter, a digit or a sign of a script whose letters join."""
    return character.isprintable() and unicodedata.name(character or " ", "").startswith(JOINING)


def _is_picture(character: str) -> bool:
    return bool(character) and (character == PICTURE or unicodedata.category(character) in ("So", "Sk"))
