"""What ends, and when: nothing that is only of use for a while is kept for ever (core/common/lifetimes.py)."""

from datetime import datetime

import structlog
from django.db import Error

from core.common import lifetimes

log = structlog.get_logger(__name__)


def clean_up(*, now: datetime) -> dict[str, int]:
    """End what is over. Returns how many rows of each kind.

    A kind that the database will not let end holds up no other: buyers' data ends all the same, and somebody is told of
    what is late (late_erasure.py).
    """
    ended = {}
    for each in lifetimes.declared():
        try:
            gone = (each.end or lifetimes.delete)(each.over_at(now), now)
        except Error:
            log.exception("clean_up.failed", what=each.what)
            continue
        if gone:
            ended[each.what] = gone
    return ended
