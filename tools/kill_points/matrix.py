"""One day of a small 3PL, played once undisturbed and then once for each point, with the worker killed there.

After the kill another worker goes on until nothing is owed; then what we have is compared with the journals of the
other sides, and with what the undisturbed day came to.
"""

import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from simulator.extensiv.warehouse_world import CANCELED
from tools.kill_points.played import HOOK, Played

ROUND = timedelta(minutes=4)  # what passes between two rounds of a worker: a dead one's claims run out in two
ROUNDS = 16
PRESSED_ONCE = ("count",)  # no later round does it: who saw no answer presses again
ENDS = ("confirmed", "canceled")
# Mail is handed over at least once: a worker that dies before it wrote down that it was taken sends it again.
MAILED_TWICE = ("mail, after", "commit in core.common.jobs._do, before", "mail")


@dataclass
class Ended:
    """How a day ended: what is wrong, by name, with what it is about."""

    at: str
    killed: bool
    rounds: int
    faults: dict[str, list[str]] = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not any(self.faults.values())

    def line(self) -> str:
        wrong = "; ".join(f"{name}: {', '.join(each[:3])}" for name, each in self.faults.items() if each)
        return (
            f"{'ok ' if self.is_clean else 'BAD'} {self.rounds:>3} rounds  {self.at or 'undisturbed'}  {wrong}".rstrip()
        )


class Hands:
    """The workers. One job after the other; each is a process of its own."""

    def __init__(self, folder: Path, played: Played) -> None:
        self.folder, self.played = folder, played
        self.database = str(folder / "day.sqlite3")
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AMAZON_", "EMAIL_"))},
            "EMBEDDED": "true",
            "DEBUG": "false",
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "REDIS_URL": "",
            "PORT": "8000",
            "SIMULATOR_PORT": str(played.port),
            "SIMULATOR_URL": played.url,
            "OUTBOUND_NETWORKS": "127.0.0.0/8",
            "EMAIL_URL": f"filemail://{folder}/mail",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VAULT_KEYS": "kill:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        self._log = (folder / "workers.log").open("ab")
        command = [sys.executable, "-m", "tools.kill_points.hands"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=env, text=True, bufsize=1
        )

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._log.close()

    def do(self, act: str, *, kill_at: str = "", **given: Any) -> dict[str, Any]:
        """Return how it ended: by which signal, or what it returned and passed. Raises RuntimeError when it failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job: dict[str, Any] = {"act": act, "with": given, "kill_at": kill_at, "database": self.database}
        job["ahead"] = self.played.ahead.total_seconds()
        self._process.stdin.write(json.dumps(job) + "\n")
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "raised" in answer:
            raise RuntimeError(f"{act} failed:\n{answer['raised']}")
        return answer


class Days:
    """Plays the day as often as wanted, each time from the same beginning."""

    def __init__(self, folder: Path, played: Played) -> None:
        self.folder, self.played = folder, played
        self.hands = Hands(folder, played)
        self._fresh = folder / "fresh.sqlite3"

    def furnish(self) -> None:
        """Make the database that each day begins with, and keep the other sides as they are then."""
        self.played.begin_again()
        sellers = [
            {
                "seller_id": seller.id,
                "name": seller.name,
                "place": seller.homes[0],
                "refresh_token": self.played.amazon.grant(seller.id),
            }
            for seller in self.played.amazon.sellers[:2]
        ]
        self.sellers = [(each["seller_id"], each["place"]) for each in sellers]
        self.hands.do("furnish", sellers=sellers, warehouse_url=f"{self.played.url}/wms", hook=self.played.url + HOOK)
        _copy(Path(self.hands.database), self._fresh)
        self.played.amazon.save(self.folder / "amazon.json")

    def play(self, kill_at: str = "", *, like: "Ended | None" = None) -> Ended:
        """Play the day once. ``like``: what it should come to."""
        self._begin()
        ended = Ended(kill_at, False, 0)
        ordered = [self.played.amazon.place_order(*self.sellers[each % 2]) for each in range(5)]
        points: dict[str, None] = {}

        def do(act: str) -> Any:
            answer = self.hands.do(act, kill_at="" if ended.killed else kill_at)
            points.update(dict.fromkeys(answer.get("passed", ())))
            killed = answer["signal"] == signal.SIGKILL
            ended.killed = ended.killed or killed
            return do(act) if killed and act in PRESSED_ONCE else answer.get("returned")

        failed: list[str] = []
        for number in range(ROUNDS):
            ended.rounds = number + 1
            self._later()
            failed += do("sweep") or []
            if number == 2:
                do("count")
                self.played.amazon.cancel(ordered[0])
                self.played.amazon.cancel(ordered[1])
            if number >= 4:
                do("ship")
                self.played.close_at_warehouse()
            if number < 7:
                continue
            ended.state = self.hands.do("look")["returned"]
            if self._rests(ended.state, ordered):
                break
        ended.points = list(points)
        ended.faults = self._faults(ended, ordered, failed, like)
        return ended

    def _begin(self) -> None:
        for beside in ("", "-wal", "-shm"):
            Path(self.hands.database + beside).unlink(missing_ok=True)
        _copy(self._fresh, Path(self.hands.database))
        shutil.rmtree(self.folder / "mail", ignore_errors=True)
        (self.folder / "mail").mkdir()
        self.played.begin_again()
        self.played.amazon.world = type(self.played.amazon).load(self.folder / "amazon.json").world
        self.hands.do("resume")

    def _later(self) -> None:
        self.played.ahead += ROUND

    def _rests(self, state: Mapping[str, Any], ordered: Sequence[str]) -> bool:
        done = all(state["orders"].get(number) in ENDS for number in ordered)
        return done and not any(owed for owed, _ in state["owed"].values())

    # -- Judging -------------------------------------------------------------------------------------------------------
    def _faults(
        self, ended: Ended, ordered: Sequence[str], failed: Sequence[str], like: "Ended | None"
    ) -> dict[str, list[str]]:
        state, amazon = ended.state, self.played.amazon
        told = {(each["order_id"], each["tracking"]) for each in amazon.journal("confirmation")}
        there = Counter(
            order["referenceNum"]
            for order in self.played.site.world.orders.values()
            if order["readOnly"]["status"] != CANCELED
        )
        packages = {number: len(amazon.order(number).get("packages") or ()) for number in ordered}
        shipped = Counter(number for number, _ in state["packages"])
        mails = self._mails()
        twice = 2 if ended.at.startswith(MAILED_TWICE) or "mail" in ended.at else 1
        skus = {sku: told for sku, (wanted, told) in state["stock"].items()}
        wrong = {
            "killed nobody": [ended.at] if ended.at and not ended.killed else [],
            "orders lost": [number for number in ordered if number not in state["orders"]],
            "twice at a warehouse": [
                *(number for number, times in there.items() if times > 1),
                *(number for number, times in state["releases"].items() if times > 1),
            ],
            "shipped and neither told nor alerted": [
                number
                for number, tracking in state["packages"]
                if (number, tracking) not in told and number not in state["alerted"]
            ],
            "package doubled": [
                *(number for number, times in shipped.items() if times > 1),
                *(number for number, times in packages.items() if times > 1),
            ],
            "stock not as wanted": [sku for sku, (wanted, there) in state["stock"].items() if wanted != there],
            "mailed more often": [name for name, times in mails.items() if times > twice],
            "webhooks missing": [str(state["undelivered"])] if state["undelivered"] else [],
            "never at rest": [json.dumps(state["owed"])] if not self._rests(state, ordered) else [],
            "stuck without an alert": [
                name for name, (_, stuck) in state["owed"].items() if stuck and not state["alerts"]
            ],
            "stranded": ["a pull that nobody holds"] if state["stranded"] else [],
            "paused": [state["paused"]] if state["paused"] else [],
            "failed": list(failed) if not ended.at else [],
        }
        if like is not None:
            wrong["another end"] = [
                f"{number} {state['orders'].get(number)}"
                for number, should in zip(ordered, like.state["ends"], strict=True)
                if state["orders"].get(number) != should and number not in state["alerted"]
            ]
            wrong["fewer mails"] = [] if len(mails) >= like.state["mails"] else [str(len(mails))]
            wrong["other stock"] = sorted(sku for sku, told in like.state["told"].items() if skus.get(sku) != told)
        state |= {"ends": [state["orders"].get(number) for number in ordered], "mails": len(mails), "told": skus}
        return {name: found for name, found in wrong.items() if found}

    def _mails(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for file in (self.folder / "mail").glob("*"):
            for part in file.read_bytes().split(b"-" * 79):
                name = message_from_bytes(part.strip())["Message-ID"]
                if name:
                    found[name] += 1
        return found


class KeptPoints:
    """The points that went well, a line each: whoever was interrupted goes on with the others."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.done = set(file.read_text().splitlines()) if file.is_file() else set()

    def add(self, point: str) -> None:
        self.done.add(point)
        with self._file.open("a") as lines:
            lines.write(f"{point}\n")

    def forget(self) -> None:
        self.done = set()
        self._file.unlink(missing_ok=True)


