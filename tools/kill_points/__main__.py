"""``python -m tools.kill_points``: every point once. ``make soak ARGS=--kill-points`` calls it.

What went well is kept in var/kill-points.txt, and not played again: a run that ends early (``--minutes 20``) is gone on
with by the next. ``--anew`` forgets it, as whoever changed the code should. Names of points play those alone.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tools.kill_points.matrix import KeptPoints, every_point

KEPT = Path(__file__).resolve().parent.parent.parent / "var" / "kill-points.txt"


def main(arguments: list[str]) -> int:
    """Return 0 when every day ended as it should, whoever was killed; 2 when points are left."""
    parser = argparse.ArgumentParser(prog="python -m tools.kill_points")
    parser.add_argument("points", nargs="*", help="these alone")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin no other point after so long")
    parser.add_argument("--anew", action="store_true", help="forget what went well before")
    asked = parser.parse_args(arguments)
    KEPT.parent.mkdir(exist_ok=True)
    kept, began = KeptPoints(KEPT), time.monotonic()
    if asked.anew:
        kept.forget()
    until = began + asked.minutes * 60
    with tempfile.TemporaryDirectory(prefix="im-kill-", ignore_cleanup_errors=True) as folder:
        ends, left = every_point(
            Path(folder), lambda line: print(line, flush=True), asked.points, kept=kept, until=until
        )
        bad = [ended for ended in ends if not ended.is_clean]
        if bad:
            print((Path(folder) / "workers.log").read_text()[-4000:])
    took = time.monotonic() - began
    print(f"{len(ends) - 1} points, {len(bad)} with faults, {left} left, {len(kept.done)} well, {took:.0f} s")
    return 1 if bad else 2 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
