"""The cache that counts log-ins and visits: shared by all web processes, and each process's own while Redis is away.

A portal that nobody can log in to because Redis restarts, hangs or is full would be worse than counts that begin anew
in each process; and no counting at all would leave the doors open. What Redis cannot do is counted here until it can.
"""

from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from core.common import redis_line


class SharedElseOwn(RedisCache):
    """Django's Redis cache; a call that Redis does not answer is made on a cache in this process instead."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**redis_line.QUICKLY, **params.get("OPTIONS", {})}})
        self._counts_alone = False
        self._own = LocMemCache("while-redis-is-away", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    def _either(self, name: str, shared: Callable[..., Any], *args: Any, writes: bool = False, **kwargs: Any) -> Any:
        """Make a call on the one that counts now. Only a write finds out that Redis is back: a full one still reads."""
        own = getattr(self._own, name)
        if redis_line.is_away() or (self._counts_alone and not writes):
            return own(*args, **kwargs)
        try:
            answer = shared(*args, **kwargs)
        except redis.RedisError as error:
            redis_line.missed(error)
            self._counts_alone = True
            return own(*args, **kwargs)
        self._counts_alone = False
        return answer

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", super().get, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return dict(self._either("get_many", super().get_many, *args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either("has_key", super().has_key, *args, **kwargs))

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either("add", super().add, *args, writes=True, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._either("set", super().set, *args, writes=True, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> list[str]:
        return list(self._either("set_many", super().set_many, *args, writes=True, **kwargs))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either("touch", super().touch, *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._either("incr", super().incr, *args, **kwargs))  # it reads first, so it proves nothing

    # What is deleted is deleted in both: either may be asked next. A full Redis can do it, so it proves nothing.
    def delete(self, *args: Any, **kwargs: Any) -> bool:
        gone = self._own.delete(*args, **kwargs)
        return bool(self._also(super().delete, *args, **kwargs)) or gone

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._own.delete_many(*args, **kwargs)
        self._also(super().delete_many, *args, **kwargs)

    def clear(self) -> None:
        self._own.clear()
        self._also(super().clear)

    def _also(self, shared: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if redis_line.is_away():
            return None
        try:
            return shared(*args, **kwargs)
        except redis.RedisError as error:
            redis_line.missed(error)
            return None
