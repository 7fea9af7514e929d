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


def refused(folder: Path, *arguments: str) -> str:
    env = processes.environment(folder, EMBEDDED="true")
    command = [sys.executable, str(processes.ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    return done.stderr


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


def test_an_encrypted_backup_is_proven_by_a_drill_and_says_what_is_wrong_with_it(
    migrated: Path, tmp_path: Path
) -> None:
    here = Path(shutil.copytree(migrated, tmp_path / "here"))
    manage(here, "shell", said=FILLED)
    backup = tmp_path / "portal.backup"
    assert "encrypted" in manage(here, "backup", str(backup))

    drilled = manage(here, "restore_drill", str(backup))
    manage(here, "backup", str(backup), "--open", str(tmp_path / "dump"))

    assert "sealed  opens with VAULT_KEYS" in drilled
    assert "sends   nothing: This looks like a copy" in drilled
    assert backup.stat().st_mode & 0o777 == 0o600
    assert b"Northwind" not in backup.read_bytes()
    with closing(sqlite3.connect(tmp_path / "dump")) as opened:
        assert opened.execute("SELECT name FROM accounts_organization").fetchone() == ("Northwind 3PL",)
    # Without the keys, cut off, or changed: each is said, and nothing is left behind.
    elsewhere = Path(shutil.copytree(migrated, tmp_path / "elsewhere"))
    for key in ("secret_key", "vault_secret"):
        (elsewhere / key).unlink(missing_ok=True)
    assert "with another key" in refused(elsewhere, "restore_drill", str(backup))
    whole = backup.read_bytes()
    backup.write_bytes(whole[:-100])
    assert "it is damaged" in refused(here, "restore_drill", str(backup))
    backup.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "it is damaged" in refused(here, "backup", str(backup), "--open", str(tmp_path / "half"))
    assert not (tmp_path / "half").exists()


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
