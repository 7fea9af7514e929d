"""The bench on a real PostgreSQL with its crash safety on, as in production."""

import os
import sys
import tempfile

from tools import children, packages, postgres


def main(arguments: list[str]) -> int:
    children.unwind_on_sigterm()
    with tempfile.TemporaryDirectory(prefix="im-bench-") as folder, postgres.database(durable=True) as database:
        env = os.environ | {"EMBEDDED": "true", "DATA_DIR": folder, "DATABASE_URL": database, "REDIS_URL": ""}
        env |= {
            "PORT": str(children.free_port()),
            "SIMULATOR_PORT": str(children.free_port()),
        }  # of a portal of its own
        command = [sys.executable, "-m", "tools.bench.measure", *arguments]
        return children.run(command, env=env)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except packages.MissingError as error:
        sys.exit(f"The bench needs PostgreSQL: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
