"""Worker, scheduler and watch of a real process leave their signs, and its logs are as the settings have them."""

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from core.common.bell import Bell
from integration_manager.celery import app
from tests.running import processes

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]


def signs(folder: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as database:
        return set(database.execute("SELECT kind, name FROM upkeep_heartbeat"))


def test_everything_that_runs_in_the_one_process_leaves_its_sign(folder: Path) -> None:
    often = (Bell.IMPORT_DUE, Bell.RELEASE_DUE, Bell.CONFIRM_DUE, Bell.MAIL_DUE, Bell.CHECK_DUE)
    expected = {("sweep", str(sweep)) for sweep in often}
    expected |= {("worker", "worker portal@localhost"), ("scheduler", "scheduler"), ("watch", "watch")}

    with processes.one_process(folder, SWEEP_SECONDS="0.5") as port:
        until = time.monotonic() + 150
        while not expected <= signs(folder) and time.monotonic() < until:
            time.sleep(0.5)
        health = httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30)

    assert signs(folder) >= expected
    assert health.json() == {
        "status": "ok",
        "database": True,
        "migrations": True,
        "keys": True,
        "background": True,
        "sending": True,
    }


def test_celery_leaves_the_level_of_the_logs_as_it_is_set() -> None:
    """Worker and scheduler set up their logs by this, whatever --loglevel says."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)

    app.log.setup(loglevel=logging.CRITICAL, redirect_stdouts=False)
    app.log.setup_logging_subsystem(loglevel="CRITICAL")

    assert (root.level, list(root.handlers)) == before
