"""The data folder: one portal at a time works on it, commands by hand find its ports, and nobody else reads it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from integration_manager import data_folder
from integration_manager.data_folder import LOCK, RunningPortal
from integration_manager.management.commands import portal
from tests import loaded_settings
from tests.running import processes

HOLDER = """
import os, pathlib, sys
from integration_manager import data_folder
here = data_folder.RunningPortal(os.getpid(), 8123, 9923)
with data_folder.hold(pathlib.Path(sys.argv[1]), here):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that works on the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=processes.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_portal_is_told_which_one_works_there(
    other: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "PAUSE", 0)

    with (
        pytest.raises(data_folder.Occupied) as refused,
        data_folder.hold(tmp_path, RunningPortal(1, 2, 3)),
    ):
        pass

    assert refused.value.by == RunningPortal(other.pid, 8123, 9923)


def test_commands_by_hand_go_by_the_ports_of_the_portal_that_runs(
    other: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = loaded_settings.load(monkeypatch, tmp_path)
    assert (found.PORT, found.SIMULATOR_PORT) == (8123, 9923)
    assert found.PUBLIC_URL == "http://127.0.0.1:8123"
    assert found.MARKETPLACES["amazon"]["lwa_url"] == "http://127.0.0.1:9923/auth/o2/token"

    given = loaded_settings.load(monkeypatch, tmp_path, PORT="8200", SIMULATOR_PORT="9999")
    assert (given.PORT, given.SIMULATOR_PORT) == (8200, 9999)

    other.kill()  # whatever its file says
    other.wait()
    after = loaded_settings.load(monkeypatch, tmp_path)
    assert (8000, 9900, RunningPortal()) == (after.PORT, after.SIMULATOR_PORT, after.RUNNING)


def test_what_ended_leaves_the_folder_to_the_next(tmp_path: Path) -> None:
    for port in (1, 2):
        with data_folder.hold(tmp_path, RunningPortal(7, port, 9)):
            assert json.loads((tmp_path / LOCK).read_text())["port"] == port
            assert data_folder.running(tmp_path) == RunningPortal(7, port, 9)
        assert data_folder.running(tmp_path) is None


def test_a_lock_that_says_nothing_is_a_lock(tmp_path: Path) -> None:
    with data_folder.hold(tmp_path, RunningPortal(7, 8, 9)):
        (tmp_path / LOCK).write_text("{")
        assert data_folder.running(tmp_path) == RunningPortal()


def test_what_is_made_in_it_is_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "deep" / "var"

    loaded_settings.load(monkeypatch, folder)
    (folder / "portal.sqlite3").touch()
    (folder / "mail").mkdir()

    assert [each.stat().st_mode & 0o777 for each in (folder, folder.parent)] == [0o700, 0o700]
    assert (folder / "portal.sqlite3").stat().st_mode & 0o777 == 0o600
    assert data_folder.open_to_others(folder) == []


def test_what_was_open_is_closed_to_others_and_stays_as_open_to_its_owner(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.mkdir(mode=0o700)
    letter = mail / "1.log"
    letter.touch(0o600)
    for path, mode in ((letter, 0o644), (mail, 0o750), (tmp_path, 0o755)):
        path.chmod(mode)
    assert data_folder.open_to_others(tmp_path) == [tmp_path, mail, letter]

    data_folder.close_to_others(tmp_path)

    assert [path.stat().st_mode & 0o777 for path in (tmp_path, mail, letter)] == [0o700, 0o700, 0o600]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()

    found = loaded_settings.load(monkeypatch, tmp_path / "file" / "var")

    assert "cannot be made (Not a directory)" in found.SETTING_PROBLEMS["DATA_DIR"]


@pytest.mark.django_db
def test_the_portal_does_not_start_on_an_occupied_folder_or_a_later_database(
    other: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(data_folder, "PAUSE", 0)
    monkeypatch.setattr(portal.embedded, "claim_port", lambda *_, **__: None)
    monkeypatch.setattr(portal.Command, "_set_former_data_aside", lambda _: None)
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError, match=rf"already \(process {other.pid}, at port 8123\)"):
        call_command(portal.Command())

    other.kill()
    other.wait()
    MigrationRecorder(connection).record_applied("orders", "0999_later")
    with pytest.raises(CommandError, match="later version, which made orders.0999_later.*roll back"):
        call_command(portal.Command())

    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file"
    with pytest.raises(CommandError, match="cannot be written to"):
        call_command(portal.Command())
