"""Leaving doors open under the tests: stands in for ``visible_to``, and plays tests again with a door open.

As a plugin of pytest (``-p tools.mutants.open_door``, and in ``DOORS`` the names of doors, a line each) it plays each
test as it is, and then once with each of the doors open that it came by and that no test before noticed.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.utils.module_loading import import_string

from tools.mutants.changed_copy import ROOT
from tools.mutants.doors import Door, doors

# By name: pytest brings this module in before the models are there.
ROWS = ("core.accounts.models.OwnedQuerySet", "core.alerts.models.AlertQuerySet")
KEPT = "core.common.kept_statements.KeptStatement"
MANAGER = "django/db/models/manager.py"  # a manager hands on to its queryset
NOTICED, CAME_BY = "NOTICED", "CAME BY"


class Watched:
    """Notes where ``visible_to`` is called from, and leaves one of those places open."""

    def __init__(self) -> None:
        self.passed: set[tuple[str, int]] = set()
        self.open: Door | None = None
        self._known: dict[str, str] = {}

    @contextmanager
    def standing(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patched:
            for rows in map(import_string, ROWS):
                patched.setattr(rows, "visible_to", self._instead_of(rows.visible_to))
            # A statement that is written once would stay as it was: it is written again each time.
            patched.setattr(import_string(KEPT), "rows", lambda kept, *given: list(kept._write(*given)))
            yield

    def has_passed(self, door: Door) -> bool:
        return any(door.is_at(*place) for place in self.passed)

    def _instead_of(self, kept: Any) -> Any:
        def visible_to(rows: Any, access: Any) -> Any:
            frame = sys._getframe(1)
            while frame.f_code.co_filename.endswith(MANAGER) and frame.f_back is not None:
                frame = frame.f_back
            file = self._name_of(frame.f_code.co_filename)
            self.passed.add((file, frame.f_lineno))
            if self.open is not None and self.open.is_at(file, frame.f_lineno):
                return rows.all()
            return kept(rows, access)

        return visible_to

    def _name_of(self, file: str) -> str:
        if file not in self._known:
            path = Path(file)
            self._known[file] = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else file
        return self._known[file]


class Played:
    """The doors that are still to be noticed."""

    def __init__(self) -> None:
        names = os.environ.get("DOORS", "").splitlines()
        self.watched, self.left = Watched(), [door for door in doors() if door.name in names]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        with self.watched.standing():
            self._play(item)
        item.session._setupstate.teardown_exact(nextitem)
        return True

    def _play(self, item: pytest.Item) -> None:
        self.watched.passed, self.watched.open = set(), None
        fails = _fails(item)
        came_by = [door for door in self.left if self.watched.has_passed(door)]
        for door in came_by:
            print(f"\n{CAME_BY}\t{door.name}", flush=True)
        if fails:
            print(f"\nfails as it is: {item.nodeid}", flush=True)
            return
        for door in came_by:
            self.watched.open = door
            if not _fails(item):
                continue
            self.watched.open = None
            if not _fails(item):  # so it was the door
                self.left.remove(door)
                print(f"\n{NOTICED}\t{door.name}\t{item.nodeid}", flush=True)


def _fails(item: Any) -> bool:
    """Play it from the beginning; what its module stands on stays."""
    item._initrequest()
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=item.parent))


def pytest_configure(config: pytest.Config) -> None:
    if "DOORS" in os.environ and "tools.mutants.open_door" in config.getoption("plugins"):
        config.pluginmanager.register(Played())
