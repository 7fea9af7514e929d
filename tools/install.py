"""Make .venv what a lock file says, and do nothing when it is already. Standard library only: it runs first.

A stamp with the lock's hash is written after everything else has succeeded, so an interrupted or half-made
environment is finished, or made anew, by the next call.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"runtime": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
SUITABLE = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))"


def install(kind: str) -> None:
    lock = LOCKS[kind]
    if is_installed(kind):
        return
    if not runs():
        make_venv()
    print(f"Installing {count(lock)} packages of {lock.name} into .venv, each checked against its hash…", flush=True)
    started = time.monotonic()
    # --no-deps: the lock names everything. --only-binary: building would fetch tools that no hash of ours covers.
    # --no-compile: Python compiles what is really imported.
    options = [
        "--only-binary",
        ":all:",
        "-qq",
        "--disable-pip-version-check",
        "--no-input",
        "--no-deps",
        "--no-compile",
        "--require-hashes",
    ]
    subprocess.run([str(PYTHON), "-m", "pip", "install", *options, "-r", str(lock)], check=True)
    write_stamps(kind)
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)


def is_installed(kind: str) -> bool:
    stamp = stamp_of(kind)
    return stamp.is_file() and stamp.read_text() == fingerprint(kind) and runs()


def runs() -> bool:
    """Tell whether .venv has a Python that starts, is of a suitable version and has pip."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-c", SUITABLE], capture_output=True, check=False).returncode == 0


def make_venv() -> None:
    if VENV.exists():
        print("The environment in .venv is not whole; making it anew.", flush=True)
        shutil.rmtree(VENV)
    print(f"Making .venv with Python {sys.version.split()[0]}…", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def write_stamps(kind: str) -> None:
    """The dev lock holds everything of the runtime lock (a test says so), so it satisfies both."""
    for installed in ("runtime", "dev") if kind == "dev" else ("runtime",):
        stamp_of(installed).write_text(fingerprint(installed))


def stamp_of(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def fingerprint(kind: str) -> str:
    return hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


def count(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text().splitlines())


if __name__ == "__main__":
    try:
        install(sys.argv[1])
    except subprocess.CalledProcessError as error:
        sys.exit(f"Installing stopped: {error.cmd[0]} ended with {error.returncode}. Call make again to go on.")
