"""Amazon, played in a process of its own, so that neither its memory nor its lock is ours.

Quotas are off. It ends when its standard input is closed: when whoever started it ends, however that happens.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import waitress

from core.common import clock
from simulator.amazon import Simulator
from tools import children

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
LINES = 2
SETTLED = timedelta(minutes=10)  # the import leaves alone what is newer than a few minutes


@dataclass(frozen=True, slots=True)
class Played:
    """A seller of the simulated Amazon, and how to reach it."""

    url: str
    seller_id: str
    region: str
    place_id: str
    client_id: str
    client_secret: str
    refresh_token: str

    @property
    def token_url(self) -> str:
        return f"{self.url}/auth/o2/token"

    @property
    def spapi_url(self) -> str:
        return f"{self.url}/{self.region.lower()}"


@contextmanager
def played(orders: int) -> Iterator[Played]:
    """Start an Amazon whose first seller has this many orders of two lines, and nothing else."""
    command = [sys.executable, "-m", "tools.bench.played_amazon", str(orders)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Played(**json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


def fill(simulator: Simulator, orders: int) -> Played:
    """Place the orders and let the seller consent."""
    seller = simulator.sellers[0]
    simulator.clock = lambda: clock.now() - SETTLED
    simulator.bulk_orders(orders, lines=LINES, seller_id=seller.id)
    simulator.clock = clock.now
    return Played(
        url=simulator.base_url,
        seller_id=seller.id,
        region=seller.region,
        place_id=seller.homes[0],
        client_id=simulator.application.client_id,
        client_secret=simulator.application.client_secret,
        refresh_token=simulator.grant(seller.id),
    )


def main(orders: int) -> None:
    port = children.free_port()
    simulator = Simulator(base_url=f"http://{HOST}:{port}", orders=0, quota=False)
    filled = fill(simulator, orders)
    server = waitress.create_server(simulator, host=HOST, port=port, threads=4, ident="simulated-amazon")
    threading.Thread(target=server.run, daemon=True).start()
    print(json.dumps(asdict(filled)), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
