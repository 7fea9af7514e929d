"""Writing digests: one mail to each recipient at each of the times they chose, and none where there is nothing to say.

The mail is owed in the commit that moves the next time on, so a digest is neither lost nor written twice. A portal that
was off for days writes one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from core.alerts import alert_groups, causes
from core.alerts.alert_groups import AlertGroup
from core.alerts.audience import preferences, recipients
from core.alerts.audience.recipients import Addressee, MailScope
from core.alerts.digests import digest_figures
from core.alerts.digests.digest_figures import Figure
from core.alerts.mail import outbox, subject_words
from core.alerts.mail.outbox import MailText
from core.alerts.models import Alert, AlertQuerySet, Notice, Preference, Rhythm, Topic
from core.alerts.own_alerts import DIGEST
from core.ui.formats import tell_weekday

PAGE = 200  # digests in one go
LISTED = 15  # rows of what needs somebody; the rest is counted
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """Who gets a digest, and of what: the widest of the scopes they are told about, or several narrow ones."""

    reader: Addressee
    scopes: Sequence[MailScope]


def write_digests(*, now: datetime) -> int:
    """Owe the digests that are due. Returns how many mails were written."""
    due = Preference.objects.filter(digest_due_at__lte=now).select_related("organization", "user")
    return sum(_write(each, now) for each in list(due.order_by("digest_due_at", "pk")[:PAGE]))


def _write(preference: Preference, now: datetime) -> int:
    zone = preferences.zone_of(preference)
    again_at = preferences.next_time(preference.digest_at, zone, after=now)
    with transaction.atomic(durable=True):
        same = Preference.objects.filter(pk=preference.pk, digest_due_at=preference.digest_due_at)
        if not same.update(digest_due_at=again_at, digested_at=now):
            return 0  # another worker was quicker, or they chose otherwise this moment
        told = _told(preference)
        if told is None:
            return 0
        came_in = _take_notices(preference)
        letter = _letter(preference, told, came_in, zone, now)
        if letter is None:
            return 0
        outbox.owe_to(told.reader, preference.organization, letter, now=now)
    return 1


def _told(preference: Preference) -> Told | None:
    """Return what they are told about; None when that is nothing any more."""
    address = (preference.user.email if preference.user else preference.address).lower()
    found: list[tuple[MailScope, Addressee]] = []
    for audience in recipients.audiences(preference.organization_id, Topic.ATTENTION):
        found += [(audience.scope, each) for each in audience.recipients if each.address.lower() == address]
    if not found:
        return None
    widest, reader = found[0]
    whole = widest.merchant_id is None
    return Told(reader, [widest] if whole else [scope for scope, _ in found])


def _take_notices(preference: Preference) -> dict[str, int]:
    """Return how many orders came in or failed, by cart, as far as that waited for this digest; it waits no more."""
    if preference.rhythm == Rhythm.NOW:
        return {}
    mine = {"organization": preference.organization_id}
    whose = {"subscription__user": preference.user, "subscription__address": preference.address}
    held = Notice.objects.select_for_update(of=("self",)).filter(**mine, **whose, subscription__stopped_at=None)
    notices, counts = list(held.order_by("pk")), dict[str, int]()
    for notice in notices:
        said = f"{notice.heading}, {'failed to import' if notice.topic == Topic.FAILED else 'came in'}"
        counts[said] = counts.get(said, 0) + notice.count
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).delete()
    return counts


def _letter(
    preference: Preference, told: Told, came_in: Mapping[str, int], zone: tzinfo, now: datetime
) -> MailText | None:
    """Return what is written; None when all is quiet: nothing is open, late or done."""
    alerts = _alerts(told, preference)
    groups = alert_groups.find(alerts.calling())
    # Each scope is a thing of its own where there are several: none lies within another.
    done = _added([digest_figures.done(scope, now=now, zone=zone) for scope in told.scopes])
    late = _added([digest_figures.late(scope, now=now) for scope in told.scopes])
    overdue, late_ones = late[0].count if late else 0, [figure for figure in late if figure.count]
    own = [
        Figure("Alerts that opened", alerts.filter(opened_at__gt=now - DAY).count()),
        Figure("Alerts that closed", alerts.filter(closed_at__gt=now - DAY).count()),
    ]
    if not groups and not late_ones and not came_in and not any(each.count for each in [*done, *own]):
        return None
    things = sum(group.count for group in groups)
    values: dict[str, Any] = {
        **subject_words.things((causes.say(group.newest.cause), group.count) for group in groups),
        "things": things,
        "headline": subject_words.headline(groups[0].newest.message) if groups else "",
        "late_count": overdue,
        "rows": [_row(group, zone) for group in groups[:LISTED]],
        "more": len(groups[LISTED:]),
        "late": late_ones,
        "done": [*done, *own],
        "came_in": [Figure(label, count) for label, count in came_in.items()],
        "since": tell_weekday(now - DAY, zone=zone),
        "page": "" if told.reader.is_outside else f"{settings.PUBLIC_URL}{reverse('alerts:alerts')}",
    }
    return MailText("alerts/digest", DIGEST, values)


def _alerts(told: Told, preference: Preference) -> AlertQuerySet:
    """Return the alerts there ever were that this reader wants to know of."""
    wanted = Q(pk__in=[])
    for scope in told.scopes:
        wanted |= scope.condition
    mine = Alert.objects.filter(wanted, organization=preference.organization_id)
    return mine.exclude(cause__in=preference.unwanted)


def _row(group: AlertGroup, zone: tzinfo) -> dict[str, Any]:
    """What the template tells of alike alerts."""
    newest = group.newest
    return {
        "said": newest.message if group.count == 1 else causes.say(newest.cause),
        "count": group.count,
        "merchants": [each.name for each in group.merchants[: alert_groups.MERCHANTS]],
        "owner": newest.owner.label,
        "held": group.held.count if newest.subject_kind != "order" or group.count > 1 else 0,
        "ship_by": tell_weekday(group.held.ship_by, zone=zone) if group.held.ship_by else "",
    }


def _added(parts: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Return the figures of several scopes as one."""
    total: dict[str, Figure] = {}
    for figure in (each for part in parts for each in part):
        before = total.get(figure.label, Figure(figure.label, 0))
        usual = [each for each in (before.usual, figure.usual) if each is not None]
        total[figure.label] = Figure(figure.label, before.count + figure.count, sum(usual) if usual else None)
    return list(total.values())
