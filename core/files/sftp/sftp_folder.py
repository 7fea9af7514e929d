"""A folder on somebody's SFTP server: files are read whole, moved once taken, and put so that none is seen half.

Its clock is not ours: a file is ready when it is as it was at an earlier look. Names come from there, too: one that
leads elsewhere, or that nobody could type, is left alone and named.
"""

import errno
import posixpath
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from paramiko import SFTPAttributes, SFTPClient

from core.common import clock
from core.common.one_line import fold
from core.common.sheets.sheet_refusal import MOST_BYTES
from core.files.file_place import MOST, QUIET, REFUSED, is_ready_name, names_beside
from core.files.sftp.sftp_session import LISTED, SftpSession
from core.files.sftp.sftp_trouble import LineLost, SftpTrouble

MOST_IN_ALL = 50 * 1024 * 1024  # bytes of one folder in one round
LONGEST_NAME = 150  # characters
NAMED = 20  # files that could not be read
WAITING = 2_000  # files that are remembered from one look to the next, the oldest
AT_ONCE = 16  # pieces of a file on their way
Seen = dict[str, list[float]]  # path: size, time there, and since when it is like that, by our clock


class SftpFolder:
    """``known`` is what was seen at the last look; what is seen now is added to ``seen``."""

    def __init__(
        self,
        session: SftpSession,
        path: str,
        done: str,
        *,
        known: Mapping[str, Any],
        seen: Seen,
        may_be_absent: bool = False,
    ) -> None:
        self._session, self.path, self._done = session, path, done
        self._known, self._seen, self._may_be_absent = known, seen, may_be_absent
        self._odd: list[str] = []
        self._holds_more = False

    def path_of(self, name: str) -> str:
        return f"{self._session.login.host}:{posixpath.join(self.path, name)}"

    # -- In ------------------------------------------------------------------------------------------------------------
    def names(self) -> list[str]:
        now = clock.now().timestamp()
        there: list[tuple[float, str, float]] = []
        for entry in self._listed():
            name = entry.filename
            if not is_file(entry) or not is_ready_name(name):
                continue
            if is_odd(name):
                self._odd.append(name)
                continue
            there.append((float(entry.st_mtime or 0), name, float(entry.st_size or 0)))
        ready: list[tuple[float, str, float]] = []
        for changed_at, name, size in sorted(there)[:WAITING]:
            path, facts = posixpath.join(self.path, name), [size, changed_at]
            before = self._known.get(path)
            since = before[2] if before is not None and list(before[:2]) == facts else now
            self._seen[path] = [*facts, since]
            if now - since >= QUIET:
                ready.append((changed_at, name, size))
        return list(_within(ready[:MOST]))

    def _listed(self) -> list[SFTPAttributes]:
        try:
            found = listed(self._session, self.path)
        except NoFolder:
            if self._may_be_absent:
                return []
            raise
        self._holds_more = len(found) > LISTED
        return found[:LISTED]

    def read(self, name: str) -> bytes:
        path = posixpath.join(self.path, name)
        with self._asking(f"{self.path_of(name)} can't be read") as client, client.open(path, "rb") as file:
            size = file.stat().st_size or 0
            wanted = min(size, MOST_BYTES + 1)
            file.prefetch(wanted, AT_ONCE)
            found = bytes(file.read(wanted))
            if len(found) != wanted or (file.stat().st_size or 0) != size:
                raise LineLost(f"{self.path_of(name)} changed while it was read. It is read again.")
        return found

    def put_away(self, name: str, where: str) -> None:
        below = posixpath.join(self._done, REFUSED) if where == REFUSED else self._done
        wrong = f"{self.path_of(name)} can't be moved to {below}, which must be on the same disk"
        if where == REFUSED:
            with self._asking(wrong) as client, suppress(OSError):
                client.mkdir(below)  # it is there, most often
        for beside in names_beside(name, clock.now()):
            target = posixpath.join(below, beside)
            with self._asking(wrong) as client:
                if _size(client, target) is not None:
                    continue
                client.rename(posixpath.join(self.path, name), target)
                return
        raise SftpTrouble(f"{below} holds too many files called {name}. Clear it.")

    def refused(self) -> Sequence[str]:
        if self._holds_more:
            raise SftpTrouble(
                f"{self.path_of('')} holds more than {LISTED:,} files and folders: only so many are looked at. "
                "Take away what is no longer needed."
            )
        odd = [f"{self.path_of('')}{shown(name)}" for name in self._odd]
        try:
            below = posixpath.join(self._done, REFUSED)
            found = [entry.filename for entry in islice(listed(self._session, below), NAMED) if is_file(entry)]
        except NoFolder:
            found = []
        return [*odd, *sorted(f"{self._session.login.host}:{below}/{shown(name)}" for name in found)]

    # -- Out -----------------------------------------------------------------------------------------------------------
    def put(self, name: str, data: bytes, *, show: Callable[[], object], was_shown: bool = False) -> bool:
        target, half = posixpath.join(self.path, name), posixpath.join(self.path, f".{name}.tmp")
        with self._asking(f"{self.path_of(name)} can't be written") as client:
            if (there := _size(client, target)) is not None:
                self._check(client, target, there, data)
                return True
            if was_shown and _size(client, half) is None:
                return False
            with client.open(half, "wb") as file:
                file.set_pipelined(True)
                file.write(data)
            if _size(client, half) != len(data):
                raise LineLost(f"{self.path_of(name)} was not written whole. It is written again.")
            show()
            client.rename(half, target)
        return True

    def _check(self, client: SFTPClient, target: str, size: int, data: bytes) -> None:
        """Its worker died after it was there, or somebody put another."""
        if size == len(data):
            with client.open(target, "rb") as file:
                if file.read(size) == data:
                    return
        raise SftpTrouble(
            f"{self.path_of(posixpath.basename(target))} is there already and holds something else. Move it."
        )

    @contextmanager
    def _asking(self, wrong: str) -> Iterator[SFTPClient]:
        try:
            with self._session.asking() as client:
                yield client
        except OSError as error:
            raise SftpTrouble(f"{wrong}: {said(error)}") from error


