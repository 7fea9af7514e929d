"""The same pages as PDF, with fonts inside: a printer needs none of its own.

The fonts hold Latin, Greek, Cyrillic, Arabic, Hebrew and Japanese. What none of them can draw is named before anything
is printed, for a parcel with boxes instead of a name does not arrive.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont
from fpdf import FPDF, XPos, YPos
from fpdf.enums import TableCellFillMode

from core.ui.formats import tell_money
from shipping.paper.packing_slips import PackingSlip
from shipping.paper.pick_list import Pick

FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"
LATIN, BOLD, JAPANESE = FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf", FONTS / "MPLUS1p_400Regular.ttf"
MARGIN = 15  # millimetres
SMALL, NORMAL, LARGE = 8, 10, 16  # points
LINE = 5.0  # millimetres
GREY = 235
INVISIBLE = {"\n", "\r", "\t", "\u200c", "\u200d", "\u200e", "\u200f", "\ufe0f"}


class Unprintable(Exception):
    """No font here has these characters. ``where`` are the numbers of the orders, or the codes, they stand in."""

    def __init__(self, characters: Iterable[str], where: Sequence[str]) -> None:
        self.characters, self.where = "".join(sorted(set(characters))), where
        super().__init__(f"no font for {self.characters}")


class Sheet(FPDF):
    def __init__(self, footer: str = "") -> None:
        super().__init__(format="A4")
        self.foot = footer
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN)
        self.add_font("house", "", LATIN)
        self.add_font("house", "B", BOLD)
        self.add_font("japanese", "", JAPANESE)
        self.set_fallback_fonts(["japanese"], exact_match=False)
        self.set_text_shaping(True)
        self.set_font("house", size=NORMAL)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font("house", size=SMALL)
        self.cell(0, LINE, self.foot, align="R")

    def say(self, text: str, *, size: int = NORMAL, bold: bool = False) -> None:
        self.set_font("house", "B" if bold else "", size)
        self.multi_cell(0, size / 2, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("house", size=NORMAL)

    def grid(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """A table with its head repeated on each page; the last column is of numbers."""
        self.ln(LINE)
        align = ["LEFT"] * (len(head) - 1) + ["RIGHT"]
        self.set_fill_color(GREY)
        with self.table(
            col_widths=tuple(widths),
            text_align=tuple(align),
            line_height=LINE,
            borders_layout="HORIZONTAL_LINES",
            cell_fill_mode=TableCellFillMode.NONE,
            padding=1,
        ) as table:
            for row in (head, *rows):
                table.row(row)


def slips_pdf(slips: Sequence[PackingSlip], *, house: str) -> bytes:
    """Return a page or more for each slip. Raises Unprintable, and then nothing is made."""
    _check({slip.order.number: _slip_texts(slip) for slip in slips})
    sheet = Sheet(footer=house)
    for slip in slips:
        sheet.add_page()
        _draw_slip(sheet, slip)
    return bytes(sheet.output())


def picks_pdf(picks: Sequence[Pick], *, title: str, house: str) -> bytes:
    """Return the pick list. Raises Unprintable, and then nothing is made."""
    _check({pick.code: [pick.merchant, pick.code, pick.title] for pick in picks})
    sheet = Sheet(footer=house)
    sheet.add_page()
    sheet.say(title, size=LARGE, bold=True)
    rows = [[pick.code, pick.title, pick.merchant, str(pick.units)] for pick in picks]
    sheet.grid(["Code", "Item", "Merchant", "Units"], rows, [40, 80, 40, 20])
    return bytes(sheet.output())


def _draw_slip(sheet: Sheet, slip: PackingSlip) -> None:
    order = slip.order
    sheet.say(slip.merchant, size=LARGE, bold=True)
    sheet.say(f"Packing slip for order {order.number} · {slip.marketplace}")
    sheet.say(f"Ordered {order.placed_at:%Y-%m-%d}" + (f" · {slip.method}" if slip.method else ""))
    if slip.purchase_order:
        sheet.say(f"Purchase order {slip.purchase_order}", bold=True)
    sheet.ln(LINE)
    sheet.say("Ship to", bold=True)
    for text in slip.ship_to:
        sheet.say(text)
    prices = any(line.price is not None for line in slip.lines)
    head = ["Code", "Item", *(["Price"] if prices else []), "Units"]
    rows = [
        [line.code, line.title, *([_price(line.price, line.currency)] if prices else []), str(line.units)]
        for line in slip.lines
    ]
    sheet.grid(head, rows, [40, 95, 25, 20] if prices else [40, 120, 20])
    for line in slip.lines:
        if line.gift_wrap or line.gift_message:
            sheet.ln(LINE)
            sheet.say(f"Gift: {line.code}" + (f" · {line.gift_wrap}" if line.gift_wrap else ""), bold=True)
            sheet.say(line.gift_message)


def _price(price: object, currency: str) -> str:
    return "" if price is None else tell_money(str(price), currency)


def _slip_texts(slip: PackingSlip) -> list[str]:
    lines = chain.from_iterable(
        (line.code, line.title, line.gift_message, line.gift_wrap, line.currency) for line in slip.lines
    )
    return [slip.merchant, slip.marketplace, slip.method, slip.purchase_order, *slip.ship_to, *lines]


def _check(texts: dict[str, list[str]]) -> None:
    missing = {where: _unknown(each) for where, each in texts.items()}
    if any(missing.values()):
        characters = set().union(*missing.values())
        raise Unprintable(characters, [where for where, some in missing.items() if some])


def _unknown(texts: Iterable[str]) -> set[str]:
    known = _drawable()
    return {character for text in texts for character in text if ord(character) not in known} - INVISIBLE


@cache
def _drawable() -> frozenset[int]:
    """The code points one of the fonts can draw."""
    return frozenset(chain.from_iterable(TTFont(font, lazy=True).getBestCmap() for font in (LATIN, JAPANESE)))
