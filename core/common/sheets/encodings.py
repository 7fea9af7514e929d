"""Text from bytes, in whichever encoding a spreadsheet or a carrier's program wrote it."""

import codecs
import re

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
JAPANESE = ("注文", "追跡", "伝票", "送り状", "運送", "配送", "お問い合わせ", "問合せ", "出荷", "数量")  # in heads
KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
LOOKED_AT = 4_000  # bytes


def decode(data: bytes) -> str:
    """Return the text. Never fails: what no encoding knows is read as Western European."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return _plain(data[len(mark) :].decode(name, errors="replace"))
    if name := _wide(data[:LOOKED_AT]):
        return _plain(data.decode(name, errors="replace"))
    for name in ("utf-8", "cp932", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "cp932" or is_japanese(text):
            return _plain(text)
    return _plain(data.decode("latin-1"))


def is_japanese(text: str) -> bool:
    """Whether it is Japanese, and not accents that happen to be two bytes of it: those make rare signs, and no kana."""
    return KANA.search(text) is not None or any(head in text for head in JAPANESE)


def _wide(sample: bytes) -> str:
    """Return the encoding of two bytes a character, where every other byte is zero; "" when it is none."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _plain(text: str) -> str:
    return text.lstrip("\ufeff").replace("\0", "")
