"""A worker's app with a task that waits until its worker is to stop: ``celery -A tests.core.common.waiting_worker``."""

import os
import time
from pathlib import Path

from core.common import claims
from integration_manager.celery import app

__all__ = ["app"]

MOST = 30.0  # seconds


@app.task(name="tests.wait")
def wait() -> None:
    folder, ends = Path(os.environ["DATA_DIR"]), time.monotonic() + MOST
    (folder / "began").touch()
    while time.monotonic() < ends:
        if claims.is_stopping():
            (folder / "heard").touch()
            return
        time.sleep(0.05)
