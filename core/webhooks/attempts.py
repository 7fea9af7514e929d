"""One attempt: a message posted to its endpoint, within bounds, and what the endpoint said.

Asks no database, so that any thread may make one. Nothing here fails: whatever happens is an answer.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial

import httpx
from django.conf import settings

from core.common import allowed_addresses, clock, log_filter
from core.common.bounded_http import BoundedHttp
from core.common.remote import RemoteError
from core.webhooks import signatures

SECONDS = 15.0  # for the whole of it
KEPT = 500  # characters of the answer
READ = 4_000  # bytes of it
LONGEST_WAIT = timedelta(hours=24)  # that an endpoint may ask for


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent, and where."""

    url: str = field(repr=False)
    message_id: str
    body: str
    secrets: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PostAnswer:
    """What came of it. ``problem`` is a sentence; without one the endpoint took the message."""

    problem: str
    status: int | None = None
    text: str = ""
    milliseconds: int = 0
    retry_in: timedelta | None = None


class Poster:
    """Posts to public servers over TLS; to those of OUTBOUND_NETWORKS without it, too. Follows nobody elsewhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_scheme: dict[str, BoundedHttp] = {}  # made when they are needed: each reads the system's certificates

    def close(self) -> None:
        for each in self._by_scheme.values():
            each.close()

    def post(self, wanted: Post) -> PostAnswer:
        begun = time.monotonic()
        answer = self._ask(wanted)
        return PostAnswer(
            answer.problem, answer.status, answer.text, round((time.monotonic() - begun) * 1000), answer.retry_in
        )

    def _ask(self, wanted: Post) -> PostAnswer:
        body = wanted.body.encode()
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "Integration-Manager-Webhooks/1.0",
            **signatures.headers(wanted.message_id, body, wanted.secrets, at=clock.now()),
        }
        try:
            allowed_addresses.check_url(wanted.url, settings.OUTBOUND_NETWORKS)
            answer = self._http_for(wanted.url).ask(
                "POST", wanted.url, call="webhook", seconds=SECONDS, most=READ, cut=True, content=body, headers=headers
            )
        except RemoteError as error:
            return PostAnswer(str(error))
        except httpx.TimeoutException:
            return PostAnswer(f"It did not answer within {SECONDS:.0f} seconds.")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return PostAnswer(f"It could not be reached ({type(error).__name__}).")
        return _read(answer)

    def _http_for(self, url: str) -> BoundedHttp:
        scheme = url.partition(":")[0].lower()
        check = partial(allowed_addresses.check_address, networks=settings.OUTBOUND_NETWORKS)
        with self._lock:
            if scheme not in self._by_scheme:
                self._by_scheme[scheme] = BoundedHttp(guard=partial(check, is_plain=scheme == "http"))
            return self._by_scheme[scheme]


def _read(answer: httpx.Response) -> PostAnswer:
    status = answer.status_code
    text = answer.content.decode(errors="replace").replace("\x00", "")
    said = log_filter.hidden(text)[:KEPT]
    if 200 <= status < 300:
        return PostAnswer("", status, said)
    if 300 <= status < 400:
        return PostAnswer(f"It answered {status}, a redirect, and nobody is followed elsewhere.", status, said)
    return PostAnswer(f"It answered {status}.", status, said, retry_in=_wait(answer.headers.get("retry-after", "")))


def _wait(said: str) -> timedelta | None:
    """Return how long an endpoint asks to be left alone: so many seconds, or until a date."""
    if said.strip().isascii() and said.strip().isdecimal():
        return min(timedelta(seconds=int(said.strip()[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(_aware(until) - clock.now(), timedelta(0)), LONGEST_WAIT)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
