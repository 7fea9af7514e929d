"""Alerts become mail. An alert is itself the debt: the sweep turns each new one into a mail to everybody who is told.

What came together goes out together, one mail a person. A digest would only change when somebody is told, not what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from core.accounts.models import Organization
from core.alerts import causes, channels, facts, wording
from core.alerts.audience import recipients
from core.alerts.audience.recipients import Addressee, Audience, MailScope
from core.alerts.channels import AlertNews, Channel, Place
from core.alerts.facts import Facts
from core.alerts.mail import outbox, storms, subject_words
from core.alerts.mail.outbox import MailText
from core.alerts.mail.storms import StormCount
from core.alerts.models import Alert, Topic
from core.alerts.own_alerts import SEVERAL, STORM, STORM_CALMED

PAGE = 200  # alerts of one organization in one go
ORGANIZATIONS = 50  # told in one go
IN_FULL = 20  # alerts in one mail; the rest is counted
OF_STORM = 5  # of a storm's, those that are due first
SETTLING = timedelta(minutes=1)  # what follows an alert that settles, comes within that


Elsewhere = Sequence[tuple[Channel, Place, AlertNews]]


@dataclass(slots=True)
class AddresseeMail:
    """What one address is told now. ``seen``: also what it is not told, because a storm keeps it silent."""

    recipient: Addressee
    alerts: list[Alert] = field(default_factory=list)
    began: list[StormCount] = field(default_factory=list)
    calmed: list[StormCount] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)


def write_alerts(*, now: datetime) -> int:
    """Owe the mails about alerts that nobody was told of yet. Returns how many mails were written.

    An alert that closed or was set aside before anybody was told is not mailed. Each organization has its turn,
    however many alerts another one has, and each cause of an organization.
    """
    written = sum(_write_calmed(pk, now) for pk in storms.raging(now=now))
    fresh = Q(cause__in=causes.settling(), opened_at__gt=now - SETTLING)
    untold = Alert.objects.calling().filter(mailed_at=None).exclude(fresh)
    waiting = untold.values("organization").annotate(since=Min("opened_at")).order_by("since", "organization")
    turn = Window(RowNumber(), partition_by=[F("cause")], order_by=[F("opened_at").asc(), F("pk").asc()])
    for pk in list(waiting.values_list("organization", flat=True)[:ORGANIZATIONS]):
        fairly = untold.filter(organization=pk).select_related("by").annotate(turn=turn)
        fairly = fairly.order_by("turn", "opened_at", "pk")
        written += _write(pk, list(fairly[:PAGE]), now)
    return written


def _write(organization_id: int, alerts: Sequence[Alert], now: datetime) -> int:
    audiences = recipients.audiences(organization_id, Topic.ATTENTION)
    elsewhere = [(channel, place, AlertNews()) for channel, place in channels.places(organization_id)]
    everybody: dict[str, AddresseeMail] = {}
    with transaction.atomic(durable=True):
        # Claimed in one order by all workers, so that none waits for another one that waits for it.
        mine = [alert for alert in sorted(alerts, key=lambda alert: alert.pk) if _claim(alert, now)]
        mine.sort(key=lambda alert: alert.opened_at)
        for scope, addressees in _by_scope(audiences, elsewhere).items():
            concerned = [alert for alert in mine if scope.concerns(alert)]
            sifted = storms.sift(scope, concerned, now=now)
            for recipient in addressees:
                told = everybody.setdefault(recipient.address.lower(), AddresseeMail(recipient))
                fresh = {
                    alert.pk: alert.cause
                    for alert in concerned
                    if alert.pk not in told.seen and not _did_it(alert, recipient) and recipient.wants_now(alert.cause)
                }
                told.alerts += [alert for alert in sifted.alerts if alert.pk in fresh]
                told.began += [storm for storm in sifted.began if storm.cause in fresh.values()]
                told.seen |= fresh.keys()
            for _, place, news in elsewhere:
                if place.scope == scope:
                    news.alerts += [alert for alert in sifted.alerts if _is_told_at(place, alert.cause)]
                    news.began += [storm for storm in sifted.began if _is_told_at(place, storm.cause)]
        return _owe(organization_id, everybody.values(), elsewhere, now)


def _by_scope(audiences: Iterable[Audience], elsewhere: Elsewhere) -> dict[MailScope, Sequence[Addressee]]:
    """Return who is mailed about each scope, the widest first; those that only a channel is told of come last."""
    found: dict[MailScope, Sequence[Addressee]] = {each.scope: each.recipients for each in audiences}
    return found | {place.scope: () for _, place, _ in elsewhere if place.scope not in found}


def _is_told_at(place: Place, cause: str) -> bool:
    return not place.is_urgent_only or causes.tone(cause) == "bad"


def _did_it(alert: Alert, recipient: Addressee) -> bool:
    """Whether the alert follows from what this person did."""
    return alert.by is not None and alert.by.email.lower() == recipient.address.lower()


def _claim(alert: Alert, now: datetime) -> bool:
    return bool(Alert.objects.calling().filter(pk=alert.pk, mailed_at=None).update(mailed_at=now))


def _write_calmed(organization_id: int, now: datetime) -> int:
    """Tell who was told of a storm that it is over, and what it left."""
    everybody: dict[str, AddresseeMail] = {}
    audiences = recipients.audiences(organization_id, Topic.ATTENTION)
    elsewhere = [(channel, place, AlertNews()) for channel, place in channels.places(organization_id)]
    with transaction.atomic(durable=True):
        for scope, addressees in _by_scope(audiences, elsewhere).items():
            calmed = storms.calm(scope, now=now)
            for recipient in addressees if calmed else ():
                told = everybody.setdefault(recipient.address.lower(), AddresseeMail(recipient))
                known = {storm.cause for storm in told.calmed}
                told.calmed += [
                    storm for storm in calmed if storm.cause not in known and recipient.wants_now(storm.cause)
                ]
            for _, place, news in elsewhere:
                if place.scope == scope:
                    news.calmed += [storm for storm in calmed if _is_told_at(place, storm.cause)]
        return _owe(organization_id, everybody.values(), elsewhere, now)


def _owe(organization_id: int, everybody: Iterable[AddresseeMail], elsewhere: Elsewhere, now: datetime) -> int:
    somebody = [each for each in everybody if each.alerts or each.began or each.calmed]
    somewhere = [each for each in elsewhere if each[2]]
    if not somebody and not somewhere:
        return 0
    organization = Organization.objects.get(pk=organization_id)
    told = [(each.alerts, each.began) for each in somebody] + [(news.alerts, news.began) for _, _, news in somewhere]
    known = facts.tell({alert.pk: alert for alerts, began in told for alert in [*alerts, *_of_storms(began)]}.values())
    for each in somebody:
        outbox.owe_to(each.recipient, organization, _letter(each, known), now=now)
    for channel, place, news in somewhere:
        news.alerts = _urgent_first(news.alerts, known)
        channel.owe(place, news, organization, known, now=now)
    return len(somebody)


# -- What is written -------------------------------------------------------------------------------------------------
def _letter(told: AddresseeMail, known: Mapping[int, Facts]) -> MailText:
    """What is due first stands first. Who has no account here gets links that open without one."""
    alone = None if told.alerts else _alone([*told.began, *told.calmed])
    urgent_first = _urgent_first(told.alerts, known)
    listed = [_told(alert, known[alert.pk], told.recipient) for alert in urgent_first]
    counted = [(alert.cause, 1) for alert in urgent_first]
    counted += [(storm.cause, storm.count) for storm in told.began]
    counted += [(storm.cause, storm.still_open) for storm in told.calmed]
    things = sum(count for _, count in counted)
    values = {
        **subject_words.things((causes.say(cause), count) for cause, count in counted),
        "alone": _storm(alone, told.recipient, known) if alone else None,
        "things": things,
        "began": [_storm(storm, told.recipient, known) for storm in told.began],
        "calmed": [_storm(storm, told.recipient, known) for storm in told.calmed],
        "headline": subject_words.headline(listed[0]["message"]) if listed else "",
        "alerts": listed[:IN_FULL],
        "more": len(listed[IN_FULL:]),
        "page": "" if told.recipient.is_outside else _page(),
    }
    return MailText("alerts/alerts", _about(told, things, alone), values)


def _urgent_first(alerts: Iterable[Alert], known: Mapping[int, Facts]) -> list[Alert]:
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(alerts, key=lambda alert: (known[alert.pk].due or never, alert.opened_at, alert.pk))


def _told(alert: Alert, about: Facts, recipient: Addressee) -> dict[str, Any]:
    """What the template tells of an alert."""
    address = f"{settings.PUBLIC_URL}{alert.path}" if alert.path else ""
    if recipient.subscription and recipient.is_outside:
        address = wording.outside_mark(recipient.subscription.pk, alert.pk)
    return {"message": alert.message, "facts": about.lines, "page": about.page or "the page", "address": address}


def _of_storms(storms_told: Iterable[StormCount]) -> list[Alert]:
    return [alert for storm in storms_told for alert in storm.alerts]


def _about(told: AddresseeMail, things: int, alone: StormCount | None) -> str:
    """Return what the mail is about, in one word."""
    if alone:
        return STORM if told.began else STORM_CALMED
    return told.alerts[0].cause if things == 1 else SEVERAL


def _alone(counts: Sequence[StormCount]) -> StormCount | None:
    return counts[0] if len(counts) == 1 else None


def _storm(storm: StormCount, recipient: Addressee, known: Mapping[int, Facts]) -> dict[str, Any]:
    """What the template tells of a storm."""
    return {
        "heading": causes.say(storm.cause),
        "count": storm.count,
        "still_open": storm.still_open,
        "first": [_line(alert, known[alert.pk]) for alert in _urgent_first(storm.alerts, known)[:OF_STORM]],
        "page": "" if recipient.is_outside else _page(storm.cause),
    }


def _line(alert: Alert, about: Facts) -> str:
    """An alert in one line, with when it is due."""
    due = dict(about.lines).get("Ship by")
    return f"{alert.message} Ship by {due}." if due else alert.message


def _page(cause: str = "") -> str:
    query = f"?{urlencode({'cause': cause})}" if cause else ""
    return f"{settings.PUBLIC_URL}{reverse('alerts:alerts')}{query}"
