"""How long everything that ends is kept: one table, to which each app adds what is its own.

An app says it in ``lifetimes.py``: what it is called, how long it is kept, and which rows are over at a moment. What is
over is deleted, or erased where the row itself stays, in small steps that may end anywhere: the next run goes on. The
page *Data retention*, ``manage.py erase --report`` and docs/running.md say the same, and tests hold them together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Model, QuerySet

from core.common.errands import OWED

OTHER_DATA = timedelta(days=548)  # 18 months: what Amazon allows for what is no buyer's data
AT_ONCE = 1_000  # rows in one statement
IN_ALL = 20_000  # of one kind in one run: the next run goes on

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long rows of a kind are kept.

    ``over`` returns those that are, given the moment before which they must have begun; ``there`` returns all that are
    kept, and ``since`` is the field that tells their age. ``end`` ends some of what is over and returns how many; what
    has none is deleted.
    """

    what: str
    kept: timedelta
    model: type[Model]
    since: str
    over: Callable[[datetime], Rows]
    rule: str = ""  # from when on, for people: "since they were closed"
    there: Callable[[], Rows] | None = None
    oldest_by: str = ""  # what puts the oldest first, where that is not ``since``
    end: "Callable[[Rows, datetime], int] | None" = None

    def rows(self) -> Rows:
        return self.there() if self.there else self.model._default_manager.all()

    def over_at(self, now: datetime) -> Rows:
        return self.over(now - self.kept)

    @property
    def days(self) -> int:
        return self.kept.days


def older(model: type[Model], field: str) -> Callable[[datetime], Rows]:
    return lambda before: model._default_manager.filter(**{f"{field}__lt": before})


def older_in_turn(model: type[Model], field: str) -> Callable[[datetime], Rows]:
    """The same for rows that are written in the order of time and whose table is too long for an index of their age."""

    def over(before: datetime) -> Rows:
        rows = model._default_manager.order_by("pk")
        ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
        first, last, found = ends["first"] or 0, ends["last"] or -1, 0
        while first <= last:
            middle = (first + last) // 2
            pk, at = rows.filter(pk__gte=middle).values_list("pk", field)[0]
            if at < before:
                found, first = pk, pk + 1
            else:
                last = middle - 1
        return model._default_manager.filter(pk__lte=found, **{f"{field}__lt": before})

    return over


def ended(model: type[Model], field: str) -> Callable[[datetime], Rows]:
    """Errands that nobody will do any more."""
    return lambda before: older(model, field)(before).exclude(state__in=OWED)


def delete(rows: Rows, now: datetime) -> int:
    """Delete some of these rows, in small batches, so that nobody waits for it. Returns how many."""
    gone = 0
    while gone < IN_ALL and (some := _delete_some(rows)):
        gone += some
    return gone


def _delete_some(rows: Rows) -> int:
    """Delete a batch. Locked, it is looked at again: a legal hold that somebody put meanwhile keeps its order."""
    with transaction.atomic():
        locked = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True)[:AT_ONCE])
        ids = list(rows.filter(pk__in=locked).values_list("pk", flat=True))
        rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)


# -- The table ---------------------------------------------------------------------------------------------------------
_declared: dict[str, Lifetime] = {}


def register(*declared: Lifetime) -> None:
    """Add an app's own. To say the same again changes nothing; two of one name are a mistake."""
    for each in declared:
        if _declared.setdefault(each.what, each) is not each:
            raise ValueError(f"{each.what} is declared twice")


def declared() -> Iterator[Lifetime]:
    yield from _declared.values()
