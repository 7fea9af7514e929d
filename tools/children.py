"""Servers as our children: they start on a free port, and end when we end, however we end."""

import ctypes
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PATIENCE = 30.0

libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class DidNotStartError(Exception):
    """A server we started ended at once or never answered. The message holds the end of its log."""


@contextmanager
def child(
    command: list[str],
    *,
    folder: Path,
    answers: Callable[[], bool],
    stop: signal.Signals,
    user: str | None = None,
    env: dict[str, str] | None = None,
    patience: float = PATIENCE,
) -> Iterator[None]:
    """Run a server for the length of a with-block. A session of its own keeps our terminal's Ctrl-C from it."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=lambda: die_with_parent(stop),
        )
    try:
        wait_until(answers, process, log, patience)
        yield
    finally:
        end(process, stop)


def run(command: list[str], *, env: dict[str, str]) -> int:
    """Run a program in the foreground and return how it ended. Ctrl-C reaches it too; it is given time to tidy up."""
    process = subprocess.Popen(command, env=env, preexec_fn=lambda: die_with_parent(signal.SIGTERM))
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait(timeout=60)
        raise
    finally:
        end(process, signal.SIGTERM)


def die_with_parent(stop: signal.Signals) -> None:
    """Ask the kernel to stop this process when its parent is gone, even by SIGKILL (Linux only)."""
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, int(stop))


def wait_until(
    answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, patience: float = PATIENCE
) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if answers():
            return
        time.sleep(0.05)
    raise DidNotStartError(f"{process.args!r} did not start. Its log ends: {log.read_text(errors='replace')[-2000:]}")


def end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(stop)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def unwind_on_sigterm() -> None:
    """Make SIGTERM leave through every with-block, as Ctrl-C does."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
