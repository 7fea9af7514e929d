"""Starting the portal's processes for a test, with nothing of the environment around us."""

import base64
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.running.tls_proxy import HOST
from tools import children

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "k1:" + base64.urlsafe_b64encode(b"k" * 32).decode()
PATIENCE = 120  # seconds: a crowded machine compiles all it imports
KEPT = ("PATH", "HOME", "LANG", "PYTHONPYCACHEPREFIX", "TMPDIR", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
README = {  # what README.md tells to set, and nothing else
    "PUBLIC_URL": f"https://{HOST}",
    "AMAZON_APP_ID": "amzn1.sp.solution.1234",
    "AMAZON_LWA_CLIENT_ID": "amzn1.application-oa2-client.1234",
    "AMAZON_LWA_CLIENT_SECRET": "amzn1.oa2-cs.v1.1234",
}
CONTAINERS = {  # what .env.example asks for
    "EMBEDDED": "false",
    "SECRET_KEY": "s3cret-" * 10,
    "VAULT_KEYS": KEY,
    "PUBLIC_URL": f"https://{HOST}",
    "ALLOWED_HOSTS": HOST,
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DEFAULT_FROM_EMAIL": "portal@northwind-3pl.test",
    "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
}


def environment(folder: Path, **given: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", **given}


@contextmanager
def started(command: list[str], env: dict[str, str], folder: Path, port: int) -> Iterator[Path]:
    """Run a program that serves on this port until the end of the block. Yields its log."""
    with children.child(
        command,
        folder=folder,
        env=env,
        patience=PATIENCE,
        answers=lambda: children.is_listening(port),
        stop=signal.SIGTERM,
    ):
        yield folder / "server.log"


@contextmanager
def one_process(folder: Path, **given: str) -> Iterator[int]:
    """Run ``manage.py portal``; yield its port."""
    port = children.free_port()
    env = environment(folder, EMBEDDED="true", PORT=str(port), **given)
    with started([sys.executable, str(ROOT / "manage.py"), "portal"], env, folder, port):
        yield port


@contextmanager
def gunicorn(folder: Path, *options: str, **given: str) -> Iterator[int]:
    """Run the web server of the containers; yield its port."""
    port = children.free_port()
    served = [sys.executable, "-m", "gunicorn", "integration_manager.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    env = environment(folder, **{**CONTAINERS, **given})
    with started([*served, "--chdir", str(ROOT), *options], env, folder, port):
        yield port


def copy_migrated(file: Path) -> bool:
    """Put a copy of the database there that the run's migrations were made on; False where there is none to copy."""
    migrated = os.environ.get("DATABASE_URL", "").removeprefix("sqlite:///")
    if "MIGRATED" not in os.environ or not Path(migrated).is_file():
        return False
    with closing(sqlite3.connect(migrated)) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
    return True


def migrate(folder: Path, **given: str) -> None:
    """Make the database of the processes in ``folder``. All migrations take SQLite most of a minute."""
    if copy_migrated(folder / "portal.sqlite3"):
        return
    env = environment(folder, **{**CONTAINERS, **given})
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def browser(port: int, **options: Any) -> httpx.Client:
    """A browser that finds PUBLIC_URL at this port; nobody vouches for the certificate there."""
    return httpx.Client(
        base_url=f"https://127.0.0.1:{port}", verify=False, headers={"Host": HOST}, timeout=20, **options
    )
