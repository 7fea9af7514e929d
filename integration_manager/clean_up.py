"""What ends, and when: nothing that is only of use for a while is kept for ever (core/common/lifetimes.py)."""

from datetime import datetime

from core.common import lifetimes


def clean_up(*, now: datetime) -> dict[str, int]:
    """End what is over. Returns how many rows of each kind."""
    ended = {}
    for each in lifetimes.declared():
        if gone := (each.end or lifetimes.delete)(each.over_at(now), now):
            ended[each.what] = gone
    return ended
