"""A place that files are taken from and put to: what every kind of place does, and what is the same for all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from core.files.models import FileFolder, FileKind

QUIET = 10.0  # seconds that a file stays as it is: younger ones may be half there
MOST = 200  # files in one run; the next one goes on
UNREADY = (".tmp", ".part", ".filepart", ".crdownload")
TAKEN, REFUSED = "taken", "refused"
TRIES = 50  # names beside one that is taken


class FolderTrouble(Exception):
    """The place can't be used. The message says why, and what to do.

    ``is_passing``: it may be over by itself, and is told when it lasts. ``rest``: how long the place is left alone at
    least, where asking again does harm.
    """

    is_passing = False
    rest = timedelta(0)


class PlaceBusy(Exception):
    """Too many others are at such places just now; nothing was asked of this one."""


class FilesIn(Protocol):
    """A folder that files come in by."""

    def names(self) -> list[str]:
        """Return the files that are ready to be read, the oldest first. Raises FolderTrouble."""

    def read(self, name: str) -> bytes:
        """Return what stands in a file, a byte more than is taken at most. Raises FolderTrouble."""

    def put_away(self, name: str, where: str) -> None:
        """Move a file to ``TAKEN`` or ``REFUSED``, beside those that were there before. Raises FolderTrouble."""

    def refused(self) -> Sequence[str]:
        """Return where each of those is that could not be read. Raises FolderTrouble."""

    def path_of(self, name: str) -> str:
        """Return where a file is, for people."""


class FilesOut(Protocol):
    """A folder that files of ours are put into."""

    def put(self, name: str, data: bytes, *, show: Callable[[], object], was_shown: bool = False) -> bool:
        """Write a file under its name, whole or not at all. One that is there already with the same content is it.

        ``show`` is called before it can be seen there. ``was_shown``: it was called before, and whether it was seen
        nobody knows. Where the file is not there then, and not half there either, somebody took it: False, and it is
        not put again. Never writes over another. Raises FolderTrouble.
        """


class FilePlace(Protocol):
    """The folders of a cart or a warehouse."""

    def inbox(self, kind: FileKind, merchant_id: int | None = None) -> FilesIn | None:
        """Return where files of a kind come in; one merchant's own, where they are. None where there is no such."""

    def outbox(self, kind: FileKind) -> FilesOut: ...


class PlaceAdapter(Protocol):
    """A kind of place."""

    every: timedelta  # how often one is looked into

    def is_there(self) -> bool:
        """Whether the operator has this kind of place at all."""

    def where(self, folder: FileFolder) -> str:
        """Return where it is, for people."""

    def opened(self, folder: FileFolder, now: datetime) -> AbstractContextManager[FilePlace]:
        """Return the place for one round. Raises FolderTrouble."""


def is_ready_name(name: str) -> bool:
    """Whether a file of this name is meant to be picked up: those of a program that still writes it are not."""
    return not name.startswith(".") and not name.lower().endswith(UNREADY)


def names_beside(name: str, now: datetime) -> Iterator[str]:
    """Yield names to move a file to: its own, then with the time before it. Clients send the same name every day."""
    yield name
    stamp = f"{now:%Y%m%d-%H%M%S}"
    yield f"{stamp}-{name}"
    for place in range(2, TRIES):
        yield f"{stamp}-{place}-{name}"
