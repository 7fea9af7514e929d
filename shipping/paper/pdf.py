"""The same pages as PDF, with fonts inside: a printer needs none of its own.

The fonts hold Latin, Greek, Cyrillic, Arabic, Hebrew and Japanese. What none of them can draw of an address is named
before anything is printed, for a parcel with boxes instead of a name does not arrive. Elsewhere a box stands for it,
and the foot of the page says so.
"""

from collections.abc import Iterable, Mapping, Sequence
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
BOX = "□"
BOXED = f"{BOX} stands for signs this PDF's fonts don't have"
INVISIBLE = {"\n", "\r", "\t", "\u200c", "\u200d", "\u200e", "\u200f", "\ufe0f"}


class Unprintable(Exception):
    """No font here has these characters of an address. ``where`` are the numbers of the orders they stand in."""

    def __init__(self, characters: Iterable[str], where: Sequence[str]) -> None:
        self.characters, self.where = "".join(sorted(set(characters))), where
        super().__init__(f"no font for {self.characters}")


class Sheet(FPDF):
    def __init__(self, footer: str = "", *, wide: bool = False) -> None:
        super().__init__(format="A4", orientation="landscape" if wide else "portrait")
        self.foot, self.boxed = footer, False
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
        self.cell(0, LINE, " · ".join(each for each in (BOXED if self.boxed else "", self.foot) if each), align="R")

    def drawable(self, text: str) -> str:
        """Return the text with a box for each sign that no font here has."""
        unknown = _unknown([text])
        self.boxed = self.boxed or bool(unknown)
        return "".join(BOX if each in unknown else each for each in text)

    def say(self, text: str, *, size: int = NORMAL, bold: bool = False) -> None:
        self.set_font("house", "B" if bold else "", size)
        self.multi_cell(0, size / 2, self.drawable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
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
                table.row([self.drawable(text) for text in row])


def slips_pdf(slips: Sequence[PackingSlip], *, house: str) -> bytes:
    """Return a page or more for each slip. Raises Unprintable, and then nothing is made."""
    _check({slip.order.number: slip.ship_to for slip in slips})
    sheet = Sheet(footer=house)
    for slip in slips:
        sheet.add_page()
        _draw_slip(sheet, slip)
    return bytes(sheet.output())


def picks_pdf(picks: Sequence[Pick], *, title: str, printed: str, house: str) -> bytes:
    """Return the pick list. ``printed`` says where, when and by whom."""
    sheet = Sheet(footer=house, wide=True)
    sheet.add_page()
    sheet.say(title, size=LARGE, bold=True)
    sheet.say(printed)
    rows = [[pick.code, pick.title, pick.merchant, str(pick.units)] for pick in picks]
    sheet.grid(["Code", "Item", "Merchant", "Units"], rows, [60, 127, 60, 20])
    return bytes(sheet.output())


def _draw_slip(sheet: Sheet, slip: PackingSlip) -> None:
    order = slip.order
    sheet.say(slip.merchant, size=LARGE, bold=True)
    sheet.say(f"Packing slip for order {order.number} · {slip.marketplace}")
    sheet.say(f"Ordered {order.placed_at:%Y-%m-%d}" + (f" · {slip.method}" if slip.method else "") + _part(slip))
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


def _part(slip: PackingSlip) -> str:
    return f" · {slip.warehouse}’s part" if slip.warehouse else ""


def _price(price: object, currency: str) -> str:
    return "" if price is None else tell_money(str(price), currency)


def _check(texts: Mapping[str, Sequence[str]]) -> None:
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
