"""Token buckets per (grant, operation), in the database, so that all workers live within one quota.

Whoever calls asks first and is told when to come back; nobody sleeps. The rates come from the adapter; the server's own
word (``learn``) replaces them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from carts.models import Bucket
from core.common import clock
from core.common.remote import Throttled

TRIES = 20  # how often a lost race is run again
DOUBT = timedelta(seconds=30)  # how long a first "too many" is believed of a bucket that is not empty
FALLBACK = (1.0, 1)  # an operation nobody published a rate for


class Level(NamedTuple):
    """The columns that say how full a bucket is."""

    rate: float
    burst: int
    tokens: float
    filled_at: datetime


class GrantLedger:
    """The Ledger of one grant."""

    def __init__(
        self, grant_id: int, rates: Mapping[str, tuple[float, int]], now: Callable[[], datetime] = clock.now
    ) -> None:
        self._grant_id = grant_id
        self._rates = rates
        self._now = now

    def spend(self, operation: str) -> None:
        """Take one request. Raises Throttled, with the time to wait, when the bucket is empty."""
        for _ in range(TRIES):
            now = self._now()
            bucket = self._bucket(operation, now)
            tokens = level(bucket, now)
            if tokens < 1:
                wait = timedelta(seconds=(1 - tokens) / bucket.rate)
                raise Throttled(f"The quota of {operation} is used up.", retry_in=wait)
            if self._swap(bucket, tokens=tokens - 1, now=now):
                return
        raise Throttled(f"Too many workers are asking for {operation} at once.", retry_in=timedelta(seconds=1))

    def learn(self, operation: str, rate: float) -> None:
        if rate > 0 and self._rates.get(operation, FALLBACK)[0] != rate:
            Bucket.objects.filter(grant_id=self._grant_id, operation=operation).exclude(rate=rate).update(rate=rate)

    def drain(self, operation: str) -> None:
        """The server said "too many".

        Where ours was empty too, the next request waits until a whole one has come back. Where we thought there were
        more, the server may have been busy and not counting: one request goes out after DOUBT, and if that is too many
        as well, it has found ours empty. With a slow operation, believing the first word would cost minutes.
        """
        now = self._now()
        bucket = self._bucket(operation, now)
        after_doubt = max(0.0, 1 - DOUBT.total_seconds() * bucket.rate)
        tokens = after_doubt if level(bucket, now) >= 1 else 0
        Bucket.objects.filter(pk=bucket.pk).update(tokens=tokens, filled_at=now, version=bucket.version + 1)

    def left(self, operation: str) -> float:
        now = self._now()
        return level(self._bucket(operation, now), now)

    def _bucket(self, operation: str, now: datetime) -> Bucket:
        rate, burst = self._rates.get(operation, FALLBACK)
        full = {"rate": rate, "burst": burst, "tokens": burst, "filled_at": now}
        bucket, _ = Bucket.objects.get_or_create(grant_id=self._grant_id, operation=operation, defaults=full)
        return bucket

    def _swap(self, bucket: Bucket, *, tokens: float, now: datetime) -> bool:
        same = Bucket.objects.filter(pk=bucket.pk, version=bucket.version)
        return bool(same.update(tokens=tokens, filled_at=now, version=bucket.version + 1))


class Uncounted:
    """A Ledger that always has a request left: for a few questions that nobody else asks."""

    def spend(self, operation: str) -> None:
        pass

    def learn(self, operation: str, rate: float) -> None:
        pass

    def drain(self, operation: str) -> None:
        pass

    def left(self, operation: str) -> float:
        return float("inf")


def standing(
    grant_id: int, operation: str, rates: Mapping[str, tuple[float, int]], now: datetime
) -> tuple[float, float]:
    """Return how many requests a bucket has now, and how many a second come back. One never used is full."""
    bucket = Bucket.objects.filter(grant_id=grant_id, operation=operation).first()
    if bucket is None:
        rate, burst = rates.get(operation, FALLBACK)
        return float(burst), rate
    return level(bucket, now), float(bucket.rate)


def level(bucket: Bucket | Level, now: datetime) -> float:
    """Return what is in the bucket now. A clock that went back adds nothing."""
    elapsed = max(0.0, (now - bucket.filled_at).total_seconds())
    return float(min(bucket.burst, bucket.tokens + elapsed * bucket.rate))
