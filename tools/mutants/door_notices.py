"""Who notices a door that is left open: the crawl of strangers, a test, or another filter. Kept in door_notices.txt.

A line each: the door, and ``crawl``, the test, or ``narrowed twice: `` and what else keeps others out. The latter alone
is written by hand; tests/tools/test_mutants.py wants a line for every door there is.
"""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from tools.mutants.changed_copy import ENDED_WELL, FAILED, ROOT
from tools.mutants.door_tests import tests_for
from tools.mutants.doors import Door, doors
from tools.mutants.open_door import CAME_BY, NOTICED

KEPT = Path(__file__).with_name("door_notices.txt")
CRAWL, TWICE = "crawl", "narrowed twice: "


def kept() -> dict[str, str]:
    """By the door's name."""
    return dict(line.split("\t", 1) for line in KEPT.read_text().splitlines())


def keep(found: Mapping[str, str], *, forgotten: Collection[str] = ()) -> None:
    """Write them down in the order the doors stand in; those that are gone are left out."""
    known = {**{name: who for name, who in kept().items() if name not in forgotten}, **found}
    KEPT.write_text("".join(f"{door.name}\t{known[door.name]}\n" for door in doors() if door.name in known))


def look(word: str, first: int, *, anew: bool) -> int:
    """Leave one door after the other open, from this number on, and say who notices. Return how many nobody did."""
    known, every = kept(), list(doors())
    chosen = [
        door
        for number, door in enumerate(every, 1)
        if number >= first and word in door.name and (anew or door.name not in known)
    ]
    noticed = set(_by_crawl(chosen)) if chosen else set()
    by_test, came_by = _by_tests([door for door in chosen if door.name not in noticed])
    noticed |= by_test
    left = [door.name for door in chosen if door.name not in noticed and not known.get(door.name, "").startswith(TWICE)]
    keep({}, forgotten=left)
    for name in left:
        print(f"{name}\t{'unnoticed' if name in came_by else 'nobody came by'}")
    print(f"{len(every)} doors, {len(chosen)} left open, {len(left)} noticed by nobody")
    return len(left)


def _by_crawl(chosen: Sequence[Door]) -> Iterator[str]:
    for line in _played(chosen, ["tests/tools/door_crawl.py"], may_fail=False):
        if line[-1] == CRAWL:
            keep({line[0]: CRAWL})
            yield line[0]


def _by_tests(chosen: Sequence[Door]) -> tuple[set[str], set[str]]:
    """Return the names of the doors that a test noticed, and of those that one came by."""
    tests = sorted({test for door in chosen for test in tests_for(door)})
    noticed, came_by = set[str](), set[str]()
    for line in _played(chosen, ["-p", "tools.mutants.open_door", "--timeout", "0", *tests]) if tests else ():
        if line[0] == NOTICED:
            keep({line[1]: line[2]})
            noticed.add(line[1])
        elif line[0] == CAME_BY:
            came_by.add(line[1])
    return noticed, came_by


def _played(chosen: Sequence[Door], arguments: Sequence[str], *, may_fail: bool = True) -> Iterator[list[str]]:
    """Run these tests and yield what they print, line by line. Raises RuntimeError where they could not be run."""
    env = {**os.environ, "DOORS": "\n".join(door.name for door in chosen)}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--tb=no", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as pytest:
        assert pytest.stdout is not None
        for line in pytest.stdout:
            yield line.rstrip("\n").split("\t")
    if pytest.returncode not in (ENDED_WELL, *([FAILED] if may_fail else [])):
        raise RuntimeError(f"{' '.join(command)} ended with {pytest.returncode}")
