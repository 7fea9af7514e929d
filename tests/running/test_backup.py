"""A backup of SQLite made while the portal writes: the keys open it elsewhere, and it sends nothing until told."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.running import processes
from tests.running.test_dump import ASKED, FILLED

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]


def manage(folder: Path, *arguments: str, said: str = "") -> str:
    env = processes.environment(folder, EMBEDDED="true", EMAIL_URL=f"filemail://{folder}/mail")
    command = [sys.executable, str(processes.ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, env=env, input=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def back_up(folder: Path, to: Path) -> None:
    """As docs/running.md says: the program sqlite3, or Python where it is not installed."""
    if program := shutil.which("sqlite3"):
        subprocess.run([program, str(folder / "portal.sqlite3"), f".backup '{to}'"], check=True)
        return
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as here, closing(sqlite3.connect(to)) as there:
        here.backup(there)


def test_a_backup_restored_elsewhere_or_in_place_opens_and_sends_nothing_until_told(
    migrated: Path, tmp_path: Path
) -> None:
    here, there = Path(shutil.copytree(migrated, tmp_path / "here")), tmp_path / "there"
    assert "SENDS" in manage(here, "shell", said=FILLED)
    backup = tmp_path / "portal.backup"
    with closing(sqlite3.connect(here / "portal.sqlite3")) as writer:  # somebody is at work
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("UPDATE accounts_organization SET name = name")
        back_up(here, backup)
        writer.rollback()

    there.mkdir(mode=0o700)
    for key in ("secret_key", "vault_secret"):
        shutil.copy(here / key, there / key)
    shutil.copy(backup, there / "portal.sqlite3")
    for name in ("portal.sqlite3", "portal.sqlite3-wal", "portal.sqlite3-shm"):  # in place: the old one is moved away
        if (here / name).exists():
            (here / name).rename(tmp_path / name)
    shutil.copy(backup, here / "portal.sqlite3")

    for folder in (there, here):
        assert "PAUSED\nOPENS\nCLOSED\ndue" in manage(folder, "shell", said=ASKED)
    assert "1 mails" in manage(there, "resume", "--yes")
    assert "SENDS\nOPENS\nCLOSED\ndone" in manage(there, "shell", said=ASKED)


def test_without_its_keys_a_backup_opens_nothing_and_says_so(migrated: Path, tmp_path: Path) -> None:
    here, there = Path(shutil.copytree(migrated, tmp_path / "here")), tmp_path / "there"
    manage(here, "shell", said=FILLED)
    there.mkdir(mode=0o700)
    back_up(here, there / "portal.sqlite3")

    env = processes.environment(there, EMBEDDED="true")
    looked = [sys.executable, str(processes.ROOT / "manage.py"), "doctor", "--only", "keys", "--only", "sealed"]
    found = subprocess.run(looked, env=env, capture_output=True, text=True, check=False)

    assert found.returncode == 2
    assert "XX  keys: VAULT_KEYS are not the keys of this database" in found.stdout
    assert "XX  sealed: The keys don't open sellers' authorizations" in found.stdout
