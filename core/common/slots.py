"""How many may do something at once, over all processes of this machine.

A slot is a lock on a file: the system gives it back when its holder ends, however it ends.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


class AllTaken(Exception):
    """So many are at it already."""


@contextmanager
def slot(name: str, *, most: int) -> Iterator[None]:
    """Hold one of ``most`` slots. Raises AllTaken at once: nobody waits here."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(most):
        with (folder / f"{name}-{number}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield
            return
    raise AllTaken(f"All {most} slots of {name} are taken.")
