"""The cache that counts log-ins and visits: shared by all web processes, and each process's own while Redis is away.

A portal that nobody can log in to because Redis restarts would be worse than counts that begin anew in each process;
and no counting at all would leave the doors open. So what Redis cannot answer is counted here until it can.
"""

import time
from collections.abc import Callable
from typing import Any

import redis
import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)
ASK_AGAIN = 5.0  # seconds; a Redis that hangs must not hold up every call of a page


class SharedElseOwn(RedisCache):
    """Django's Redis cache; a call that Redis does not answer is made on a cache in this process instead."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # Somebody waits for each of these calls: what fails is not tried again, it is counted here.
        options = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._away_until = 0.0
        self._own = LocMemCache("while-redis-is-away", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    def _either(self, shared: Callable[..., Any], own: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self._away_until:
            return own(*args, **kwargs)
        try:
            return shared(*args, **kwargs)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            self._away_until = time.monotonic() + ASK_AGAIN
            log.warning("cache.away", error=type(error).__name__)
            return own(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either(super().add, self._own.add, *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().get, self._own.get, *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._either(super().set, self._own.set, *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._either(super().incr, self._own.incr, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either(super().delete, self._own.delete, *args, **kwargs))
