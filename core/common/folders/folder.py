"""A folder as the product uses it, wherever it is: what lies there, reading it, putting it away, and writing.

Whoever writes into a folder may be at it while we look, so a file is read only once it was seen twice as it is; and we
write under another name first, and rename when all of it is there.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from core.common.remote import Rejected

MOST_FILES = 1_000  # that are looked at in one folder at once
MOST_BYTES = 5_000_000  # of a file
LONGEST_NAME = 150
UNFINISHED = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".partial", ".writing", ".swp", "~")


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file as it lies there."""

    name: str
    size: int
    changed_at: int  # seconds since 1970, by the clock of whoever keeps the folder

    @property
    def look(self) -> str:
        """What stays the same while nobody writes into it."""
        return f"{self.size}-{self.changed_at}"


class Folder(ABC):
    """Used as a context: it is connected within, and closed behind it. Every method raises RemoteError."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *error: object) -> None: ...

    @abstractmethod
    def files(self, path: str) -> list[FolderFile]:
        """Return the files of a folder, by name, without those that are said to be unfinished."""

    @abstractmethod
    def read(self, path: str, file: FolderFile) -> bytes:
        """Return all of a file. Raises Rejected for one that is too large, Unavailable for one that changed."""

    @abstractmethod
    def put_away(self, path: str, name: str, archive: str, *, as_name: str) -> None:
        """Move a file into the archive, which is made where it is not there. One that is gone was put away before."""

    @abstractmethod
    def write(self, path: str, name: str, data: bytes) -> None:
        """Put a whole file there at once, in place of one of the same name."""


def whole_files(found: list[FolderFile], seen: Mapping[str, str]) -> list[FolderFile]:
    """Return those that look as they did when they were seen before."""
    return [file for file in found if seen.get(file.name) == file.look]


def is_file_name(name: str) -> bool:
    """Whether it is the name of a file that is whole: not hidden, not a path, not one that somebody writes."""
    if not name or len(name) > LONGEST_NAME or name.startswith(".") or not name.isprintable():
        return False
    return not any(sign in name for sign in "/\\") and not name.lower().endswith(UNFINISHED)


def within(path: str) -> str:
    """Return a path below the folder it is meant in, in one form. Raises Rejected for one that leads out of it."""
    steps = [step for step in path.replace("\\", "/").split("/") if step not in ("", ".")]
    if any(step == ".." or not step.isprintable() for step in steps) or len(path) > 300:
        raise Rejected(f"“{path[:60]}” is no folder. Write its name, without “..”.")
    return ("/" if path.startswith("/") else "") + "/".join(steps)
