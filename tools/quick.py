"""What a change touches, in under a minute: on SQLite, in one process, without a browser. The nearest tests come first.

A change is what differs from ``main``, committed or not; on ``main`` itself, what is not committed. After SECONDS no
further test begins, and it is said how many were left. What follows the module's name goes to pytest.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tools import affected, children
from tools.test import environment

SECONDS = 35  # of testing; starting and collecting come on top
MOST_FILES = 60  # reading them all takes longer than anybody waits
MAIN = "main"
CHOSEN = "not browser and not embedded and not services"
KEPT = Path(sys.prefix) / "quick"


class Clock:
    """A pytest plugin: when the time is over, no further test begins."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.until, self.left = seconds, 0.0, 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> bool | None:
        self.until = self.until or time.monotonic() + self.seconds
        if time.monotonic() < self.until:
            return None
        self.left += 1
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.left:
            terminalreporter.write_line(f"{self.left} tests further away were left out: `make test` runs them.")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Clock(SECONDS))


def main(arguments: list[str]) -> int:
    children.unwind_on_sigterm()
    changed = changes()
    tests = affected.touched(changed)
    print(f"{len(changed)} files changed; {len(tests)} files of tests are touched.", flush=True)
    if not tests:
        return 0
    with tempfile.TemporaryDirectory(prefix="im-quick-", ignore_cleanup_errors=True) as folder:
        env = environment(folder) | {"DATABASE_URL": f"sqlite:///{KEPT / database_name()}", "MIGRATED": "true"}
        if status := migrate(env):
            return status
        options = ["-p", "tools.quick", "-q", "-m", CHOSEN, *list(tests)[:MOST_FILES], *arguments]
        status = children.run([sys.executable, "-m", "pytest", *options], env=env)
        return 0 if status == pytest.ExitCode.NO_TESTS_COLLECTED else status


def changes() -> set[str]:
    base = git("merge-base", "HEAD", MAIN)
    since = base[0] if base else "HEAD"
    return {*git("diff", "--name-only", "--no-renames", since), *git("ls-files", "--others", "--exclude-standard")}


def git(*command: str) -> list[str]:
    done = subprocess.run(["git", *command], cwd=affected.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def database_name() -> str:
    """Name a migrated database after the migrations, so that it is made once for them."""
    migrations = sorted(
        path for folder in affected.SOURCES for path in (affected.ROOT / folder).rglob("migrations/*.py")
    )
    texts = [path.as_posix().encode() + path.read_bytes() for path in migrations]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16] + ".sqlite3"


def migrate(env: dict[str, str]) -> int:
    made = KEPT / database_name()
    if made.exists():
        return 0
    KEPT.mkdir(parents=True, exist_ok=True)
    unfinished = KEPT / f"{os.getpid()}.sqlite3"
    status = children.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=env | {"DATABASE_URL": f"sqlite:///{unfinished}"},
    )
    if status == 0:
        unfinished.replace(made)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
