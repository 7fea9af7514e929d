"""A folder on this server, below the one the operator named: files are read whole, and put so that none is seen half.

Where it is follows from what it is for, and nobody enters a path. A link is neither followed nor read.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from core.common import clock
from core.common.sheets.sheet_refusal import MOST_BYTES
from core.files import folder_records
from core.files.file_place import MOST, QUIET, REFUSED, FolderTrouble, is_ready_name, names_beside
from core.files.models import FileFolder, FileKind


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

    def path_of(self, name: str) -> str:
        return str(self.path / name)

    def names(self) -> list[str]:
        self.make()
        ready = []
        with os.scandir(self.path) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    facts = entry.stat(follow_symlinks=False)
                    is_quiet = time.time() - facts.st_mtime >= QUIET
                    if stat.S_ISREG(facts.st_mode) and is_ready_name(entry.name) and is_quiet:
                        ready.append((facts.st_mtime, entry.name))
        return [name for _, name in sorted(ready)[:MOST]]

    def read(self, name: str) -> bytes:
        try:
            with os.fdopen(os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError as problem:
            raise FolderTrouble(f"{self.path / name} can't be read: {problem.strerror}.") from problem

    def put_away(self, name: str, where: str) -> None:
        below = LocalFolder(str(self._root), *self._parts, where)
        below.make()
        for beside in names_beside(name, clock.now()):
            try:
                os.link(self.path / name, below.path / beside, follow_symlinks=False)
                os.unlink(self.path / name)
            except FileExistsError:
                continue
            except OSError as problem:
                raise FolderTrouble(f"{self.path / name} can't be moved: {problem.strerror}.") from problem
            return
        raise FolderTrouble(f"{below.path} holds too many files called {name}. Clear it.")

    def refused(self) -> Sequence[str]:
        below = self.path / REFUSED
        return sorted(entry.path for entry in os.scandir(below)) if below.is_dir() else []

    def put(self, name: str, data: bytes, *, show: Callable[[], object], was_shown: bool = False) -> bool:
        self.make()
        target, half = self.path / name, self.path / f".{name}.tmp"
        if was_shown and not os.path.lexists(target) and not os.path.lexists(half):
            return False
        try:
            with open(half, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            show()
            is_it = True
            try:
                os.link(half, target)
            except FileExistsError:
                is_it = not target.is_symlink() and target.read_bytes() == data
            os.unlink(half)  # as long as it is there, it tells that the file was not
        except OSError as problem:
            raise FolderTrouble(f"{target} can't be written: {problem.strerror}.") from problem
        if not is_it:
            raise FolderTrouble(f"{target} is there already and holds something else. Move it.")
        return True


class LocalPlace:
    """The folders of a cart or a warehouse below the operator's."""

    def __init__(self, root: str, *below: str) -> None:
        self._root, self._below = root, below

    def inbox(self, kind: FileKind, merchant_id: int | None = None) -> LocalFolder:
        return LocalFolder(self._root, *self._below, kind.value, *([str(merchant_id)] if merchant_id else []))

    def outbox(self, kind: FileKind) -> LocalFolder:
        return LocalFolder(self._root, *self._below, kind.value)


class LocalPlaces:
    every = timedelta(seconds=30)

    def is_there(self) -> bool:
        return bool(settings.FILES_DIR)

    def where(self, folder: FileFolder) -> str:
        return str(Path(settings.FILES_DIR).joinpath(*folder_records.parts_of_row(folder)))

    @contextmanager
    def opened(self, folder: FileFolder, now: datetime) -> Iterator[LocalPlace]:
        yield LocalPlace(settings.FILES_DIR, *folder_records.parts_of_row(folder))
