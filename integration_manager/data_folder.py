"""The folder that one process keeps its data in: nobody else's to read, and worked on by one portal at a time.

``manage.py portal`` holds a lock on a file there, in which it says where it serves. So a second one is refused by name,
and commands by hand find the ports of the one that runs. The system lets go of the lock when its holder ends, however.
"""

import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from core.common import vault

LOCK = "portal.lock"
OTHERS = stat.S_IRWXG | stat.S_IRWXO
TRIES, PAUSE = 10, 0.1  # seconds between them: whoever asks who runs holds the lock for a moment, too


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """The process that works on a folder. Zeros where its file does not say."""

    process: int = 0
    port: int = 0
    simulator_port: int = 0


class Occupied(Exception):
    """Another portal works on this folder."""

    def __init__(self, by: RunningPortal) -> None:
        super().__init__(f"process {by.process}")
        self.by = by


def prepare(folder: Path, problems: dict[str, str]) -> RunningPortal:
    """Make the folder, where it is missing, and let what is made from now on be read by nobody else.

    Returns who works on it, zeros where nobody does. What is wrong is a sentence in ``problems``.
    """
    os.umask(OTHERS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        said = f"DATA_DIR is {folder}, which cannot be made ({problem.strerror}). Name a folder to write to."
        problems["DATA_DIR"] = said
    return running(folder) or RunningPortal()


def kept_secret(folder: Path, name: str, problems: dict[str, str]) -> str:
    """Return the secret that is kept there, made when first asked for; one that opens nothing where it cannot be."""
    try:
        return vault.kept_secret(folder / name)
    except OSError as problem:
        said = f"DATA_DIR is {folder}, where {name} cannot be kept ({problem.strerror}). Name a folder to write to."
        problems.setdefault("DATA_DIR", said)
        return secrets.token_urlsafe(50)


def running(folder: Path) -> RunningPortal | None:
    """Return who works on the folder at this moment."""
    try:
        with (folder / LOCK).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _said(folder)
    except OSError:
        pass
    return None


@contextmanager
def hold(folder: Path, here: RunningPortal) -> Iterator[None]:
    """Be the one that works on the folder. Raises Occupied, and OSError where the folder cannot be written to."""
    with (folder / LOCK).open("a+") as file:
        _take(file, folder)
        file.truncate(0)
        file.write(json.dumps(asdict(here)))
        file.flush()
        yield
        file.truncate(0)


def _take(file: IO[str], folder: Path) -> None:
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(PAUSE)
    raise Occupied(_said(folder))


def _said(folder: Path) -> RunningPortal:
    try:
        return RunningPortal(**json.loads((folder / LOCK).read_text()))
    except (OSError, ValueError, TypeError):
        return RunningPortal()


# -- Who may read it -------------------------------------------------------------------------------------------------
def open_to_others(folder: Path) -> list[Path]:
    """Return what of the folder others on this machine may read or change, the folder itself first."""
    return [each for each in (folder, *sorted(folder.rglob("*"))) if not each.is_symlink() and _is_open(each)]


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:  # gone meanwhile
        return False


def close_to_others(folder: Path) -> None:
    for each in open_to_others(folder):
        each.chmod(stat.S_IMODE(each.stat().st_mode) & ~OTHERS)
