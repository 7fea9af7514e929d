"""HTTP with bounds: a request takes so long and no longer, and an answer is so large and no larger.

httpx counts time anew for every read, so a server that drips a byte every few seconds holds a worker for ever; and it
unpacks whatever comes, so that a few kilobytes become gigabytes.
"""

import ssl
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from core.common import deadline, host_addresses, kill_points
from core.common.host_addresses import NoAddress
from core.common.remote import Unavailable

SECONDS = 30.0  # for one request: name, connection, sending, and every read
CONNECTING = 5.0
MOST = 32 * 1024 * 1024  # bytes of an answer, unpacked
PIECE = 16 * 1024  # bytes sent between two looks at the clock
BEGINNING = 2.0  # seconds for the beginning of an answer of which no more is wanted
GZIP = zlib.MAX_WBITS | 32  # finds out by itself whether it is gzip or deflate

Guard = Callable[[str], None]  # given an address, before it is connected to; raises where nobody may speak to it


class BoundedHttp:
    """Connections that are shared and kept open. Holds no token and no cookie; reads nothing from the environment."""

    def __init__(self, transport: httpx.BaseTransport | None = None, *, guard: Guard | None = None) -> None:
        """``transport`` carries the requests instead of the network. ``guard`` is asked about every address of a host,
        and what it let pass is connected to: nobody looks the name up a second time."""
        self._client = httpx.Client(
            transport=transport or _Transport(guard),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx.Timeout(SECONDS, connect=CONNECTING),
            trust_env=False,
            headers={"accept-encoding": "gzip"},
        )

    def close(self) -> None:
        """Give the connections back. Nothing is asked any more."""
        self._client.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        call: str,
        seconds: float = SECONDS,
        most: int = MOST,
        cut: bool = False,
        **request: Any,
    ) -> httpx.Response:
        """Return the whole answer, unpacked. Raises httpx.RequestError, and Unavailable when it is too large.

        ``call`` names what is asked (core/common/kill_points.py). With ``cut`` no more than the answer's beginning is
        waited for, and it is as good as the whole.
        """
        with kill_points.around(call), deadline.within(seconds):
            if not deadline.left():
                raise httpx.ConnectTimeout("No time was left.")
            with self._client.stream(method, url, **request) as answer:
                body = answer.content if answer.is_stream_consumed else (_beginning if cut else _body)(answer, most)
        headers = [(name, value) for name, value in answer.headers.multi_items() if name not in _OF_THE_WIRE]
        wire = {"bytes_received": answer.num_bytes_downloaded}  # as they came, for whoever pays for them
        return httpx.Response(
            answer.status_code, headers=headers, content=body, request=answer.request, extensions=wire
        )


_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")


def _body(answer: httpx.Response, most: int) -> bytes:
    packed = answer.headers.get("content-encoding", "identity").strip().lower()
    if packed in ("gzip", "x-gzip", "deflate"):
        try:
            return unpacked(_in_time(answer), most)
        except (EOFError, zlib.error):
            raise httpx.DecodingError("What came could not be unpacked.") from None
    if packed not in ("identity", ""):
        raise httpx.DecodingError("It was packed in a way that nobody asked for.")
    body = bytearray()
    for piece in _in_time(answer):
        body += piece
        _check(body, most)
    return bytes(body)


def _beginning(answer: httpx.Response, most: int) -> bytes:
    """Return what comes at once, and nothing of what is packed: nobody waits for the end of it."""
    body = bytearray()
    with suppress(httpx.RequestError), deadline.within(BEGINNING):
        for piece in _in_time(answer):
            body += piece
            if len(body) >= most:
                break
    packed = answer.headers.get("content-encoding", "identity").strip().lower() not in ("identity", "")
    return b"" if packed else bytes(body[:most])


def _in_time(answer: httpx.Response) -> Iterable[bytes]:
    for piece in answer.iter_raw():
        if not deadline.left():
            raise httpx.ReadTimeout("It came too slowly.")
        yield piece


def unpacked(pieces: Iterable[bytes], most: int) -> bytes:
    """Unpack gzip piece by piece. Raises Unavailable as soon as more comes out of it, EOFError or zlib.error."""
    body = bytearray()
    unpacking = zlib.decompressobj(GZIP)
    for packed in pieces:
        rest = packed
        while rest:
            if unpacking.eof:  # one file after another, as gzip allows
                unpacking = zlib.decompressobj(GZIP)
            body += unpacking.decompress(rest, most + 1 - len(body))
            _check(body, most)
            rest = unpacking.unused_data or unpacking.unconsumed_tail
    if not unpacking.eof:
        raise EOFError
    return bytes(body)


def _check(body: bytearray, most: int) -> None:
    if len(body) > most:
        raise Unavailable(f"The response was larger than {most // 1024 // 1024} MB, so it was not read.")


# -- The network -------------------------------------------------------------------------------------------------------
@cache
def _tls() -> ssl.SSLContext:
    """Return what all connections of this process share: making it costs 70 ms, for the certificates it reads."""
    return httpx.create_ssl_context(trust_env=False)


class _Transport(httpx.HTTPTransport):
    """httpx's own, on connections that know the deadline."""

    def __init__(self, guard: Guard | None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend(guard),
        )


class _Backend(httpcore.SyncBackend):
    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **kwargs: Any
    ) -> httpcore.NetworkStream:
        """Try one address of the host after another, all of them within the time for one."""
        with deadline.within(CONNECTING if timeout is None else timeout):
            problem: Exception = httpcore.ConnectError("The host has no address.")
            addresses = _addresses(host, port)
            for address in addresses if self._guard else ():
                self._guard(address)  # type: ignore[misc]  # one that is refused refuses the host
            for address in addresses:
                if not deadline.left():
                    raise httpcore.ConnectTimeout
                try:
                    return _Stream(super().connect_tcp(address, port, deadline.left(), *args, **kwargs))
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    problem = error
            raise problem


def _addresses(host: str, port: int) -> list[str]:
    try:
        return host_addresses.look_up(host, port, most=CONNECTING)
    except TimeoutError:
        raise httpcore.ConnectTimeout from None
    except NoAddress as error:
        raise httpcore.ConnectError(str(error)) from None


class _Stream(httpcore.NetworkStream):
    """A connection on which every read and write ends when the deadline does."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not deadline.left():
            raise httpcore.ReadTimeout
        return self._stream.read(max_bytes, deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            if not deadline.left():
                raise httpcore.WriteTimeout
            self._stream.write(buffer[start : start + PIECE], deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        if not deadline.left():
            raise httpcore.ConnectTimeout
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, deadline.left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
