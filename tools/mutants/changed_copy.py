"""A copy of the tree with one thing changed, and what the tests say of it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tools import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".mypy_cache", ".hypothesis", "pictures")
EVERYWHERE = -1
ENDED_WELL, FAILED = 0, 1  # as pytest says it
PATIENCE = 900  # seconds
_moments = count(int(time.time()))


@dataclass(frozen=True, slots=True)
class Mutant:
    """A protection, where it stands, what it is replaced by, and the tests that are to notice."""

    promise: str
    file: str
    old: str
    new: str
    tests: Sequence[str]
    at: int = 0  # which of the places where ``old`` stands
    on_postgresql: bool = False  # what SQLite has nothing of

    def apply(self, tree: Path) -> None:
        """Change it there. Raises ValueError where it no longer stands as it did."""
        path = tree / self.file
        text, place = path.read_text(), -1
        for _ in range(max(self.at, 0) + 1):
            place = text.find(self.old, place + 1)
            if place < 0:
                raise ValueError(f"{self.file} no longer has: {self.old}")
        once = text[:place] + self.new + text[place + len(self.old) :]
        path.write_text(text.replace(self.old, self.new) if self.at == EVERYWHERE else once)


@contextmanager
def copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        yield tree


def is_noticed(mutant: Mutant, tree: Path) -> bool:
    """Whether a test fails with it. Raises RuntimeError where the tests could not be run at all."""
    path = tree / mutant.file
    before = path.read_text()
    mutant.apply(tree)
    _touch(path)
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--tb=line"]
        env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONPYCACHEPREFIX": str(tree.parent / "bytecode")}
        with postgres.database() if mutant.on_postgresql else nullcontext() as database:
            if database:
                env |= {"DATABASE_URL": database, "EMBEDDED": "true"}
            done = subprocess.run(
                [*command, *mutant.tests],
                cwd=tree,
                env=env,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
    finally:
        path.write_text(before)
        _touch(path)
    if done.returncode not in (ENDED_WELL, FAILED):
        raise RuntimeError((done.stdout + done.stderr)[-1500:])
    return done.returncode == FAILED


def _touch(path: Path) -> None:
    """Give it a time of its own: what was compiled of another text as long, in the same second, is not taken for it."""
    later = next(_moments)
    os.utime(path, (later, later))
