"""``python -m tools.kill_points``: every point once. ``make soak ARGS=--kill-points`` calls it."""

import sys
import tempfile
import time
from pathlib import Path

from tools.kill_points.matrix import every_point


def main(only: list[str]) -> int:
    """Return 0 when every day ended as it should, whoever was killed."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="im-kill-", ignore_cleanup_errors=True) as folder:
        ends = every_point(Path(folder), lambda line: print(line, flush=True), only)
        bad = [ended for ended in ends if not ended.is_clean]
        if bad:
            print((Path(folder) / "workers.log").read_text()[-4000:])
    print(f"{len(ends) - 1} points, {len(bad)} with faults, {time.monotonic() - began:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
