"""The suite on SQLite with the in-memory broker, and what a database may answer differently on PostgreSQL with Redis.

``tests/second_database.py`` chooses the latter; with ``--everything`` all but the embedded run is played on both.
The services are started here and not in a conftest: by then pytest-django has read the settings. What else follows the
module's name goes to pytest (``python -m tools.test -k orders``).
"""

import os
import secrets
import sys
import tempfile
from base64 import urlsafe_b64encode
from contextlib import ExitStack
from pathlib import Path

from tools import broker, children, installed_browser, packages, postgres, ssh_server

CI = os.environ.get("CI", "").lower() in {"1", "true"}
EVERYTHING = "--everything"
WORKERS = max(3, min((os.cpu_count() or 2) + 1, 8))  # one more than cores: some tests wait for what they started


def main(arguments: list[str]) -> int:
    children.unwind_on_sigterm()
    everything = EVERYTHING in arguments
    arguments = [each for each in arguments if each != EVERYTHING]
    with tempfile.TemporaryDirectory(prefix="im-test-", ignore_cleanup_errors=True) as folder:
        base = environment(folder)
        provide_programs()
        return max([on_sqlite(base, folder, arguments), on_services(base, arguments, everything=everything)])


def environment(folder: str) -> dict[str, str]:
    """Settings of our own for both runs, so that neither a .env file nor the shell around us changes what is tested."""
    # Many processes start here, each of which would compile all it imports. What is compiled lies beside the packages.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "EMBEDDED": "true",  # the two runs differ in database and broker and in nothing else
        "DEBUG": "false",
        "DATA_DIR": folder,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VAULT_KEYS": "test:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "REDIS_URL": "",
        "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "bytecode"),
        "PYTHONUNBUFFERED": "1",
    }


def provide_programs() -> None:
    for what, program in (("Browser tests", installed_browser), ("Tests of SFTP", ssh_server)):
        try:
            program.ensure()
        except packages.MissingError as error:
            unavailable(what, error)


def on_sqlite(base: dict[str, str], folder: str, arguments: list[str]) -> int:
    database = f"sqlite:///{folder}/portal.sqlite3"
    expected = {"DATABASE_URL": database, "EXPECT_DATABASE": "sqlite", "EXPECT_BROKER": "memory"}
    return run_pytest("SQLite and the in-memory broker", base | expected, ["-m", "not services", *arguments])


def on_services(base: dict[str, str], arguments: list[str], *, everything: bool) -> int:
    with ExitStack() as services:
        try:
            database = services.enter_context(postgres.database())
            redis_urls = services.enter_context(broker.databases(WORKERS))
        except packages.MissingError as error:
            unavailable("The run on PostgreSQL and Redis", error)
            return 0
        given = {f"REDIS_URL_GW{number}": url for number, url in enumerate(redis_urls)}
        given |= {"REDIS_URL": redis_urls[0], "DATABASE_URL": database}
        expected = {"EXPECT_DATABASE": "postgresql", "EXPECT_BROKER": "redis"}
        if not everything:
            expected["SECOND_DATABASE"] = "true"
        return run_pytest("PostgreSQL and Redis", base | given | expected, ["-m", "not embedded", *arguments])


def unavailable(what: str, error: packages.MissingError) -> None:
    """On a developer's machine a missing service is said loudly; in CI it is a failure."""
    print(f"\n!!! {what} cannot take place here: {error}\n", file=sys.stderr, flush=True)
    if CI:
        sys.exit(1)


def run_pytest(on: str, env: dict[str, str], arguments: list[str]) -> int:
    """Migrate a database as an installation is, and let each worker test on a copy of it."""
    print(f"\n=== The suite on {on} ===", flush=True)
    env = env | {"MIGRATED": "true"}
    if status := children.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=env):
        print(f"!!! The migrations ended with {status}.", file=sys.stderr, flush=True)
        return status
    options = ["-p", "tools.own_broker", "-n", str(WORKERS), "--dist", "worksteal"]
    status = children.run([sys.executable, "-m", "pytest", *options, *arguments], env=env)
    if status:
        print(f"!!! The suite on {on} ended with {status}.", file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
