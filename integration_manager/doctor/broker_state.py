"""Checks of Redis, which carries the bells and the counts of log-ins."""

from typing import Any

import redis
from django.conf import settings

from integration_manager.bell_schedule import ENOUGH, waiting
from integration_manager.celery import app
from integration_manager.doctor.registry import Finding, check, error, fine, skipped, warning

PATIENCE = 3  # seconds
FULL = 0.8
NONE = "There is no Redis: everything runs in one process."
AWAY = "Redis does not answer, so it was not asked."
RIGHT_POLICY = "noeviction"


def _told() -> dict[str, Any] | None:
    """Return what Redis says of itself, or nothing when it does not answer."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        found: dict[str, Any] = client.info()
        return found
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()


@check("redis")
def look_at_redis() -> Finding:
    if not settings.REDIS_URL:
        return skipped(NONE)
    told = _told()
    if told is None:
        return error(
            "Redis does not answer: nothing starts by itself, and each web process counts log-ins alone.",
            "See that it runs, and that REDIS_URL names it with its password. Nothing is lost meanwhile.",
        )
    return fine(f"Redis {told.get('redis_version', '')} answers.")


@check("redis-policy")
def look_at_policy() -> Finding:
    if not settings.REDIS_URL:
        return skipped(NONE)
    told = _told()
    if told is None:
        return skipped(AWAY)
    policy = str(told.get("maxmemory_policy", RIGHT_POLICY))
    if policy != RIGHT_POLICY:
        said = f"When Redis is full it forgets what it likes ({policy}): bells, and who is locked out."
        return warning(said, f"Set maxmemory-policy {RIGHT_POLICY}, as docker-compose.yml does.")
    return fine("When Redis is full it says so, and forgets nothing.")


@check("redis-memory")
def look_at_memory() -> Finding:
    if not settings.REDIS_URL:
        return skipped(NONE)
    told = _told()
    if told is None:
        return skipped(AWAY)
    used, most = int(told.get("used_memory", 0)), int(told.get("maxmemory", 0))
    if most and used > most * FULL:
        said = f"Redis uses {used * 100 // most} percent of the memory it may have."
        return warning(said, "See that workers run; raise maxmemory if they do.")
    return fine("Redis has memory left.")


@check("queue")
def look_at_queue() -> Finding:
    found = waiting(app)
    said = f"{found:,} messages wait for a worker."
    if found >= ENOUGH:
        return warning(said, "Workers are away or too few: see the check “workers”, or raise WORKER_CONCURRENCY.")
    return fine(said)
