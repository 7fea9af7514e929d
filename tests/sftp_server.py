"""A real SFTP server for tests, and a line to it that breaks."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network

import pytest

from core.files.sftp.sftp_session import SftpLogin, SftpSession
from tools import packages, ssh_server
from tools.ssh_server import SshServer

HERE = "127.0.0.1"
LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture(scope="session")
def started_sshd() -> Iterator[SshServer]:
    try:
        with ssh_server.serving() as server:
            yield server
    except packages.MissingError as why:
        pytest.skip(str(why))


@pytest.fixture
def sshd(started_sshd: SshServer) -> SshServer:
    """OpenSSH's server with nothing in its folders."""
    for name in ssh_server.FOLDERS:
        for path in sorted((started_sshd.folder / name).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    return started_sshd


def login(server: SshServer, **fields: object) -> SftpLogin:
    """Log in there as its user, with its key accepted."""
    known = " ".join((server.folder / "host_key.pub").read_text().split()[:2])
    said = {"private_key": server.private_key, "host_key": known, "port": server.port, **fields}
    return SftpLogin(HERE, user=server.user, **said)  # type: ignore[arg-type]


@contextmanager
def session(wanted: SftpLogin, *, whole: float = 30.0) -> Iterator[SftpSession]:
    made = SftpSession(wanted, LOOPBACK, whole=whole)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def breaking(port: int, *, after: int) -> Iterator[int]:
    """Yield the port of a line to a server on ``port`` that breaks after so many bytes of what it says."""
    listening = socket.create_server((HERE, 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                _carry(listening.accept()[0], port, after)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def _carry(client: socket.socket, port: int, left: int) -> None:
    with client, socket.create_connection((HERE, port)) as server, suppress(OSError):
        while left > 0:
            for ready in select.select([client, server], [], [])[0]:
                piece = ready.recv(min(16_384, left))
                if not piece:
                    return
                (server if ready is client else client).sendall(piece)
                left -= len(piece) if ready is server else 0
