"""Workers are killed by SIGKILL at named points, and another one goes on: nothing lost, nothing twice, nothing untold.

Here at a few points; ``make soak ARGS=--kill-points`` does it at every one.
"""

import ast
import inspect
from collections.abc import Iterator
from contextlib import nullcontext
from math import inf
from pathlib import Path

import pytest

from core.common import kill_points
from core.common.bounded_http import BoundedHttp
from tests.running import processes
from tools.kill_points import matrix
from tools.kill_points.matrix import Ended, KeptPoints

PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
LOW_DOWN = {
    "core/common/bounded_http.py": "it is what everything else asks by, and names each call",
    "core/common/bounded_mail.py": "what mail goes out by; whoever sends one names it",
    "integration_manager/doctor/reachability.py": "it asks whether something is there, and sends nothing",
    "integration_manager/management/demonstration.py": "it plays buyers and sellers at the simulated Amazon",
    "integration_manager/management/played_wms.py": "it plays a warehouse's system, which calls us",
}
CLIENTS = {"httpx", "requests", "urllib.request", "http.client", "socket", "ftplib", "paramiko", "asyncssh"}
OUTGOING = {"get", "post", "put", "patch", "delete", "request", "stream", "Client", "AsyncClient", "urlopen"}
OUTGOING |= {"create_connection", "HTTPConnection", "HTTPSConnection", "SSHClient", "Transport", "FTP"}
# Where an answer got lost between the other side and us: what each of the three kinds of thing sent does about it.
SENT = ("extensiv POST /orders, after", "amazon confirmShipment, after", "mail, after")
PRESSED = "write of inventory_stocklevel in no code of ours, before"  # somebody counts, who has to press again
HERE = (*SENT, PRESSED)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in sorted((processes.ROOT / package).rglob("*.py")):
            name = file.relative_to(processes.ROOT).as_posix()
            if "/migrations/" not in name:
                yield name, ast.parse(file.read_text())


def test_whatever_goes_out_names_itself() -> None:
    """Through the one client, which asks each for its name; or as mail, within ``kill_points.around``."""
    unnamed = []
    for name, tree in modules():
        around = {
            id(each)
            for block in ast.walk(tree)
            if isinstance(block, ast.With) and any("kill_points.around" in ast.unparse(item) for item in block.items)
            for each in ast.walk(block)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or name in LOW_DOWN:
                continue
            client = ast.unparse(call.func.value) in CLIENTS and call.func.attr in OUTGOING
            sends = call.func.attr in {"send", "send_messages", "sendmail"} and not call.args
            mail = sends and "message" in ast.unparse(call.func)
            if (client or mail) and id(call) not in around:
                unnamed.append(f"{name}:{call.lineno} {ast.unparse(call)[:60]}")

    asked = inspect.signature(BoundedHttp.ask).parameters["call"]
    assert unnamed == []
    assert (asked.kind, asked.default) == (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty)


def test_nothing_in_the_product_arms_a_point() -> None:
    arming = [name for name, tree in modules() if "kill_points.arm" in ast.unparse(tree)]

    assert arming == []
    assert kill_points._at is None


@pytest.mark.embedded
@pytest.mark.timeout(400)
def test_who_was_killed_at_a_point_leaves_nothing_lost_doubled_or_untold(migrated: Path, tmp_path: Path) -> None:
    with matrix.days(tmp_path, migrated / "portal.sqlite3") as played:
        calm = played.play()
        ends = [calm, *(played.play(point, like=calm) for point in HERE)]

    assert [ended.line() for ended in ends if not ended.is_clean] == []
    assert all(ended.killed for ended in ends[1:])
    assert len(calm.points) > 100
    assert set(HERE) < set(calm.points)


class TwoDays:
    """On the first day, a bucket was empty for a second."""

    def __init__(self) -> None:
        self.killed_at: list[str] = []
        self._passed = iter([["a", "b", "trouble"], ["a", "b"]])

    def play(self, kill_at: str = "", *, like: Ended | None = None) -> Ended:
        self.killed_at += [kill_at] if kill_at else []
        return Ended(kill_at, bool(kill_at), 8, points=[] if kill_at else next(self._passed))


def test_what_was_passed_on_one_undisturbed_day_alone_is_said_and_not_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played, said = TwoDays(), list[str]()
    monkeypatch.setattr(matrix, "days", lambda folder: nullcontext(played))

    ends, left = matrix.every_point(tmp_path, said.append, kept=KeptPoints(tmp_path / "kept"), until=inf)

    assert (played.killed_at, [ended.at for ended in ends], left) == (["a", "b"], ["", "a", "b"], 0)
    assert any("trouble" in line for line in said)
