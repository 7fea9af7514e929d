"""Every question of tests/foreign_rows.py, again and again with one query beginning with all rows: ``doors`` runs it.

In one process, and for each door only the questions that come by it. ``DOORS`` names those that are asked about.
"""

import os
from collections import defaultdict

import pytest
import time_machine

from simulator.amazon import Simulator
from tests.foreign_rows import Answer, Question, questions
from tests.test_tenancy import Things, ours, theirs
from tools.mutants.door_notices import CRAWL
from tools.mutants.doors import Door, doors
from tools.mutants.open_door import Watched

__all__ = ["ours", "theirs"]
pytestmark = pytest.mark.django_db


@pytest.mark.timeout(0)
def test_doors(still: time_machine.Traveller, ours: Things, theirs: Things, simulator: Simulator) -> None:
    chosen, watched = os.environ.get("DOORS", "").splitlines(), Watched()
    every = [door for door in doors() if not chosen or door.name in chosen]
    by_door: dict[Door, list[tuple[Question, Answer]]] = defaultdict(list)
    with watched.standing():
        for question in list(questions(ours, theirs)):
            watched.passed.clear()
            answer = question.answer()
            assert not answer.gives_away, question.about
            for door in every:
                if watched.has_passed(door):
                    by_door[door].append((question, answer))
        for door in every:
            watched.open = door
            noticed = next((each.about for each, closed in by_door[door] if each.is_noticed(closed)), None)
            said = [noticed, CRAWL] if noticed else ["unnoticed" if by_door[door] else "nobody came by"]
            print(door.name, *said, sep="\t", flush=True)
