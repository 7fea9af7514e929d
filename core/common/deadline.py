"""One deadline for everything that a block asks of other servers, however many requests, reads and writes that are."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let this block take so long and no longer; a block around it that ends sooner counts as well."""
    ends, outer = time.monotonic() + seconds, _ends.get()
    token = _ends.set(ends if outer is None else min(ends, outer))
    try:
        yield
    finally:
        _ends.reset(token)


def left(most: float | None = None) -> float:
    """Return how many seconds are left, ``most`` at the most; 0 when it is over."""
    ends = _ends.get()
    seconds = float("inf") if ends is None else max(0.0, ends - time.monotonic())
    return seconds if most is None else min(seconds, most)
