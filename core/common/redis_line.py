"""Whether Redis answers: found out quickly, and remembered for a while by each process.

Somebody waits for most of what is asked of it, and nothing depends on an answer: the cache counts on its own, and bells
that nobody hears are made up for by the sweeps. So nothing waits long for it, and not twice.
"""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)

SECONDS = 0.4  # for one answer; it takes a thousandth of that
ASK_AGAIN = 5.0  # seconds
ENOUGH = 1000  # messages that nobody took: another one would be no news
NEWS_AFTER = 15  # seconds after which a bell is rung again, though nobody took up the last one
QUEUE = "celery"

# What is asked once and not again: the time for it is over, or something else will do.
QUICKLY: Mapping[str, Any] = {
    "socket_timeout": SECONDS,
    "socket_connect_timeout": SECONDS,
    "retry": Retry(NoBackoff(), 0),
}

_state = {"away_until": 0.0}


def is_away() -> bool:
    return time.monotonic() < _state["away_until"]


def missed(error: Exception) -> None:
    """It did not answer, or said that it is full: it is not asked again for a while."""
    if not is_away():
        log.warning("redis.away", error=type(error).__name__)
    _state["away_until"] = time.monotonic() + ASK_AGAIN


def ask_again() -> None:
    """Forget that it was away."""
    _state["away_until"] = 0.0


# -- Bells -------------------------------------------------------------------------------------------------------------
def is_news(name: str, ids: Mapping[str, Any]) -> bool:
    """Whether ringing this bell wakes anybody: not when Redis is away, or the same bell is still unheard."""
    if not settings.REDIS_URL:
        return True
    if is_away():
        return False
    try:
        with _line(settings.REDIS_URL).pipeline(transaction=False) as asked:
            asked.llen(QUEUE)
            asked.set(_key(name, ids), 1, nx=True, ex=NEWS_AFTER)
            waiting, fresh = asked.execute()
    except redis.RedisError as error:
        missed(error)
        return False
    return bool(fresh) and waiting < ENOUGH


def heard(name: str, ids: Mapping[str, Any]) -> None:
    """A worker takes it up: what is rung from now on is news again."""
    if not settings.REDIS_URL or is_away():
        return
    try:
        _line(settings.REDIS_URL).delete(_key(name, ids))
    except redis.RedisError as error:
        missed(error)


def _key(name: str, ids: Mapping[str, Any]) -> str:
    return f"bell:{name}:{sorted(ids.items())}"


@cache
def _line(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, **QUICKLY)
