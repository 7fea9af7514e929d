"""The test of an SFTP server: one step after another, each named, with what to do where it fails."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from core.files.models import SftpServer
from core.files.sftp import host_keys
from core.files.sftp.sftp_folder import listed, said
from core.files.sftp.sftp_session import SftpSession
from core.files.sftp.sftp_trouble import NoWayIn, SftpTrouble

SECONDS = 15.0  # somebody waits for it
PROBE = ".integration-manager-test.tmp"  # a name that nobody picks up


@dataclass(slots=True)
class SftpFindings:
    """What a test found: the key that the server showed, and what each step came to, with the problem or ""."""

    offered_key: str
    steps: list[tuple[str, str]]


def look(server: SftpServer, session: SftpSession) -> SftpFindings:
    """Try everything that a round does. Nothing secret is said to a server whose key was not accepted."""
    found = SftpFindings("", [])
    folders = [("Folder to pick up from", server.folder_in), ("Folder to put into", server.folder_out)]
    folders += [("Folder for files that were taken", server.folder_done)]
    folders += [("Folder of stock", server.folder_stock)] if server.folder_stock else []

    def greet() -> None:
        found.offered_key = _offered(session)

    def key() -> None:
        if found.offered_key != server.host_key:
            raise SftpTrouble(_unlike(server, found.offered_key))

    steps: list[tuple[str, Callable[[], object]]] = [
        ("Connection", greet),
        ("Its key", key),
        ("Log-in", session.open),
        *((name, partial(listed, session, path)) for name, path in folders),
        ("Writing", lambda: _try_move(session, server.folder_out, server.folder_out)),
        ("Moving what was taken", lambda: _try_move(session, server.folder_in, server.folder_done)),
    ]
    for name, step in steps:
        try:
            step()
        except SftpTrouble as why:
            found.steps.append((name, str(why)))
            break
        found.steps.append((name, ""))
    return found


def _offered(session: SftpSession) -> str:
    """Return the key it shows: of the accepted kind, else of the best it has."""
    try:
        return session.greet()
    except NoWayIn:  # it has no key of the accepted kind any more
        return session.greet(any_key=True)


def _unlike(server: SftpServer, offered: str) -> str:
    shown = host_keys.fingerprint(offered)
    if server.host_key:
        before = host_keys.fingerprint(server.host_key)
        return f"It changed: it was {before} and is {shown}. Ask whoever runs that server before you accept it below."
    return f"It is {shown}. Compare it with what whoever runs that server says, then accept it below."


def _try_move(session: SftpSession, path: str, to: str) -> None:
    """Write a file, move it and remove it. Raises SftpTrouble."""
    first, second = f"{path.rstrip('/')}/{PROBE}", f"{to.rstrip('/')}/{PROBE}2.tmp"
    at = f"A file can't be written in {path}"
    try:
        with session.asking() as client:
            with client.open(first, "wb") as file:
                file.write(b"test")
            at = f"A file can't be moved from {path} to {to}, which must be on the same disk"
            with suppress(OSError):
                client.remove(second)  # of a test that was cut off
            client.rename(first, second)
            at = f"A file can't be removed in {to}"
            client.remove(second)
    except OSError as error:
        raise SftpTrouble(f"{at}: {said(error)}") from error
