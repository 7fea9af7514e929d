"""Wrong passwords and codes lock: whoever was wrong, and nobody else.

Counted in the database, before it is looked whether it is right: no flush ends a lock, and many at once count one by
one. What locks is one address from one source, so that nobody is locked out by a stranger who types their address; it
locks longer each time. A browser somebody logged in with before (known_devices) has a count of its own. A new password
by email unlocks an address at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.core.internal.ratelimit import get_ip
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from core.accounts import known_devices
from core.accounts.models import LockOut
from core.common import vault

LOCKED = timedelta(minutes=30)  # the first time; twice as long for each wrong one after that
LONGEST = timedelta(hours=24)
FORGOTTEN = timedelta(hours=48)  # since the last one
PASSWORD, CODE = "password", "code"


class LockedOut(Exception):
    """It was wrong too often. Not even what is right is taken before ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Locked until {until:%H:%M}.")
        self.until = until


@dataclass(frozen=True, slots=True)
class Counter:
    """What is counted, how many may be wrong, and within which time."""

    key: str
    about: str  # the address as a digest; "" for a source
    most: int
    within: timedelta | None = None  # None: until it is forgotten
    is_own: bool = False  # whoever is right once is trusted again

    def fresh(self, row: LockOut, now: datetime) -> bool:
        """Whether what was counted is over."""
        return now - row.began_at > self.within if self.within else now - row.last_at > FORGOTTEN

    def locked_for(self, wrong: int) -> timedelta:
        return LOCKED if self.within else min(LOCKED * 2 ** min(wrong - self.most, 8), LONGEST)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One password or code somebody gave, counted as a wrong one until it is known to be right."""

    counters: Sequence[Counter]

    def was_right(self) -> None:
        """Count it no longer. Others' wrong ones stay: nobody clears them by logging in to an account of their own."""
        own = [each.key for each in self.counters if each.is_own]
        LockOut.objects.filter(key__in=own).delete()
        for each in self.counters:
            if not each.is_own:
                LockOut.objects.filter(key=each.key, wrong__gt=0).update(wrong=F("wrong") - 1)
                LockOut.objects.filter(key=each.key, wrong__lt=each.most).update(until=None)


def begin(request: HttpRequest, email: str, *, what: str = PASSWORD, now: datetime) -> Attempt:
    """Count an attempt to log in with this address, whoever has it. Raises LockedOut."""
    counters = sorted(_counters(request, email, what), key=lambda each: each.key)  # all lock them in this order
    by_key = {each.key: each for each in counters}
    with transaction.atomic():
        LockOut.objects.bulk_create(
            [LockOut(key=each.key, about=each.about, began_at=now, last_at=now) for each in counters],
            ignore_conflicts=True,
        )
        rows = list(LockOut.objects.select_for_update().filter(key__in=by_key).order_by("key"))
        until = max((row.until for row in rows if row.until and row.until > now), default=None)
        if until is None:
            for row in rows:
                _count(row, by_key[row.key], now)
    if until is not None:
        raise LockedOut(until)
    return Attempt(counters)


def forget(email: str) -> None:
    """Unlock an address everywhere: its owner has chosen a new password."""
    LockOut.objects.filter(about=_about(email)).delete()


def _count(row: LockOut, counter: Counter, now: datetime) -> None:
    if counter.fresh(row, now):
        row.wrong, row.began_at = 0, now
    row.wrong, row.last_at = row.wrong + 1, now
    row.until = now + counter.locked_for(row.wrong) if row.wrong >= counter.most else None
    row.save(update_fields=["wrong", "began_at", "last_at", "until"])


def _counters(request: HttpRequest, email: str, what: str) -> list[Counter]:
    about = _about(email)
    if device := known_devices.find(request, email):
        return [Counter(vault.digest(f"{what} device {device} {about}"), about, most=10, is_own=True)]
    source = get_ip(request)  # of IPv6 the network: it is one household's or one server's
    return [
        Counter(vault.digest(f"{what} here {source} {about}"), about, most=10, is_own=True),
        Counter(vault.digest(f"{what} anywhere {about}"), about, most=50),
        Counter(vault.digest(f"{what} source {source}"), "", most=60, within=LOCKED),
    ]


def _about(email: str) -> str:
    return vault.digest(email.strip().lower())
