"""The evidence that what is to end does: how much there is of each kind, how old the oldest is, and what is overdue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import ngettext

from core.accounts.access import Access
from core.accounts.models import Owned
from core.common import lifetimes
from core.common.lifetimes import Lifetime, Rows

GRACE = timedelta(days=1)  # it ends within the hour; what is over for longer is overdue
COUNTED = 10_000  # rows on a page: nobody waits for more


@dataclass(frozen=True, slots=True)
class KeptKind:
    """One kind of data. The figures are None where they would tell of others."""

    what: str
    kept: str
    rows: int | None = None
    oldest: datetime | None = None
    overdue: int | None = None

    @property
    def overdue_pill(self) -> tuple[str, str]:
        """A word and a tone."""
        return str(self.overdue or 0), "bad" if self.overdue else "good"

    @property
    def is_more(self) -> bool:
        return self.rows is not None and self.rows > COUNTED


def for_operator(*, now: datetime) -> Iterator[KeptKind]:
    """Yield every kind, counted over all organizations."""
    for each in _table():
        yield _counted(each, each.rows(), each.over_at(now - GRACE), most=None)


def for_organization(access: Access, *, now: datetime) -> Iterator[KeptKind]:
    """Yield every kind; the figures are of what belongs to the organization, and up to COUNTED."""
    for each in _table():
        if not _is_owned(each):
            yield KeptKind(each.what, told(each))
            continue
        ours = {"organization": access.organization}
        yield _counted(each, each.rows().filter(**ours), each.over_at(now - GRACE).filter(**ours), most=COUNTED + 1)


def _table() -> list[Lifetime]:
    """What is erased first, as it is what people are asked about; then what is deleted, by its name."""
    return sorted(lifetimes.declared(), key=lambda each: (each.end is None, each.what))


def _is_owned(each: Lifetime) -> bool:
    return issubclass(each.model, Owned) or any(field.name == "organization" for field in each.model._meta.fields)


def _counted(each: Lifetime, rows: Rows, over: Rows, *, most: int | None) -> KeptKind:
    oldest = rows.order_by(each.oldest_by or each.since).values_list(each.since, flat=True).first()
    return KeptKind(each.what, told(each), rows.order_by()[:most].count(), oldest, over.order_by()[:most].count())


def told(each: Lifetime) -> str:
    """Return how long it is kept: "30 days after it was written"."""
    if not each.days:
        return "not at all"
    days = ngettext("{days} day", "{days} days", each.days).format(days=each.days)
    return f"{days} {each.rule}".strip()
