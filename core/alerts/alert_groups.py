"""What is wrong now, in few rows: alerts of a cause whose sentences are alike are one, with their merchants."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from core.accounts.access import Access
from core.accounts.visible_statements import VisibleStatement
from core.alerts import causes, held_orders
from core.alerts.handling.alert_choice import AlertChoice
from core.alerts.held_orders import Held
from core.alerts.models import CALLING, Alert, AlertQuerySet
from core.alerts.retries import retriers

MOST = 200  # groups on the page; nobody reads more
MERCHANTS = 5  # named in one group
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OfMerchant:
    """How many of a group are of one merchant."""

    name: str
    count: int
    choice: AlertChoice


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Alerts that are alike. ``newest`` is one of them, to show what they say."""

    choice: AlertChoice
    count: int
    since: datetime
    newest: Alert
    held: Held
    merchants: Sequence[OfMerchant]
    assigned: Sequence[str]

    @property
    def heading(self) -> str:
        return causes.say(self.newest.cause)

    @property
    def more_merchants(self) -> int:
        return len(self.merchants) - MERCHANTS

    @property
    def can_retry(self) -> bool:
        return retriers.has(self.newest.cause)


def find(rows: AlertQuerySet, *, is_aside: bool = False) -> list[AlertGroup]:
    """Return the groups of these alerts: what holds up the most urgent order, then what is urgent, then the newest."""
    columns = ("cause", "fingerprint", "merchant", "merchant__name")
    found = rows.order_by().values(*columns).annotate(count=Count("pk"), since=Min("opened_at"), newest=Max("pk"))
    parts: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for part in found:
        parts[part["cause"], part["fingerprint"]].append(part)
    newest_first = sorted(parts, key=lambda key: -max(part["newest"] for part in parts[key]))[:MOST]
    shown = {key: parts[key] for key in newest_first}
    samples = Alert.objects.filter(pk__in=[max(part["newest"] for part in each) for each in shown.values()])
    by_pk = {alert.pk: alert for alert in samples.select_related("merchant", "assigned_to")}
    held = _held(rows, {cause for cause, _ in shown})
    assigned = _assigned(rows)
    groups = [
        _group(key, each, by_pk, held.get(key, Held()), assigned.get(key, ()), is_aside=is_aside)
        for key, each in shown.items()
        if max(part["newest"] for part in each) in by_pk
    ]
    return sorted(groups, key=lambda group: (group.held.ship_by or NEVER, group.newest.severity[1] != "bad"))


def held_by(rows: AlertQuerySet) -> Held:
    """Return how many orders these hold up together."""
    total = Held()
    for each in _held(rows, set(rows.order_by().values_list("cause", flat=True).distinct())).values():
        total = total.with_also(each)
    return total


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """How many alerts are open: by whose turn it is and somebody's own, of those that nobody has set aside."""

    by_owner: Mapping[causes.Owner, int]
    mine: int
    aside: int

    @property
    def calling(self) -> int:
        return sum(self.by_owner.values())


def _by_cause(alerts: AlertQuerySet, user_id: int) -> Any:
    return (
        alerts.open()
        .order_by()
        .values_list("cause")
        .annotate(
            number=Count("pk"),
            calling=Count("pk", filter=CALLING),
            mine=Count("pk", filter=CALLING & Q(assigned_to=user_id)),
        )
    )


BY_CAUSE = VisibleStatement(Alert, _by_cause)


def count(access: Access) -> AlertCounts:
    """Count all of what a person sees. One statement."""
    by_owner, mine, aside = dict.fromkeys(causes.Owner, 0), 0, 0
    for cause, number, calling, own in BY_CAUSE.rows(access, access.user_id):
        by_owner[causes.owner(cause)] += calling
        mine += own
        aside += number - calling
    return AlertCounts(by_owner, mine, aside)


def _group(
    key: tuple[str, str],
    parts: Sequence[dict[str, Any]],
    by_pk: dict[int, Alert],
    held: Held,
    assigned: Sequence[str],
    *,
    is_aside: bool,
) -> AlertGroup:
    cause, like = key
    count = sum(part["count"] for part in parts)
    newest = by_pk[max(part["newest"] for part in parts)]
    merchants = [
        OfMerchant(part["merchant__name"], part["count"], AlertChoice(cause, like, part["merchant"], is_aside=is_aside))
        for part in sorted(parts, key=lambda part: (-part["count"], part["merchant__name"] or ""))
        if part["merchant"] is not None
    ]
    alone = AlertChoice(alert_id=newest.pk, is_aside=is_aside) if count == 1 else None
    return AlertGroup(
        choice=alone or AlertChoice(cause, like, is_aside=is_aside),
        count=count,
        since=min(part["since"] for part in parts),
        newest=newest,
        held=held,
        merchants=merchants,
        assigned=assigned,
    )


def _held(rows: AlertQuerySet, shown: Collection[str]) -> dict[tuple[str, str], Held]:
    """Return what each group holds up. An order that two alerts of a group are about counts once."""
    known = causes.holding()
    about = rows.filter(cause__in=shown).order_by().values_list("cause", "fingerprint", "subject_kind", "subject_id")
    keys = [each for each in about.distinct() if each[2] == "order" or each[0] in known]
    counted = held_orders.count(((cause, kind, number) for cause, _, kind, number in keys), known)
    totals: dict[tuple[str, str], Held] = {}
    for cause, like, kind, number in keys:
        totals[cause, like] = totals.get((cause, like), Held()).with_also(counted[cause, kind, number])
    return totals


def _assigned(rows: AlertQuerySet) -> dict[tuple[str, str], list[str]]:
    """Return whose each group is."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    mine: Iterable[Any] = rows.filter(assigned_to__isnull=False).order_by("assigned_to__name", "assigned_to__email")
    columns = ("cause", "fingerprint", "assigned_to__name", "assigned_to__email")
    for cause, like, name, email in mine.values_list(*columns).distinct():  # type: ignore[attr-defined]
        found[cause, like].append(name or email)
    return found
