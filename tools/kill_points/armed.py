"""Telling of every point that is passed: calls to other servers name theirs, commits are named by where they are made.

A commit is the end of a transaction, or a statement that writes outside one. Both are found in Django's own connection,
so a commit that somebody adds tomorrow is a point too.
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from core.common import kill_points

OURS = ("carts", "core", "inventory", "integration_manager", "orders", "shipping")
PASSED_OVER = ("core.common.errands", "core.common.kill_points", "core.common.bulk_insert", "core.common.links")
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
UNTOLD = ("upkeep_heartbeat", "django_session")  # signs of life and log-ins: nothing is owed by them


class Passed:
    """Remembers the points in their order, and ends the process at one of them."""

    def __init__(self, kill_at: str) -> None:
        self.names: dict[str, None] = {}
        self._kill_at = kill_at

    def __call__(self, name: str) -> None:
        self.names[name] = None
        if name == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(kill_at: str = "") -> Passed:
    """Arm this process. Once: it lives for one job."""
    passed = Passed(kill_at)
    kill_points.arm(passed)
    commit = BaseDatabaseWrapper.commit

    def told(self: BaseDatabaseWrapper) -> None:
        name = f"commit in {_place()}"
        passed(f"{name}, before")
        commit(self)
        passed(f"{name}, after")

    BaseDatabaseWrapper.commit = told  # type: ignore[method-assign]
    connection_created.connect(lambda connection, **_: _watch(connection, passed), weak=False)
    return passed


def _watch(connection: BaseDatabaseWrapper, passed: Passed) -> None:
    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found = None if connection.in_atomic_block else WRITES.match(sql)
        if found is None or found[1] in UNTOLD:
            return execute(sql, params, many, context)
        name = f"write of {found[1]} in {_place()}"
        passed(f"{name}, before")
        done = execute(sql, params, many, context)
        passed(f"{name}, after")
        return done

    if not any(getattr(each, "kills", False) for each in connection.execute_wrappers):
        wrapper.kills = True  # type: ignore[attr-defined]
        connection.execute_wrappers.append(wrapper)


def _place() -> str:
    """Return the function of ours that the stack leads to."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.split(".")[0] in OURS and not module.startswith(PASSED_OVER):
            return f"{module}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "no code of ours"
