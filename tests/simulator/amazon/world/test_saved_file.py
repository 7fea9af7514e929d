"""The file between two runs, as the command keeps it."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from simulator.amazon import Simulator
from simulator.amazon.world.saved_file import Keeper
from tests.simulator.amazon.published_models import ROOT
from tests.simulator.amazon.seats import BLUE_MUG, CLIENT


def test_changes_are_kept_while_running_and_at_the_end(sim: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "state.json"
    keeper = Keeper(lambda: sim.save(file), lambda: sim.world.changes, every=0.05)
    keeper.start()
    order_id = sim.place_order()
    for _ in range(100):
        if file.exists() and order_id in file.read_text(encoding="utf-8"):
            break
        time.sleep(0.05)
    assert order_id in file.read_text(encoding="utf-8")
    last = sim.place_order()
    keeper.stop()
    assert last in file.read_text(encoding="utf-8")


@pytest.mark.embedded
def test_the_command_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    file, port = tmp_path / "state.json", _free_port()
    first = _started(file, port)
    grant = httpx.post(f"http://127.0.0.1:{port}/_control/grants", json={"seller_id": BLUE_MUG}).json()
    _stopped(first)

    second = _started(file, port)
    form = {"grant_type": "refresh_token", "refresh_token": grant["refresh_token"], **CLIENT}
    answer = httpx.post(f"http://127.0.0.1:{port}/auth/o2/token", data=form)
    _stopped(second)

    assert answer.status_code == 200


def _started(file: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "simulate", "--port", str(port), "--state", str(file), "--orders", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    for _ in range(300):
        try:
            httpx.get(f"http://127.0.0.1:{port}/_health").raise_for_status()
            return process
        except httpx.TransportError:
            assert process.poll() is None, "the command ended by itself"
            time.sleep(0.1)
    raise AssertionError("the command did not come up")


def _stopped(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
