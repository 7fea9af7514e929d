"""How often a key may ask: counted in short stretches of time, in the cache.

Without Redis each web process counts for itself (core/common/cache.py): a key may ask more then, and is still answered.
"""

import math
from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from core.api.models import ApiKey
from core.api.problems import Problem

STRETCH = 10  # seconds


def count(key: ApiKey, *, now: datetime) -> None:
    """Count one request. Raises Problem when there were too many in this stretch of time."""
    moment = now.timestamp()
    begun = int(moment) // STRETCH
    name = f"api:{key.pk}:{begun}"
    try:
        used = int(cache.incr(name))
    except ValueError:  # the first of this stretch; one that is it at the same moment is not counted
        cache.add(name, 1, 2 * STRETCH)
        used = 1
    most = settings.API_CALLS_PER_MINUTE * STRETCH // 60
    if used > most:
        wait = math.ceil((begun + 1) * STRETCH - moment)
        said = f"A key may ask {most:,} times in {STRETCH} seconds. Wait {wait} s."
        raise Problem("too_many_requests", said, headers={"Retry-After": str(max(1, wait))})
