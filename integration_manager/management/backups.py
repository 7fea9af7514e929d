"""Backups: the whole database, encrypted, with what it should come to; and reading one."""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from core.common import clock, vault
from core.upkeep import sealed_file

PART = 256 * 1024


class NoBackup(Exception):
    """There is none, or it can't be read. The message says why, and what to do."""


def make(to: Path, *, dump: IO[bytes] | None = None) -> dict[str, Any]:
    """Write an encrypted backup, readable by nobody else, in place of an older one of this name. Returns its contents.

    ``dump``: what pg_dump wrote, where that runs elsewhere.
    """
    told: dict[str, Any] = {"made_at": clock.now().isoformat(), "database": connection.vendor}
    ring = vault.ring(tuple(settings.VAULT_KEYS))
    half = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, _dumped(dump) as (counted, dumped):
            told["rows"] = counted
            head = json.dumps(told).encode()
            sealed_file.write(ring, _pieces(head, dumped), file, nonce=secrets.token_bytes(8))
            file.flush()
            os.fsync(file.fileno())
        half.replace(to)
    finally:
        half.unlink(missing_ok=True)
    if settings.BACKUP_MARK:
        Path(settings.BACKUP_MARK).touch()
    return told


def opened(backup: Path, to: Path) -> dict[str, Any]:
    """Decrypt a backup into a dump that sqlite3 or pg_restore takes. Returns its contents. Raises NoBackup.

    Where it is cut off or damaged, nothing is left of the dump.
    """
    ring = vault.ring(tuple(settings.VAULT_KEYS))
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file, backup.open("rb") as source:
            pieces, head = sealed_file.read(ring, source), b""
            for piece in pieces:
                head += piece
                if b"\n" in head:
                    break
            told, _, rest = head.partition(b"\n")
            file.write(rest)
            for piece in pieces:
                file.write(piece)
        found: dict[str, Any] = json.loads(told)
    except (vault.Unopenable, ValueError) as error:
        to.unlink(missing_ok=True)
        raise NoBackup(f"{backup.name} does not open: {error}.") from error
    except OSError as error:
        raise NoBackup(f"{error.filename or backup} can't be read or written: {error.strerror}.") from error
    return found


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        model._meta.db_table: model._default_manager.count() for model in apps.get_models(include_auto_created=True)
    }


def tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True)]


# -- Dumping -----------------------------------------------------------------------------------------------------------
Dump = tuple[dict[str, int], IO[bytes]]  # how many rows it has of each table, and what to read it from


def _pieces(head: bytes, dumped: IO[bytes]) -> Iterator[bytes]:
    yield head + b"\n"
    while piece := dumped.read(PART):
        yield piece


@contextmanager
def _dumped(given: IO[bytes] | None) -> Iterator[Dump]:
    if given is not None:
        yield rows(), given
    elif connection.vendor == "sqlite":
        with _copy() as dump:
            yield dump
    else:
        with _pg_dump() as dump:
            yield dump


@contextmanager
def _copy() -> Iterator[Dump]:
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as folder:
        name, copy = str(connection.settings_dict["NAME"]), Path(folder) / "copy.sqlite3"
        with closing(sqlite3.connect(name)) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there)
            counted = {table: there.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables()}
        with copy.open("rb") as file:
            yield counted, file


@contextmanager
def _pg_dump() -> Iterator[Dump]:
    """Dump and counts are of one moment, whatever is written meanwhile."""
    program = shutil.which("pg_dump")
    if program is None:
        raise NoBackup(
            "pg_dump is not on this machine. Run it where PostgreSQL is, and hand on what it writes: --dump -"
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot, counted = cursor.fetchone()[0], rows()
        said = connection.get_connection_params()
        env = {**os.environ, "PGPASSWORD": str(said.get("password") or "")}
        where = [f"--host={said['host']}"] if said.get("host") else []
        where += [f"--port={said['port']}"] if said.get("port") else []
        where += [f"--username={said['user']}"] if said.get("user") else []
        command = [program, "--format=custom", f"--snapshot={snapshot}", *where, str(connection.settings_dict["NAME"])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as dumping:
            assert dumping.stdout is not None
            assert dumping.stderr is not None
            yield counted, dumping.stdout
            wrong = dumping.stderr.read().decode(errors="replace").strip()
            if dumping.wait():
                raise NoBackup(f"pg_dump failed: {wrong[:300]}")
