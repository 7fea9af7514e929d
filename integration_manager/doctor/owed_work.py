"""What is owed to other servers and to people, counted over every kind of errand there is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Min

from core.common.errands import Errand, ErrandQuerySet


@dataclass(frozen=True, slots=True)
class OwedKind:
    """One kind of errand: how many are owed and how many of them now, since when, and how many need a person."""

    name: str
    owed: int
    due: int
    oldest: datetime | None
    stuck: int


def kinds(*, now: datetime) -> Iterator[OwedKind]:
    for model in apps.get_models():
        if issubclass(model, Errand):
            rows: ErrandQuerySet = model._default_manager.all()  # type: ignore[assignment]
            due = rows.due(now)
            oldest = due.aggregate(at=Min("due_at"))["at"]
            name = str(model._meta.verbose_name_plural)
            yield OwedKind(name, rows.owed().count(), due.count(), oldest, rows.stuck().count())


def described(*, now: datetime) -> Iterator[str]:
    """Say it, a line each. Nothing owed is said too."""
    owed = [kind for kind in kinds(now=now) if kind.owed]
    for kind in owed:
        since = f", the oldest due since {kind.oldest:%Y-%m-%d %H:%M} UTC" if kind.oldest else ""
        yield f"{kind.owed} {kind.name}{since}"
    if not owed:
        yield "nothing"
