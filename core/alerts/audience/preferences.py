"""What a recipient chose: which causes, at once or in a digest, and at what time. A person, or an address on a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet

from core.accounts.models import Organization, User
from core.alerts.models import Preference, Rhythm, Subscription

DAYS = 3  # looked ahead for the next digest: a time that a day does not have is told an hour later


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants. ``digest_at``: times of the day on the clock of the zone, "08:00"; none means no digest."""

    rhythm: Rhythm
    unwanted: Sequence[str]
    digest_at: Sequence[str]
    zone: str = ""


def find(organization: Organization, *, user: User | None = None, address: str = "") -> Preference:
    """Return what a recipient chose; what holds without a choice, not stored, where they made none."""
    mine = Preference.objects.filter(organization=organization, user=user, address=address)
    return mine.first() or Preference(organization=organization, user=user, address=address)


def of_subscriber(subscription: Subscription) -> Preference:
    return find(subscription.organization, user=subscription.user, address=subscription.address)


def of_subscription() -> "QuerySet[Any]":
    """Return the preference of the subscription that an outer query is at."""
    same = Q(user=OuterRef("user")) | Q(user=None) & ~Q(address="")
    rows: QuerySet[Any] = Preference.objects.filter(
        same, organization=OuterRef("organization"), address=OuterRef("address")
    )
    return rows


def keep(preference: Preference, choice: Choice, *, now: datetime) -> Preference:
    """Store what a recipient chose from now on, and when the next digest is due."""
    zone = zone_named(choice.zone, preference.organization)
    due = next_time(choice.digest_at, zone, after=now)
    fields = {
        "rhythm": choice.rhythm,
        "unwanted": sorted(choice.unwanted),
        "digest_at": sorted(choice.digest_at),
        "zone": choice.zone,
        "digest_due_at": due,
    }
    whose: dict[str, Any] = {
        "organization": preference.organization,
        "user": preference.user,
        "address": preference.address,
    }
    with transaction.atomic():
        kept, _ = Preference.objects.update_or_create(**whose, defaults=fields)
    return kept


def zone_of(preference: Preference) -> tzinfo:
    return zone_named(preference.zone, preference.organization)


def zone_named(name: str, organization: Organization) -> tzinfo:
    return ZoneInfo(name) if name else organization.zone


def next_time(times: Sequence[str], zone: tzinfo, *, after: datetime) -> datetime | None:
    """Return the next moment that a clock in the zone shows one of these times, or None without any.

    Where the clock skips one, it is told by the time of before; where it shows one twice, the first time counts.
    """
    today = after.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    clocks = (datetime.combine(day, time.fromisoformat(each), zone) for day in days for each in times)
    moments = (clock.astimezone(UTC) for clock in clocks)
    return min((moment for moment in moments if moment > after), default=None)


def forget_if_unlisted(subscription: Subscription) -> None:
    """Forget what an address chose once it is on no list of the organization any more."""
    of_address = {"organization": subscription.organization_id, "user": None, "address": subscription.address}
    if subscription.address and not Subscription.objects.filter(**of_address).exists():
        Preference.objects.filter(**of_address).delete()
