"""Named points before and after each call to another server, where a test can end the process.

Nothing arms them in the product: tools/kill_points does, in a worker of its own. Unarmed a point costs one comparison.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_at: Callable[[str], None] | None = None


def arm(at: Callable[[str], None] | None) -> None:
    """Let this be told of every point that is passed. For tests."""
    global _at
    _at = at


@contextmanager
def around(call: str) -> Iterator[None]:
    """Name what is asked of another server. The second point is passed only where an answer came."""
    if _at is not None:
        _at(f"{call}, before")
    yield
    if _at is not None:
        _at(f"{call}, after")
