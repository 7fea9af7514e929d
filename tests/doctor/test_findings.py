"""Each thing that doctor claims to find is broken here, and found, with what to do about it."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.upkeep import installation
from integration_manager.doctor import registry
from integration_manager.doctor.registry import EXAMINATIONS, Level
from integration_manager.management.commands import doctor
from tests.doctor.breakages import (
    BREAKING,
    E,
    W,
    expire_sessions,
    hide_folder,
    lose_database,
    open_database,
    open_folder,
    raising,
    write_open_secret,
)
from tests.doctor.sound import Sound

pytestmark = pytest.mark.django_db


def ran(*arguments: str) -> tuple[dict[str, dict[str, Any]], int]:
    """What ``doctor --json`` found by name, and how it ended."""
    said, code = io.StringIO(), 0
    try:
        call_command(doctor.Command(), "--json", *arguments, stdout=said)
    except SystemExit as ended:
        code = int(str(ended.code))
    return {each["name"]: each for each in json.loads(said.getvalue())["checks"]}, code


@pytest.mark.respx(assert_all_called=False, assert_all_mocked=False)
@pytest.mark.parametrize(("name", "level", "break_it", "word"), BREAKING, ids=[f"{n}-{v}" for n, v, _, _ in BREAKING])
def test_what_is_broken_is_found(
    sound: Sound, name: str, level: Level, break_it: Callable[[Sound], Any], word: str
) -> None:
    whole, _ = ran("--only", name)
    assert whole[name]["level"] in ("fine", "skipped"), whole

    break_it(sound)
    found, code = ran("--only", name)

    assert found[name]["level"] == level, found
    assert word in found[name]["said"]
    assert found[name]["remedy"].endswith(".")
    assert code == {W: 1, E: 2}[level]


def test_each_check_is_broken_above() -> None:
    assert len(EXAMINATIONS) >= 25
    assert {name for name, *_ in BREAKING} == set(EXAMINATIONS)


@pytest.mark.respx(assert_all_called=False, assert_all_mocked=False)
def test_nothing_is_found_where_nothing_is_wrong(sound: Sound) -> None:
    found, code = ran()

    assert {name for name, each in found.items() if each["level"] in ("warning", "error")} == set()
    assert code == 0


@pytest.mark.respx(assert_all_called=False, assert_all_mocked=False)
@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("data-folder", hide_folder),
        ("secret-files", write_open_secret),
        ("private-data", open_folder),
        ("private-data", open_database),
        ("sessions", expire_sessions),
    ],
)
def test_what_can_be_mended_without_a_decision_is_mended(
    sound: Sound, name: str, break_it: Callable[[Sound], Any]
) -> None:
    break_it(sound)

    found, code = ran("--only", name, "--fix")

    assert (found[name]["level"], found[name]["mended"], code) == ("fine", True, 0)


@pytest.mark.respx(assert_all_called=False, assert_all_mocked=False)
def test_without_a_database_the_other_checks_go_on(sound: Sound) -> None:
    lose_database(sound)

    found, code = ran("--only", "database", "--only", "owner", "--only", "disk")

    assert [found[name]["level"] for name in ("database", "owner", "disk")] == ["error", "skipped", "fine"]
    assert code == 2


def test_a_check_that_fails_by_itself_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = registry.Examination("disk", raising(RuntimeError("oops")), False, "", None)
    monkeypatch.setitem(EXAMINATIONS, "disk", broken)

    found, _ = ran("--only", "disk", "--only", "debug")

    assert "RuntimeError" in found["disk"]["said"]
    assert found["debug"]["level"] == "fine"


def test_a_check_nobody_knows_is_named() -> None:
    with pytest.raises(CommandError, match="no check called disc.*disk"):
        call_command(doctor.Command(), "--only", "disc")


@pytest.mark.respx(assert_all_called=False, assert_all_mocked=False)
def test_people_read_each_finding_with_its_remedy(sound: Sound) -> None:
    installation.pause("Somebody said so.")
    said = io.StringIO()

    with pytest.raises(SystemExit):
        call_command(doctor.Command(), "--only", "paused", stdout=said)

    assert "!!  paused: The portal is paused" in said.getvalue()
    assert "→ Run manage.py resume" in said.getvalue()
    assert "1 check, 0 errors, 1 warning." in said.getvalue()


@pytest.mark.respx(assert_all_called=False, assert_all_mocked=False)
def test_looking_with_a_mistyped_address_does_not_pause_the_portal_beside_it(sound: Sound) -> None:
    installation.get()
    right, sound.settings.PUBLIC_URL = sound.settings.PUBLIC_URL, "https://protal.test"

    found, _ = ran("--only", "paused")

    assert "https://protal.test" in found["paused"]["said"]
    sound.settings.PUBLIC_URL = right
    assert installation.why_paused() == ""


@pytest.mark.respx(assert_all_called=False, assert_all_mocked=False)
def test_without_a_data_folder_the_disk_is_not_looked_at(sound: Sound) -> None:
    sound.settings.DATA_DIR = sound.folder / "nowhere"

    found, _ = ran("--only", "disk", "--only", "data-folder")

    assert (found["disk"]["level"], found["data-folder"]["level"]) == ("skipped", "error")