class NoFolder(SftpTrouble):
    """The folder is not there."""


def listed(session: SftpSession, path: str) -> list[SFTPAttributes]:
    """Return what a folder holds, one entry more than is looked at if it holds more. Raises SftpTrouble, NoFolder."""
    where = f"{session.login.host}:{path}"
    try:
        with session.asking() as client:
            return list(islice(client.listdir_iter(path, read_aheads=2), LISTED + 1))
    except FileNotFoundError as error:
        raise NoFolder(f"The folder {where} is not there. Make it, or correct its path.") from error
    except OSError as error:
        raise SftpTrouble(f"The folder {where} can't be looked into: {said(error)}") from error


def is_file(entry: SFTPAttributes) -> bool:
    """Whether it is one; a link is neither followed nor read."""
    return entry.st_mode is None or stat.S_ISREG(entry.st_mode)


def is_odd(name: str) -> bool:
    """Whether a name leads elsewhere, or is none that a file system here would take."""
    return (
        len(name) > LONGEST_NAME or name in ("", ".", "..") or not name.isprintable() or not set(name).isdisjoint("/\\")
    )


def shown(name: str) -> str:
    return fold(name.encode("unicode_escape").decode())[:80]


def said(error: OSError) -> str:
    """Return what a server answered, as a sentence's end."""
    if isinstance(error, FileNotFoundError):
        return "it is not there."
    if isinstance(error, PermissionError):
        return "the server forbids it. Have its rights set."
    return f"the server says “{fold(str(error.strerror or error))[:80]}”."


def _size(client: SFTPClient, path: str) -> int | None:
    """Return how large a file is, None where there is none."""
    try:
        return client.lstat(path).st_size or 0
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise


def _within(ready: Sequence[tuple[float, str, float]]) -> Iterator[str]:
    """Yield the oldest names, as many as a round may bring; one in any case."""
    total = 0.0
    for place, (_, name, size) in enumerate(ready):
        total += min(size, MOST_BYTES)
        if place and total > MOST_IN_ALL:
            return
        yield name
