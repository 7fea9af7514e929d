"""A sheet of orders, row by row: several rows of one number are one order, and what is wrong is said of each row.

An order of which one row is wrong is left out whole: half an order would be shipped. The others are taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal

from carts.marketplaces.csv.order_columns import LABELS, NEEDED, OrderColumn, guess, plain
from carts.marketplaces.order_needs import GIFT, LineHandling, OrderHandling
from carts.marketplaces.values import Address, Buyer, MarketplaceOrder, OrderLine, OrderState
from core.common.money import Money, is_currency
from core.common.one_line import fold
from core.common.sheets import cells
from core.common.sheets.rows import HEADED, Row

LONGEST = {OrderColumn.NUMBER: 60, OrderColumn.SKU: 255, OrderColumn.SERVICE: 60, OrderColumn.LINE_ID: 60}
LONGEST_TEXT = 500
MOST_UNITS = 99_999
MOST_LINES = 200
FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
DATE_FORMS = {
    "ymd": FORMS,
    "mdy": ("%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%y"),
    "dmy": ("%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y"),
}
NUMBERS = (OrderColumn.NUMBER, OrderColumn.UNITS, OrderColumn.POSTAL_CODE, OrderColumn.LINE_ID, OrderColumn.PHONE)


@dataclass(frozen=True, slots=True)
class SheetSetup:
    """How somebody's sheets are read."""

    heads: Mapping[str, str] = field(default_factory=dict)  # by column, the head it stands under; others by their names
    dates: str = "ymd"  # also: mdy, dmy
    country: str = ""  # where a row names none
    currency: str = ""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row, and what to do."""

    row: int
    message: str
    column: str = ""


@dataclass(slots=True)
class SheetOrders:
    """What a sheet comes to."""

    orders: list[MarketplaceOrder]
    faults: list[RowFault]
    left_out: list[Row]  # every row of an order with a fault
    head: Row | None
    places: dict[OrderColumn, int]
    missing: list[OrderColumn]  # columns it cannot be read without


def read(rows: Sequence[Row], setup: SheetSetup, *, place_id: str, zone: tzinfo, now: datetime) -> SheetOrders:
    """Return the orders of a sheet, and what is wrong with which row. Pure."""
    head, places = find_columns(rows, setup)
    missing = [column for column in NEEDED if column not in places]
    found = SheetOrders([], [], [], head, places, missing)
    if missing:
        return found
    by_number: dict[str, list[tuple[Row, dict[OrderColumn, str]]]] = {}
    for row in rows:
        if head is not None and row.number <= head.number:
            continue
        said = _said(row, places)
        key = said[OrderColumn.NUMBER].casefold() or f"\n{row.number}"
        by_number.setdefault(key, []).append((row, said))
    for members in by_number.values():
        reader = _OrderReader(setup, place_id, zone, now)
        order = reader.read(members)
        if reader.faults or order is None:
            found.faults += reader.faults
            found.left_out += [row for row, _ in members]
        else:
            found.orders.append(order)
    return found


def find_columns(rows: Sequence[Row], setup: SheetSetup) -> tuple[Row | None, dict[OrderColumn, int]]:
    """Return the row of heads and where the columns stand: as somebody chose, and else by their names."""
    best: tuple[Row | None, dict[OrderColumn, int]] = None, {}
    for row in rows[:HEADED]:
        by_head = {plain(cell): place for place, cell in reversed(list(enumerate(row.cells))) if cell.strip()}
        chosen = {
            OrderColumn(column): by_head[plain(name)]
            for column, name in setup.heads.items()
            if name and plain(name) in by_head
        }
        guessed = {column: place for column, place in guess(row.cells).items() if column not in setup.heads}
        told = {**{c: p for c, p in guessed.items() if p not in chosen.values()}, **chosen}
        if len(told) > len(best[1]) and (len(told) > 1 or len(row.cells) == 1):
            best = row, told
    return best


def _said(row: Row, places: Mapping[OrderColumn, int]) -> dict[OrderColumn, str]:
    return {
        column: (cells.clean if column in NUMBERS else cells.words)(row.cells[place])
        if (place := places.get(column)) is not None and place < len(row.cells)
        else ""
        for column in OrderColumn
    }


class _OrderReader:
    """Reads the rows of one order, and gathers what is wrong with them."""

    def __init__(self, setup: SheetSetup, place_id: str, zone: tzinfo, now: datetime) -> None:
        self.setup, self.place_id, self.zone, self.now = setup, place_id, zone, now
        self.faults: list[RowFault] = []

    def read(self, members: Sequence[tuple[Row, dict[OrderColumn, str]]]) -> MarketplaceOrder | None:
        row, said = members[0]
        self._check_number(row, said)
        if len(members) > MOST_LINES:
            self._wrong(row, OrderColumn.NUMBER, f"The order has more than {MOST_LINES} rows. Split it.")
        whole = {column: next((each[column] for _, each in members if each[column]), "") for column in OrderColumn}
        self._check_same(members)
        lines = self._lines(members)
        placed_at = self._moment(row, OrderColumn.PLACED_AT, whole) or self.now
        ship_by, deliver_by = (
            self._moment(row, column, whole, end=True) for column in (OrderColumn.SHIP_BY, OrderColumn.DELIVER_BY)
        )
        if self.faults:
            return None
        totals = [line.total for line in lines if line.total]
        message = whole[OrderColumn.GIFT_MESSAGE][:LONGEST_TEXT]
        return MarketplaceOrder(
            number=said[OrderColumn.NUMBER],
            place_id=self.place_id,
            state=OrderState.OPEN,
            native_state="",
            placed_at=min(placed_at, self.now),
            changed_at=self.now,
            merchant_fulfilled=True,
            service=fold(whole[OrderColumn.SERVICE])[: LONGEST[OrderColumn.SERVICE]],
            ship_by=ship_by,
            deliver_by=deliver_by,
            is_prime=False,
            is_business=bool(whole[OrderColumn.PURCHASE_ORDER]),
            total=Money(sum((each.amount for each in totals), Decimal(0)), totals[0].currency) if totals else None,
            lines=lines,
            recipient=self._address(whole),
            buyer=Buyer(email=whole[OrderColumn.EMAIL], purchase_order=whole[OrderColumn.PURCHASE_ORDER][:60]),
            programs=[GIFT] if message else [],
            handling=OrderHandling(lines={lines[0].reference: LineHandling(gift_message=message)})
            if message
            else OrderHandling(),
        )

    def _check_number(self, row: Row, said: Mapping[OrderColumn, str]) -> None:
        number = said[OrderColumn.NUMBER]
        if not number:
            self._wrong(row, OrderColumn.NUMBER, "It has no order number.")
        elif cells.is_destroyed(number):
            self._wrong(row, OrderColumn.NUMBER, cells.DESTROYED.format(written=number[:30]))
        elif len(number) > LONGEST[OrderColumn.NUMBER] or not number.isprintable():
            self._wrong(row, OrderColumn.NUMBER, "The order number is longer than 60 characters. Shorten it.")

    def _check_same(self, members: Sequence[tuple[Row, dict[OrderColumn, str]]]) -> None:
        """One order goes to one address: rows that say two are no order."""
        for column in (OrderColumn.LINE1, OrderColumn.POSTAL_CODE, OrderColumn.NAME):
            first = next((said[column] for _, said in members if said[column]), "")
            for row, said in members[1:]:
                if said[column] and said[column] != first:
                    label = LABELS[column].lower()
                    self._wrong(row, column, f"Its {label} differs from that of the order's other rows.")
                    return

    def _lines(self, members: Sequence[tuple[Row, dict[OrderColumn, str]]]) -> list[OrderLine]:
        lines: dict[str, OrderLine] = {}
        for row, said in members:
            sku, units = said[OrderColumn.SKU], self._units(row, said)
            if not sku or len(sku) > LONGEST[OrderColumn.SKU]:
                self._wrong(row, OrderColumn.SKU, "It has no SKU." if not sku else "The SKU is too long.")
            reference = said[OrderColumn.LINE_ID] or self._unnamed(sku, lines)
            if reference in lines:
                self._wrong(row, OrderColumn.LINE_ID, f"The line ID {reference[:30]} is there twice in this order.")
            price = self._price(row, said)
            total = Money(price.amount * units, price.currency) if price else None
            lines[reference] = OrderLine(
                reference=reference[: LONGEST[OrderColumn.LINE_ID]],
                sku=sku,
                asin="",
                title=said[OrderColumn.TITLE][:LONGEST_TEXT],
                ordered=units,
                fulfilled=0,
                unfulfilled=units,
                unit_price=price,
                total=total,
            )
        return list(lines.values())

    @staticmethod
    def _unnamed(sku: str, lines: Mapping[str, OrderLine]) -> str:
        """Return a line's reference where the sheet has none: the same, whenever the same rows come again."""
        short = sku[:50]
        count = sum(reference == short or reference.startswith(f"{short}#") for reference in lines)
        return f"{short}#{count + 1}" if count else short

    def _units(self, row: Row, said: Mapping[OrderColumn, str]) -> int:
        text = said[OrderColumn.UNITS].removesuffix(".0").removesuffix(".00")
        units = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
        if not 0 < units <= MOST_UNITS:
            shown = said[OrderColumn.UNITS][:20]
            said_wrong = f"“{shown}” is not a number of units." if shown else "It has no quantity."
            self._wrong(row, OrderColumn.UNITS, said_wrong)
        return units

    def _price(self, row: Row, said: Mapping[OrderColumn, str]) -> Money | None:
        text = said[OrderColumn.UNIT_PRICE].strip("$€£¥ ")
        currency = said[OrderColumn.CURRENCY].upper() or self.setup.currency
        if not text or not currency:
            return None
        if not is_currency(currency):
            self._wrong(row, OrderColumn.CURRENCY, f"“{currency[:10]}” is not a currency. Write its code, like USD.")
            return None
        amount = amount_of(text)
        if amount is None:
            self._wrong(row, OrderColumn.UNIT_PRICE, f"“{text[:20]}” is not a price.")
            return None
        return Money(amount, currency)

    def _moment(
        self, row: Row, column: OrderColumn, said: Mapping[OrderColumn, str], *, end: bool = False
    ) -> datetime | None:
        text = said[column]
        if not text:
            return None
        moment = moment_of(text, self.setup.dates, self.zone, end=end)
        if moment is None:
            shown = {"ymd": "2026-11-29", "mdy": "11/29/2026", "dmy": "29.11.2026"}[self.setup.dates]
            self._wrong(row, column, f"“{text[:20]}” is not a date. Write it like {shown}.")
        return moment

    def _address(self, whole: Mapping[OrderColumn, str]) -> Address:
        said = {
            name: whole[OrderColumn(name)][:LONGEST_TEXT] for name in Address.__slots__ if name in list(OrderColumn)
        }
        return Address(**{**said, "country": said["country"] or self.setup.country})

    def _wrong(self, row: Row, column: OrderColumn, message: str) -> None:
        self.faults.append(RowFault(row.number, message, LABELS[column]))


