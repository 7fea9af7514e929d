"""From a counted level to Amazon's answer, in the running product: one process with worker, beat and simulated Amazon.

``python -m tools.bench.answered_stock --times 20``: counts one SKU after another as the page of a SKU does, half of the
time without the bell, and waits until the account took the number. On a database of its own, thrown away afterwards.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median, quantiles

import django
from django.utils.module_loading import import_string

from tools import children

WITHIN_S, PATIENCE_S = 60.0, 180.0
HERE = "BENCH_ANSWERED"  # set in the process that runs on the throwaway database


def elsewhere(arguments: list[str]) -> int:
    """Run this once more, in a process that knows only an empty database and a simulated Amazon."""
    port = str(children.free_port())
    with tempfile.TemporaryDirectory(prefix="im-answered-") as folder:
        ours = {key: value for key, value in os.environ.items() if not key.startswith("AMAZON_")}
        ours |= {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/answered.sqlite3", "REDIS_URL": ""}
        ours |= {"EMBEDDED": "true", "AMAZON_SIMULATED": "true", "SIMULATOR_PORT": port, HERE: "yes"}
        ours |= {"PUBLIC_URL": "http://127.0.0.1", "SIMULATOR_URL": f"http://127.0.0.1:{port}"}
        command = [sys.executable, "-m", "tools.bench.answered_stock", *arguments]
        return subprocess.run(command, env=ours, check=False).returncode


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args(arguments).times
    if not os.environ.get(HERE):
        return elsewhere(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")
    django.setup()
    # Named, not imported: its models can be read only now.
    took = import_string("tools.bench.counted_stock.measure")(times)
    p95 = quantiles(took, n=20)[-1]
    said = f"{times} counts: median {median(took):.1f} s, p95 {p95:.1f} s, longest {max(took):.1f} s"
    print(f"{said} (wanted < {WITHIN_S:g}): {'met' if p95 < WITHIN_S else 'MISSED'}")
    return 0


def wait(done: Callable[[], bool], what: str) -> float:
    """Ask four times a second. Returns the seconds; raises TimeoutError."""
    began = time.perf_counter()
    while not done():
        if time.perf_counter() - began > PATIENCE_S:
            raise TimeoutError(what)
        time.sleep(0.25)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
