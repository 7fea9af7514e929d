"""A worker on another host, whose clock is 70 seconds ahead of the scheduler's: it works, and its clock is named."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.running import processes
from tools import broker, children, postgres

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(400)]
AHEAD = """
import sys
from datetime import UTC, datetime, timedelta
import time_machine
from celery.__main__ import main
sys.argv = ["celery", "-A", "integration_manager.celery:app", "worker", "--pool", "threads", "--concurrency", "2"]
with time_machine.travel(datetime.now(UTC) + timedelta(seconds=70)):
    main()
"""
BEAT = "from celery.__main__ import main; import sys; sys.argv = {argv}; main()"


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis of our own, with a worker and a scheduler on them."""
    if postgres.find() is None:
        pytest.skip("NO POSTGRESQL on this machine: run `make test`")
    with ExitStack() as running:
        server = running.enter_context(postgres.private_server(durable=False))
        redis = running.enter_context(broker.private_server())
        env = processes.environment(tmp_path, **{**processes.CONTAINERS, "DATABASE_URL": server, "REDIS_URL": redis})
        env |= {"PYTHONPATH": str(processes.ROOT)}
        migrate = [sys.executable, str(processes.ROOT / "manage.py"), "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run(migrate, env=env, check=True)
        argv = ["celery", "-A", "integration_manager.celery:app", "beat", "--pidfile", ""]
        for name, program in (("worker", AHEAD), ("beat", BEAT.format(argv=argv))):
            folder = tmp_path / name
            folder.mkdir()
            command = [sys.executable, "-c", program]
            running.enter_context(
                children.child(command, folder=folder, env=env, answers=lambda: True, stop=signal.SIGTERM)
            )
        yield env


def test_a_worker_whose_clock_is_ahead_makes_every_sweep(hosts: dict[str, str]) -> None:
    until, swept = time.monotonic() + 150, 0
    with psycopg.connect(hosts["DATABASE_URL"], autocommit=True) as database:
        while swept < 5 and time.monotonic() < until:
            time.sleep(1)
            (swept,) = database.execute("SELECT count(*) FROM upkeep_heartbeat WHERE kind = 'sweep'").fetchone() or (0,)

    assert swept >= 5
    command = [sys.executable, str(processes.ROOT / "manage.py"), "doctor", "--only", "process-clocks", "--json"]
    found = subprocess.run(command, env=hosts, capture_output=True, text=True, check=False)
    (check,) = json.loads(found.stdout)["checks"]
    assert check["level"] == "error"
    assert "seconds ahead of the database's" in check["said"]
