"""``make soak``: brings a PostgreSQL and a Redis of its own. What follows goes to tools/soak/soak_command.py."""

import os
import secrets
import sys
import tempfile
from base64 import urlsafe_b64encode

from tools import broker, children, packages, postgres

KILL_POINTS = "--kill-points"  # instead of the soak: a worker is killed once at every point, see tools/kill_points


def main(arguments: list[str]) -> int:
    """Return 0 when nothing was lost, doubled or left untold; 1 when something was."""
    children.unwind_on_sigterm()
    if KILL_POINTS in arguments:
        points = [argument for argument in arguments if argument != KILL_POINTS]
        return children.run([sys.executable, "-m", "tools.kill_points", *points], env=dict(os.environ))
    with (
        tempfile.TemporaryDirectory(prefix="im-soak-", ignore_cleanup_errors=True) as folder,
        postgres.database() as database,
        broker.private_server() as redis_url,
    ):
        env = os.environ | {
            "EMBEDDED": "true",  # the settings of the embedded run, on the services and processes of production
            "DEBUG": "false",
            "DATA_DIR": folder,
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "SIMULATOR_PORT": str(children.free_port()),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VAULT_KEYS": "soak:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        return children.run([sys.executable, "-m", "tools.soak.play", *arguments], env=env)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except packages.MissingError as error:
        sys.exit(f"The soak needs PostgreSQL and Redis: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
