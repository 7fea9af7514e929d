"""The processes of production: the simulated Amazon, workers and scheduler. Each can be killed and comes back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil

from tools import children

CELERY = [sys.executable, "-m", "celery", "-A", "integration_manager.celery:app"]
WORKERS = 2  # hosts with a worker each
CHILDREN = 2  # processes of a worker


class Process:
    """A program that somebody restarts when it ends, as docker and systemd do."""

    def __init__(self, name: str, command: list[str], folder: Path) -> None:
        self.name, self.command, self.log = name, command, folder / f"{name}.log"
        self.started = 0
        self._start()

    def _start(self) -> None:
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: children.die_with_parent(signal.SIGKILL),
            )
        self.started += 1

    def watch(self) -> None:
        """Start it again if it ended."""
        if self._popen.poll() is not None:
            self._start()

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it and what it started: by SIGKILL as the kernel does, by SIGTERM as a deployment."""
        if number != signal.SIGKILL:
            self._popen.send_signal(number)
            return
        for each in [*self.offspring(), psutil.Process(self._popen.pid)]:
            _kill(each)
        self._popen.wait()

    def kill_one(self, choice: float) -> bool:
        """Kill one of its children by SIGKILL; False when it has none just now."""
        offspring = self.offspring()
        if not offspring:
            return False
        return _kill(offspring[int(choice * len(offspring))])

    def offspring(self) -> list[psutil.Process]:
        try:
            return list(psutil.Process(self._popen.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return []

    def end(self) -> None:
        if self._popen.poll() is None:
            self.kill()


class Processes(ExitStack):
    """All of them, ended on leaving."""

    def __init__(self, folder: Path, simulator_url: str) -> None:
        super().__init__()
        port = simulator_url.rpartition(":")[2]
        simulate = [sys.executable, "manage.py", "simulate", "--port", port, "--orders", "0", "--seed", "7"]
        self.simulator = self._add(Process("simulator", simulate, folder))
        _wait(simulator_url)
        self.workers = [
            self._add(Process(f"worker-{number}", worker(f"soak-{number}"), folder)) for number in range(WORKERS)
        ]
        self.beat = self._add(Process("beat", beat(folder), folder))

    def _add(self, process: Process) -> Process:
        self.callback(process.end)
        return process

    def __iter__(self) -> Iterator[Process]:
        return iter([*self.workers, self.beat])

    def watch(self) -> None:
        for process in self:
            process.watch()


def worker(name: str) -> list[str]:
    options = ["--concurrency", str(CHILDREN), "--max-tasks-per-child", "500", "--hostname", f"{name}@%h"]
    return [*CELERY, "worker", "--loglevel", "warning", "--without-gossip", "--without-mingle", *options]


def beat(folder: Path) -> list[str]:
    return [*CELERY, "beat", "--loglevel", "warning", "--schedule", str(folder / "beat"), "--pidfile", ""]


def _kill(process: psutil.Process) -> bool:
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{url}/_journal", params={"kind": "grant"}, timeout=2, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise children.DidNotStartError(f"Nothing answers at {url}.")
