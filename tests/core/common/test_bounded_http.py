"""Servers that drip, fall silent, or send without end, on real sockets."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_network

import httpx
import pytest

from core.common import bounded_http, deadline, shared_http
from core.common.allowed_addresses import AddressRefused
from core.common.bounded_http import BoundedHttp
from core.common.remote import Unavailable

SECONDS = 0.5  # what a request may take here
PATIENCE = 3.0  # and what it takes at the most on a machine that is busy

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Play a server: whoever connects is talked to by the function that was given."""
    listeners: list[socket.socket] = []

    def serve(talk: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_talk, args=(line, talk), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield serve
    for listener in listeners:
        listener.close()


def _talk(line: socket.socket, talk: Callable[[socket.socket], None]) -> None:
    with line, suppress(OSError):  # the other side hung up
        talk(line)


def heard(line: socket.socket) -> None:
    said = b""
    while b"\r\n\r\n" not in said:
        said += line.recv(65536)


def drip(line: socket.socket, text: bytes) -> None:
    for place in range(len(text)):
        line.sendall(text[place : place + 1])
        time.sleep(0.05)


def dripping_headers(line: socket.socket) -> None:
    heard(line)
    drip(line, b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 100)


def dripping_body(line: socket.socket) -> None:
    heard(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    drip(line, b"{" * 1000)


def dripping_chunks(line: socket.socket) -> None:
    heard(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip(line, b"1\r\n{\r\n" * 200)


def silent(line: socket.socket) -> None:
    heard(line)
    time.sleep(10)


def dripping_zip(line: socket.socket) -> None:
    heard(line)
    packed = gzip.compress(bytes(range(256)) * 8)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed))
    drip(line, packed)


def deaf(line: socket.socket) -> None:
    """Takes what it is sent a little at a time."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    while line.recv(512):
        time.sleep(0.05)


def continuing(line: socket.socket) -> None:
    heard(line)
    while True:
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "talk",
    [dripping_headers, dripping_body, dripping_chunks, dripping_zip, silent, continuing],
    ids=lambda f: f.__name__,
)
def test_a_request_ends_when_its_time_is_over_whatever_still_comes(
    serve: Serve, talk: Callable[[socket.socket], None]
) -> None:
    url, begun = serve(talk), time.monotonic()

    with pytest.raises(httpx.TimeoutException):
        BoundedHttp().ask("GET", url, seconds=SECONDS, call="x")

    assert time.monotonic() - begun < PATIENCE


def test_so_does_sending_to_who_hardly_listens(serve: Serve) -> None:
    url, begun = serve(deaf), time.monotonic()

    with pytest.raises(httpx.TimeoutException):
        BoundedHttp().ask("PUT", url, content=b"x" * 50_000_000, seconds=SECONDS, call="x")

    assert time.monotonic() - begun < PATIENCE


def test_so_does_looking_up_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> list[object]:
        time.sleep(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    begun = time.monotonic()

    with pytest.raises(httpx.ConnectTimeout):
        BoundedHttp().ask("GET", "http://nobody.example/", seconds=SECONDS, call="x")

    assert time.monotonic() - begun < PATIENCE


def test_so_does_trying_many_addresses_that_do_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "_addresses", lambda *_: [f"10.255.255.{last}" for last in range(1, 60)])

    def unanswered(*_: object, timeout: float = 0, **__: object) -> None:
        time.sleep(timeout or 0.2)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", lambda _, timeout, **__: unanswered(timeout=timeout))
    begun = time.monotonic()

    with pytest.raises(httpx.ConnectTimeout):
        BoundedHttp().ask("GET", "http://nobody.example/", seconds=SECONDS, call="x")

    assert time.monotonic() - begun < PATIENCE


def test_the_second_address_is_tried_when_the_first_refuses(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    port = serve(answering(b"hello")).rstrip("/").rpartition(":")[2]
    monkeypatch.setattr(bounded_http, "_addresses", lambda *_: ["127.0.0.99", "127.0.0.1"])

    assert BoundedHttp().ask("GET", f"http://two.example:{port}/", call="x").content == b"hello"


def test_one_deadline_around_many_requests_ends_them_all(serve: Serve) -> None:
    url, begun, failed = serve(silent), time.monotonic(), 0

    with deadline.within(SECONDS):
        for _ in range(5):
            with pytest.raises(httpx.TimeoutException):
                BoundedHttp().ask("GET", url, seconds=60, call="x")
            failed += 1

    assert failed == 5
    assert time.monotonic() - begun < PATIENCE
    assert deadline.left(7) == 7


# -- Too much ----------------------------------------------------------------------------------------------------------
def answering(body: bytes, *headers: bytes) -> Callable[[socket.socket], None]:
    def talk(line: socket.socket) -> None:
        heard(line)
        head = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), b"Connection: close", *headers]
        line.sendall(b"\r\n".join(head) + b"\r\n\r\n" + body)

    return talk


GZIPPED = b"Content-Encoding: gzip"


def test_an_answer_comes_unpacked_and_whole(serve: Serve) -> None:
    url = serve(answering(gzip.compress(b'{"a": 1}' * 9999), GZIPPED))

    answer = BoundedHttp().ask("GET", url, call="x")

    assert answer.content == b'{"a": 1}' * 9999
    assert "content-encoding" not in answer.headers


def test_a_bomb_is_not_unpacked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """One gigabyte in a megabyte, of which no more is unpacked than may come."""
    megabyte = gzip.compress(b"\0" * 1024 * 1024)
    url = serve(answering(megabyte * 1024, GZIPPED))
    most, begun = 1024 * 1024, time.monotonic()

    with pytest.raises(Unavailable, match="larger than 1 MB"):
        BoundedHttp().ask("GET", url, most=most, call="x")

    assert time.monotonic() - begun < PATIENCE


def test_nor_is_one_file_that_unpacks_to_a_thousand_times_its_size() -> None:
    packed = gzip.compress(b"\0" * 64 * 1024 * 1024)

    with pytest.raises(Unavailable):
        bounded_http.unpacked([packed], 1024 * 1024)


def test_an_answer_without_end_is_not_read_to_the_end(serve: Serve) -> None:
    def endless(line: socket.socket) -> None:
        heard(line)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)

    with pytest.raises(Unavailable, match="larger than"):
        BoundedHttp().ask("GET", serve(endless), most=1024 * 1024, call="x")


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (gzip.compress(b"hello" * 1000)[:-9], GZIPPED),
        (b"not packed at all", GZIPPED),
        (b"", GZIPPED),
        (b"hello", b"Content-Encoding: br"),
        (b"hello", b"Content-Encoding: gzip, gzip"),
    ],
    ids=["cut off", "not packed", "empty", "packed another way", "packed twice"],
)
def test_what_cannot_be_unpacked_is_no_answer(serve: Serve, body: bytes, header: bytes) -> None:
    with pytest.raises(httpx.DecodingError):
        BoundedHttp().ask("GET", serve(answering(body, header)), call="x")


def test_conversations_share_a_connection_where_the_same_addresses_are_allowed(serve: Serve) -> None:
    met: list[socket.socket] = []

    def talk(line: socket.socket) -> None:
        met.append(line)
        while True:
            heard(line)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    url, own = serve(talk), [ip_network("127.0.0.0/8")]

    for _ in range(2):
        assert shared_http.guarded(own).ask("GET", url, call="test").status_code == 200
    assert len(met) == 1
    with pytest.raises(AddressRefused):
        shared_http.guarded([]).ask("GET", url, call="test")