def _copy(database: Path, to: Path) -> None:
    """Also of what still stands beside the file."""
    with closing(sqlite3.connect(database)) as here, closing(sqlite3.connect(to)) as there:
        here.backup(there)


@contextmanager
def days(folder: Path, migrated: Path | None = None) -> Iterator[Days]:
    """``migrated``: a database with its tables made, to begin with a copy of."""
    with Played() as played:
        made = Days(folder, played)
        if migrated is not None:
            _copy(migrated, Path(made.hands.database))
        try:
            made.furnish()
            yield made
        finally:
            made.hands.end()


def every_point(
    folder: Path, say: Callable[[str], None], only: Sequence[str] = (), *, kept: "KeptPoints", until: float
) -> tuple[list[Ended], int]:
    """Play the day at every point that is not done, or at those of these names, until ``monotonic`` says so.

    Undisturbed, it is played twice: what is passed on one of these days alone hangs on a second more or less, and
    nobody can be killed there for certain. Returns how each ended, an undisturbed one first, and how many are left.
    """
    with days(folder) as played:
        calm = played.play()
        again = played.play(like=calm)
        say(calm.line())
        say(again.line())
        for point in sorted({*calm.points} ^ {*again.points}):
            say(f"--              {point}: on one of two undisturbed days, left out")
        ends = [again if calm.is_clean else calm]
        left = list(only) or [point for point in calm.points if point in again.points and point not in kept.done]
        while left and time.monotonic() < until:
            ends.append(played.play(left.pop(0), like=calm))
            say(ends[-1].line())
            if ends[-1].is_clean:
                kept.add(ends[-1].at)
    return ends, len(left)
