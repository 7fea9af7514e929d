"""Connections that say half a request and no more hold up nobody else."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.running import processes
from tests.running.tls_proxy import HOST

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]
HALF = f"GET /account/login/ HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode()
HALF_A_BODY = (
    f"POST /account/login/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin="
).encode()


@pytest.fixture(scope="module", params=["one process", "gunicorn"])
def port(request: pytest.FixtureRequest, folder: Path) -> Iterator[int]:
    if request.param == "one process":
        with processes.one_process(folder, **processes.README) as port:
            yield port
    else:
        worker = ("--worker-class", "integration_manager.web_worker.WebWorker", "--workers", "1", "--threads", "4")
        with processes.gunicorn(folder, *worker) as port:
            yield port


@contextmanager
def half_requests(port: int, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as held:
        connections = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(count)]
        for connection in connections:
            connection.sendall(said)
        yield connections


def seconds_for_a_page(port: int) -> float:
    began = time.monotonic()
    headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
    answer = httpx.get(f"http://127.0.0.1:{port}/account/login/", headers=headers, timeout=60)
    assert answer.status_code == 200
    return time.monotonic() - began


@pytest.mark.parametrize(("said", "count"), [(b"", 120), (b"G", 120), (HALF, 4), (HALF, 120)])
def test_half_requests_hold_up_nobody(port: int, said: bytes, count: int) -> None:
    seconds_for_a_page(port)  # what is imported on the first one is there

    with half_requests(port, count, said):
        time.sleep(0.5)
        assert seconds_for_a_page(port) < 5


def test_half_a_body_holds_up_nobody_for_long(port: int) -> None:
    with half_requests(port, 4, HALF_A_BODY):
        time.sleep(0.5)
        assert seconds_for_a_page(port) < 30


def test_who_never_says_the_rest_is_sent_away(port: int) -> None:
    """Otherwise whoever keeps many connections keeps everybody else from having one."""
    with half_requests(port, 1, HALF) as (connection,):
        connection.settimeout(100)
        try:
            answer = connection.recv(100)
        except ConnectionResetError:
            answer = b""

    assert answer == b"" or b" 408 " in answer


def test_a_request_that_comes_in_pieces_is_answered(port: int) -> None:
    with half_requests(port, 1, HALF) as (connection,):
        connection.settimeout(30)
        time.sleep(1)
        connection.sendall(b"yes\r\nX-Forwarded-Proto: https\r\n\r\n")

        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_the_answer_to_head_has_no_body(port: int) -> None:
    asked = f"HEAD /account/login/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    with half_requests(port, 1, asked.encode()) as (connection,):
        connection.settimeout(30)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.partition(b"\r\n\r\n")[2] == b""


@pytest.mark.parametrize("line", ["BREW / HTTP/1.1", "get / HTTP/1.1", "GET", "\x00\x01"])
def test_what_is_no_request_is_refused_as_http_says(port: int, line: str) -> None:
    with half_requests(port, 1, f"{line}\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n\r\n".encode()) as (
        connection,
    ):
        connection.settimeout(30)
        status = connection.recv(65_536).split(b" ")[1]

    assert status in (b"400", b"405", b"501", b"505")