def amount_of(text: str) -> Decimal | None:
    """Return an amount as people write it, 1,234.50 or 1.234,50; None for what is none, or less than nothing."""
    plainly = text.replace(" ", "").replace("\u00a0", "").replace("'", "")
    whole, mark, rest = plainly, "", ""
    place = max(plainly.rfind("."), plainly.rfind(","))
    if place >= 0 and (len(plainly) - place - 1 != 3 or plainly.count(plainly[place]) == 1 and plainly[place] == "."):
        whole, mark, rest = plainly[:place], ".", plainly[place + 1 :]
    whole = whole.replace(",", "").replace(".", "")
    written = f"{whole or '0'}{mark}{rest}"
    is_plain = written.isascii() and written.replace(".", "", 1).isdecimal() and len(written) <= 14
    return Decimal(written) if is_plain else None


def moment_of(text: str, dates: str, zone: tzinfo, *, end: bool) -> datetime | None:
    """Return a moment; of a day alone its beginning, or its last minute where it is a deadline. None for no date."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _by_form(text, dates)
        if found is None:
            return None
    alone = len(text) <= 10
    if alone and end:
        found = datetime.combine(date(found.year, found.month, found.day), time(23, 59))
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _by_form(text: str, dates: str) -> datetime | None:
    for form in (*DATE_FORMS.get(dates, FORMS), *FORMS):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # its zone is the caller's
        except ValueError:
            continue
    return None
