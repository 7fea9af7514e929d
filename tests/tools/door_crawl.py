"""Every question of tests/foreign_rows.py, again and again with one query beginning with all rows: ``doors`` runs it.

In one process, and for each door only the questions that come by it: the whole is a few minutes.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from core.accounts.models import OwnedQuerySet
from core.alerts.models import AlertQuerySet
from simulator.amazon import Simulator
from tests.foreign_rows import Question, questions
from tests.test_tenancy import Things, ours, theirs
from tools.mutants.changed_copy import ROOT
from tools.mutants.doors import Door, doors

__all__ = ["ours", "theirs"]
pytestmark = pytest.mark.django_db


MANAGER = "django/db/models/manager.py"  # a manager hands on to its queryset


class Doors:
    """Stands in for ``visible_to``: notes where it is called from, and leaves one of those places open."""

    def __init__(self) -> None:
        self.passed: set[tuple[str, int]] = set()
        self.open: Door | None = None
        self._known: dict[str, str] = {}

    def name_of(self, file: str) -> str:
        if file not in self._known:
            path = Path(file)
            self._known[file] = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else file
        return self._known[file]

    @contextmanager
    def standing(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        with monkeypatch.context() as patched:
            for rows in (OwnedQuerySet, AlertQuerySet):
                patched.setattr(rows, "visible_to", self._watched(rows.visible_to))
            yield

    def _watched(self, kept: Any) -> Any:
        def visible_to(rows: Any, access: Any) -> Any:
            frame = sys._getframe(1)
            while frame.f_code.co_filename.endswith(MANAGER) and frame.f_back is not None:
                frame = frame.f_back
            file = self.name_of(frame.f_code.co_filename)
            self.passed.add((file, frame.f_lineno))
            if self.open is not None and self.open.is_at(file, frame.f_lineno):
                return rows.all()
            return kept(rows, access)

        return visible_to


def test_every_door(ours: Things, theirs: Things, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    watch, asked = Doors(), list(questions(ours, theirs))
    every = list(doors())
    by_door: dict[Door, list[Question]] = defaultdict(list)
    with watch.standing(monkeypatch):
        for question in asked:
            watch.passed = set()
            assert not question.tells(), question.about
            for door in every:
                if any(door.is_at(*place) for place in watch.passed):
                    by_door[door].append(question)
        survivors = []
        for door in every:
            watch.open = door
            if not any(_is_noticed(question) for question in by_door[door]):
                survivors.append(door)
                said = "UNNOTICED" if by_door[door] else "NOT COME BY"
                print(f"{said:<12}{door.file}:{door.first}  {door.receiver}", flush=True)
    print(f"{len(every)} doors, {len(asked)} questions, {len(survivors)} unnoticed", flush=True)
    assert survivors == []


def _is_noticed(question: Question) -> bool:
    before = transaction.savepoint()
    try:
        return question.tells()
    finally:
        transaction.savepoint_rollback(before)
