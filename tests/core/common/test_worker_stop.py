"""A real worker that is told to stop: its children hear it, and finish what they are at."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery import Celery

from tests.running import processes
from tools import broker

pytestmark = [pytest.mark.services, pytest.mark.both_databases]
ROOT = Path(__file__).resolve().parents[3]
COMMAND = ["worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "warning"]


def appears(path: Path) -> bool:
    ends = time.monotonic() + 40
    while not path.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    return path.exists()


def test_a_child_of_a_worker_hears_that_it_is_to_stop(tmp_path: Path) -> None:
    with broker.private_server() as url:
        database = f"sqlite:///{tmp_path / 'own.sqlite3'}"
        env = os.environ | {"DATA_DIR": str(tmp_path), "REDIS_URL": url, "DATABASE_URL": database, "EMBEDDED": "true"}
        if not processes.copy_migrated(tmp_path / "own.sqlite3"):  # before its task, a worker asks whether it may send
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--no-input"]
            subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        command = [sys.executable, "-m", "celery", "-A", "tests.core.common.waiting_worker:app", *COMMAND]
        with subprocess.Popen(command, cwd=ROOT, env=env) as worker:
            try:
                Celery("asking", broker=url).send_task("tests.wait")
                assert appears(tmp_path / "began")
                worker.send_signal(signal.SIGTERM)

                assert worker.wait(40) == 0
            finally:
                worker.kill()

    assert (tmp_path / "heard").exists()
