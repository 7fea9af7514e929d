"""While workers die, connections end and Amazon misbehaves, nothing is lost, nothing is sent twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.soak import outcome

ROOT = Path(__file__).resolve().parents[2]
MINUTES, SETTLE = 1.0, 8.0


@pytest.mark.services
@pytest.mark.timeout(60 * (MINUTES + SETTLE + 2))
def test_a_short_soak_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    report = tmp_path / "soak.json"
    command = [
        sys.executable,
        "-m",
        "tools.soak",
        "--minutes",
        str(MINUTES),
        "--settle",
        str(SETTLE),
        "--json",
        str(report),
    ]

    soaked = subprocess.run(command, cwd=ROOT, env=surroundings(), capture_output=True, text=True, check=False)

    assert soaked.returncode == 0, soaked.stdout[-4000:] + soaked.stderr[-4000:]


def surroundings() -> dict[str, str]:
    """The environment without this run's database and broker: the soak brings its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "REDIS_URL"))}


def test_a_package_told_twice_as_a_new_one_is_a_fault_and_as_an_edit_is_none() -> None:
    once = {"order_id": "1-1", "tracking": "1Z1", "edit": False}
    again = {**once, "edit": True}

    assert outcome.doubled([once, again]) == []
    assert outcome.doubled([once, dict(once), again]) == ["1-1"]


def test_what_is_there_twice_is_named_once() -> None:
    assert outcome.repeated(["b", "a", "b", "b"]) == ["b"]
