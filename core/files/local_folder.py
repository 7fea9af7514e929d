"""A folder on this server, below the one the operator named: files are read whole, and put so that none is seen half.

Where it is follows from what it is for, and nobody enters a path. A link is neither followed nor read.
"""

import os
import stat
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.common.sheets.sheet_refusal import MOST_BYTES

QUIET = 10.0  # seconds since a file was written: younger ones may be half there
MOST = 200  # files in one run; the next one goes on
UNREADY = (".tmp", ".part", ".filepart", ".crdownload")
TAKEN, REFUSED = "taken", "refused"


class FolderTrouble(Exception):
    """The folder can't be used. The message says why, and what to do."""


class LocalFolder:
    def __init__(self, root: str, *parts: str) -> None:
        self.path = Path(root).joinpath(*parts)
        self._root, self._parts = Path(root), parts

    def make(self) -> None:
        """Make the folder, and what is below it. Raises FolderTrouble."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if self.path.resolve() != self._root.resolve().joinpath(*self._parts):
                raise FolderTrouble(f"{self.path} leads elsewhere by a link. Remove the link.")
        except OSError as problem:
            raise FolderTrouble(f"{self.path} can't be used: {problem.strerror}.") from problem

    def names(self) -> list[str]:
        """Return the files that are ready to be read, the oldest first. Raises FolderTrouble."""
        self.make()
        ready = []
        with os.scandir(self.path) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    facts = entry.stat(follow_symlinks=False)
                    is_quiet = time.time() - facts.st_mtime >= QUIET
                    is_named = not entry.name.startswith(".") and not entry.name.lower().endswith(UNREADY)
                    if stat.S_ISREG(facts.st_mode) and is_named and is_quiet:
                        ready.append((facts.st_mtime, entry.name))
        return [name for _, name in sorted(ready)[:MOST]]

    def read(self, name: str) -> bytes:
        """Return what stands in a file, a byte more than is taken at most. Raises FolderTrouble."""
        try:
            with os.fdopen(os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError as problem:
            raise FolderTrouble(f"{self.path / name} can't be read: {problem.strerror}.") from problem

    def put_away(self, name: str, where: str) -> None:
        """Move a file below, beside those that were there before. Raises FolderTrouble."""
        below = LocalFolder(str(self._root), *self._parts, where)
        below.make()
        for place in range(1000):
            target = below.path / (f"{place}-{name}" if place else name)
            try:
                os.link(self.path / name, target, follow_symlinks=False)
                os.unlink(self.path / name)
            except FileExistsError:
                continue
            except OSError as problem:
                raise FolderTrouble(f"{self.path / name} can't be moved: {problem.strerror}.") from problem
            return
        raise FolderTrouble(f"{below.path} holds too many files called {name}. Clear it.")

    def refused(self) -> Sequence[str]:
        """Return the names of what lies there because it could not be read."""
        below = self.path / REFUSED
        return sorted(entry.name for entry in os.scandir(below)) if below.is_dir() else []

    def put(self, name: str, data: bytes) -> None:
        """Write a file under its name, whole or not at all. One that is there already with the same content is it.

        Never writes over another. Raises FolderTrouble.
        """
        self.make()
        target, half = self.path / name, self.path / f".{name}.tmp"
        try:
            with open(half, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(half, target)
            except FileExistsError:
                if target.is_symlink() or target.read_bytes() != data:
                    raise FolderTrouble(f"{target} is there already and holds something else. Move it.") from None
            finally:
                os.unlink(half)
        except OSError as problem:
            raise FolderTrouble(f"{target} can't be written: {problem.strerror}.") from problem
