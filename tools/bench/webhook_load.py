"""Webhooks: a thousand messages to an endpoint that takes 200 ms for each, while another one hangs.

make bench ARGS=--webhooks
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connections

from core.accounts.models import Organization
from core.common import clock
from core.webhooks import delivery_run, messages, signatures
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.webhook_types import TEST

MESSAGES, HANGING = 1_000, 100
TAKES = 0.2  # seconds
WANTED, DELAY = 60.0, 1.0  # seconds
LONGEST = 110.0  # seconds, of the whole
EVERY = 0.5  # seconds between two messages to the endpoint that answers at once


@contextmanager
def server(answer: Callable[[str], object]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            answer(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """It says nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}/"
    listening.shutdown()


def measure() -> int:
    """Print what came of it. Returns 0 when both targets are met. Needs an empty database."""
    over = threading.Event()
    took: list[float] = []
    arrived: dict[str, float] = {}

    def take_its_time(_: str) -> None:
        time.sleep(TAKES)
        took.append(time.monotonic())

    with (
        server(take_its_time) as slow,
        server(lambda _: over.wait(120)) as hanging,
        server(lambda name: arrived.setdefault(name, time.monotonic())) as quick,
    ):
        organization = Organization.objects.create(name="Bench")
        endpoints = [_endpoint(organization, url) for url in (slow, hanging, quick)]
        owe(endpoints[0], MESSAGES)
        owe(endpoints[1], HANGING)
        begun, worked, sent = time.monotonic(), time.process_time(), dict[str, float]()

        def trickle() -> None:
            while len(took) < MESSAGES and time.monotonic() - begun < LONGEST:
                (name,) = owe(endpoints[2], 1)
                sent[name] = time.monotonic()
                time.sleep(EVERY)
            over.set()
            connections.close_all()

        threading.Thread(target=trickle, daemon=True).start()
        delivery_run.send_due(now=clock.now())
    seconds, worked = max(took) - begun, time.process_time() - worked
    delays = sorted(arrived[name] - at for name, at in sent.items() if name in arrived)
    print(f"{len(took)} messages of {TAKES * 1000:.0f} ms each in {seconds:.1f} s (wanted: under {WANTED:.0f} s)")
    print(f"{worked / (len(took) + len(arrived)) * 1000:.1f} ms CPU a message, with the servers' own")
    median, longest = delays[len(delays) // 2], delays[-1]
    print(f"another endpoint meanwhile: {len(delays)} messages, delayed by {median:.2f} s, at most {longest:.2f} s")
    return 0 if seconds < WANTED and longest < DELAY and len(took) >= MESSAGES else 1


def _endpoint(organization: Organization, url: str) -> Endpoint:
    made = Endpoint(organization=organization, url=url, made_at=clock.now(), first_event=0)
    made.secret = made.seal(signatures.make_secret())
    made.save()
    return made


def owe(endpoint: Endpoint, number: int) -> list[str]:
    """Owe so many messages. Returns their ids."""
    now = clock.now()
    rows = [
        Delivery(
            organization_id=endpoint.organization_id,
            endpoint=endpoint,
            message_id=f"msg_{uuid.uuid4().hex}",
            type=TEST,
            body=messages.written(TEST, now, {"message": "x" * 200}),
            made_at=now,
            due_at=now,
        )
        for _ in range(number)
    ]
    Delivery.objects.bulk_create(rows)
    return [row.message_id for row in rows]
