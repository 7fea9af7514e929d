"""A folder on this machine, below the one that the operator named for files."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from core.common.folders.folder import MOST_BYTES, MOST_FILES, Folder, FolderFile, is_file_name, within
from core.common.remote import Rejected, Unavailable


class DiskFolder(Folder):
    def __init__(self, root: Path) -> None:
        """``root`` is made where it is not there. Nothing outside it is read or written, by no link either."""
        self._root = root

    def __enter__(self) -> Self:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"The folder for files can't be made here ({error.strerror}).") from error
        return self

    def __exit__(self, *error: object) -> None: ...

    def files(self, path: str) -> list[FolderFile]:
        here = self._place(path)
        try:
            here.mkdir(parents=True, exist_ok=True)
            with os.scandir(here) as entries:
                found = [_file(each) for each in entries if is_file_name(each.name) and _is_plain(each)]
        except OSError as error:
            raise Unavailable(f"The folder {path or '.'} can't be read ({error.strerror}).") from error
        return sorted(found, key=lambda file: file.name)[:MOST_FILES]

    def read(self, path: str, file: FolderFile) -> bytes:
        here = self._place(path) / file.name
        try:
            data = here.read_bytes() if here.stat().st_size <= MOST_BYTES else None
        except OSError as error:
            raise Unavailable(f"{file.name} can't be read ({error.strerror}).") from error
        if data is None:
            raise Rejected(f"{file.name} is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        if len(data) != file.size:
            raise Unavailable(f"{file.name} changed while it was read.")
        return data

    def put_away(self, path: str, name: str, archive: str, *, as_name: str) -> None:
        shelf = self._place(archive)
        try:
            shelf.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                os.replace(self._place(path) / name, shelf / as_name)
        except OSError as error:
            raise Unavailable(f"{name} can't be moved into {archive} ({error.strerror}).") from error

    def write(self, path: str, name: str, data: bytes) -> None:
        here = self._place(path)
        first = here / f".{name}.part"
        try:
            here.mkdir(parents=True, exist_ok=True)
            first.write_bytes(data)
            os.replace(first, here / name)
        except OSError as error:
            raise Unavailable(f"{name} can't be written here ({error.strerror}).") from error

    def _place(self, path: str) -> Path:
        place = (self._root / within(path).lstrip("/")).resolve()
        if not place.is_relative_to(self._root.resolve()):
            raise Rejected(f"The folder {path[:60]} leads out of the one for files.")
        return place


def _is_plain(entry: "os.DirEntry[str]") -> bool:
    return entry.is_file(follow_symlinks=False)


def _file(entry: "os.DirEntry[str]") -> FolderFile:
    stat = entry.stat(follow_symlinks=False)
    return FolderFile(entry.name, stat.st_size, int(stat.st_mtime))
