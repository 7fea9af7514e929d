"""A PostgreSQL database of our own: on the server we are given, on this machine's, or on a private one.

A private server lives in a fresh temporary folder and ends with us. On anybody else's server we make one database
with a name nobody has, and drop it and the test databases made from it afterwards.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tools import children, packages

PREFIX = "integration_manager_"
# Tests need no crash safety; with it off a private server starts and truncates several times faster.
FORGETFUL = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


@contextmanager
def database(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of an empty database of our own. ``durable`` keeps a private server's safety on, for measuring."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        with on_server(given, said="of DATABASE_URL") as url:
            yield url
    elif local := answering_locally():
        with on_server(local, said="of this machine") as url:
            yield url
    else:
        with private_server(durable=durable) as server, on_server(server, said="private to this run") as url:
            yield url


@contextmanager
def on_server(server: str, *, said: str) -> Iterator[str]:
    name = PREFIX + secrets.token_hex(4)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        version = connection.info.server_version // 10000
        url = address(connection, name)
    print(f"PostgreSQL {version}, {said}; database {name}.", flush=True)
    try:
        yield url
    finally:
        drop(server, name)


def drop(server: str, name: str) -> None:
    """Drop our database and what a test run made from it, also when the run was killed half-way."""
    with psycopg.connect(server, autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE strpos(datname, %s) > 0", [name]).fetchall()
        for (ours,) in rows:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(ours)))


def address(connection: psycopg.Connection, name: str) -> str:
    told = connection.info
    login = quote(told.user, safe="") + (f":{quote(told.password, safe='')}" if told.password else "")
    return f"postgresql://{login}@{told.host}:{told.port}/{name}"


def answering_locally() -> str | None:
    """Return the address of a server on this machine that lets us make databases."""
    if not children.is_listening(int(os.environ.get("PGPORT", "5432"))):
        return None
    for login in ("", "user=postgres", "user=postgres password=postgres"):
        try:
            with psycopg.connect(f"host=127.0.0.1 dbname=postgres {login}", connect_timeout=3) as connection:
                may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                if connection.execute(may).fetchone() == (True,):
                    return address(connection, "postgres")
        except psycopg.OperationalError:
            continue
    return None


@contextmanager
def private_server(*, durable: bool) -> Iterator[str]:
    programs = ensure()
    user = unprivileged_user()
    port = children.free_port()
    with temporary_folder(user) as folder:
        cluster = str(folder / "cluster")
        initdb = [str(programs / "initdb"), "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        made = subprocess.run(
            [*initdb, "--no-sync"], user=user, cwd=folder, capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise children.DidNotStartError(f"initdb failed: {made.stderr[-2000:]}")
        command = [str(programs / "postgres"), "-D", cluster, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
        if not durable:
            command += FORGETFUL
        server = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
        with children.child(command, folder=folder, answers=lambda: answers(server), stop=signal.SIGINT, user=user):
            yield server


def ensure() -> Path:
    """Return the folder of PostgreSQL's programs, installing them where we may."""
    if (programs := find()) is None:
        packages.apt_install("postgresql")
        programs = find()
    if programs is None:
        raise packages.MissingError("PostgreSQL was installed but its initdb is nowhere to be found.")
    return programs


def find() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; root lends it another user of the machine."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextmanager
def temporary_folder(user: str | None) -> Iterator[Path]:
    """Yield a fresh folder the user can read. In /tmp: a user's own TMPDIR may be closed to others."""
    with tempfile.TemporaryDirectory(prefix="im-postgres-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        yield folder


def answers(server: str) -> bool:
    try:
        psycopg.connect(server, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True
