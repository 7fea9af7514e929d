"""A sheet as its page shows it: read, its columns found, its orders matched, sorted by what can be done with them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.accounts.access import Access
from core.common.sheets.rows import Row
from core.common.sheets.sheet_refusal import Unreadable
from shipping.close.drafts import GivenPackage
from shipping.tracking_import import matches
from shipping.tracking_import.kept_sheets import SheetContent
from shipping.tracking_import.matches import Match, Verdict
from shipping.tracking_import.sheet import sheet_columns, table
from shipping.tracking_import.sheet.heads import Column
from shipping.tracking_import.sheet.sheet_columns import Layout
from shipping.tracking_import.sheet_orders import sheet_orders, unused

SHOWN = 300  # of one kind, on one page
TO_OPEN = (Verdict.ODD, Verdict.INCOMPLETE)  # Ship and Close shows what is odd, and asks for what is missing
TO_MEND = (Verdict.REFUSED, Verdict.CHOOSE, Verdict.INCOMPLETE, Verdict.ODD)


@dataclass(frozen=True, slots=True)
class Preview:
    rows: Sequence[Row]
    layout: Layout
    matches: Sequence[Match]
    unreadable: str = ""
    unused: Sequence[str] = field(default=())  # heads of columns nothing is taken from

    def of(self, *verdicts: Verdict) -> list[Match]:
        """Return those with one of these verdicts, the worst first."""
        return [each for verdict in verdicts for each in self.matches if each.verdict is verdict]

    @property
    def counts(self) -> list[tuple[Verdict, int]]:
        counted = Counter(each.verdict for each in self.matches)
        return [(verdict, counted[verdict]) for verdict in reversed(Verdict) if counted[verdict]]

    @property
    def guessed(self) -> list[str]:
        """Return the columns that no head told."""
        return [str(column.label) for column in Column if column in self.layout.guessed]

    @property
    def readings(self) -> list[str]:
        """Return how carriers' names were read that are written otherwise, each once."""
        packages = [package for each in self.matches for package in each.packages]
        return list(dict.fromkeys(reading for package in packages if (reading := package.reading)))

    @property
    def to_mend(self) -> list[Match]:
        return self.of(*TO_MEND)

    @property
    def ready(self) -> list[Match]:
        return self.of(Verdict.READY)

    @property
    def done(self) -> list[Match]:
        return self.of(Verdict.DONE)

    @property
    def left(self) -> int:
        """Return how many of its orders are not shipped."""
        return len(self.matches) - len(self.done)

    @property
    def to_open(self) -> list[Match]:
        """Return what somebody has to look at in Ship and Close, in the sheet's order."""
        return [each for each in self.matches if each.verdict in TO_OPEN]

    @property
    def seen(self) -> str:
        """What stands for what is ready as it is shown: nothing ships that nobody saw."""
        shown = [(each.order.pk, [package.parcel for package in each.packages]) for each in self.ready if each.order]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:24]


def preview(content: SheetContent, *, access: Access, now: datetime, shipped_on: date) -> Preview:
    try:
        rows = table.read(content.text)
    except Unreadable as error:
        return Preview([], Layout({}, None), [], str(error))
    layout = sheet_columns.chosen(sheet_columns.find(rows), content.columns)
    if not layout.is_complete:
        return Preview(rows, layout, [])
    said = sheet_orders(rows, layout, content.numbers)
    found = matches.match(said, access=access, now=now, shipped_on=shipped_on, chosen=content.orders)
    return Preview(rows, layout, found, unused=unused(layout.head, layout))


def given(found: Sequence[Match]) -> dict[int, list[GivenPackage]]:
    """Return what Ship and Close opens with: by the order's id its packages, as the sheet has them."""
    return {
        each.order.pk: [
            GivenPackage(
                tracking_number=package.said.tracking,
                method_id=package.by.method.pk if package.by.method else None,
                carrier=package.by.carrier,
                scac=package.by.scac,
                service=package.by.service,
                units=package.units,
            )
            for package in each.packages
        ]
        for each in found
        if each.order is not None
    }
