"""The time, asked for once at each door and passed on from there."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC)


def running(since: datetime, *, exactly: bool = False) -> Callable[[], datetime]:
    """Return a clock that goes on from a time that was passed on: for what takes long.

    It counts whole seconds, but for what is done within one (``exactly``).
    """
    begun = time.monotonic()
    if exactly:
        return lambda: since + timedelta(seconds=time.monotonic() - begun)
    return lambda: since + timedelta(seconds=int(time.monotonic() - begun))
