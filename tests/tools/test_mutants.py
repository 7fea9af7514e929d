"""Every protection that is to be taken out still stands where the list says, and its tests are there."""

import re

from tools.mutants import door_notices
from tools.mutants.changed_copy import ROOT
from tools.mutants.doors import doors
from tools.mutants.promises import PROMISES

SECURITY = (ROOT / "docs" / "security.md").read_text()


def test_each_protection_stands_where_it_is_looked_for() -> None:
    gone = [each.promise for each in PROMISES if each.old not in (ROOT / each.file).read_text()]
    missing = [test for each in PROMISES for test in each.tests if not (ROOT / test).is_file()]

    assert (gone, missing) == ([], [])
    assert len({each.promise for each in PROMISES}) == len(PROMISES)


def test_every_door_is_found_by_its_lines() -> None:
    found = list(doors())

    assert len(found) > 100
    for each in found:
        lines = (ROOT / each.file).read_text().splitlines()[each.first - 1 : each.last]
        assert ".visible_to(" in "\n".join(lines)
        assert each.is_at(each.file, each.last)
        assert not each.is_at(each.file, each.last + 1)


def test_it_is_known_who_notices_each_door_that_is_left_open() -> None:
    known, names = door_notices.kept(), {door.name for door in doors()}
    tests = {who for who in known.values() if who != door_notices.CRAWL and not who.startswith(door_notices.TWICE)}
    gone = [each for each in tests if not _is_there(*each.partition("[")[0].split("::"))]

    assert names - set(known) == set(), (
        "a new door: `python -m tools.mutants doors` finds out who notices, and keeps it"
    )
    assert set(known) - names == set(), "no such door any more: take its line out of tools/mutants/door_notices.txt"
    assert gone == []


def _is_there(file: str, test: str) -> bool:
    return (ROOT / file).is_file() and f"def {test}(" in (ROOT / file).read_text()


def test_security_md_names_tests_that_are_there_and_every_promise() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", SECURITY))
    tests = set(re.findall(r"`(test_\w+)`", SECURITY))
    there = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))

    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []
    assert [name for name in sorted(tests) if f"def {name}(" not in there] == []
    assert [each.promise for each in PROMISES if each.promise not in SECURITY] == []
