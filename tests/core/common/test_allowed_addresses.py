"""Whatever somebody types, nothing is sent into our own network, whatever a name stands for."""

import socket
from ipaddress import ip_network
from typing import Any

import httpx
import pytest

from core.common import bounded_http
from core.common.allowed_addresses import AddressRefused, check_address, check_url
from core.common.bounded_http import BoundedHttp
from core.files.sftp import bounded_line
from core.files.sftp.sftp_trouble import LineLost, SftpTrouble
from tests.outbound_addresses import DISGUISED, FINE, INSIDE, OUTSIDE, REFUSED, answers, no_lines


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_spoken_to(address: str) -> None:
    with pytest.raises(AddressRefused, match=r"private network|OUTBOUND_NETWORKS"):
        check_address(address, [])


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_spoken_to_over_tls(address: str) -> None:
    check_address(address, [])
    with pytest.raises(AddressRefused, match="https"):
        check_address(address, [], is_plain=True)


def test_the_operator_may_allow_a_network_and_gets_no_more_than_that() -> None:
    ours = [ip_network("10.1.0.0/16"), ip_network("fd00::/8")]
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::5"):
        check_address(address, ours)
        check_address(address, ours, is_plain=True)
    for address in ("10.2.0.1", "127.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises(AddressRefused):
            check_address(address, ours)


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_typed_in_disguise_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, [])


@pytest.mark.parametrize("url", FINE)
def test_what_is_typed_plainly_is_not(url: str) -> None:
    check_url(url, [])


# -- Names, looked up once ---------------------------------------------------------------------------------------------
@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return no_lines(monkeypatch)


def guarded() -> BoundedHttp:
    return BoundedHttp(guard=lambda address: check_address(address, []))


def test_a_name_of_ours_is_refused_when_it_is_looked_up(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    answers(monkeypatch, ["10.0.0.7"])

    with pytest.raises(AddressRefused):
        guarded().ask("POST", "https://intranet.example/", call="x")
    assert connected == []


def test_one_address_of_ours_among_others_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, connected: list[str]
) -> None:
    answers(monkeypatch, ["8.8.8.8", "169.254.169.254"])

    with pytest.raises(AddressRefused):
        guarded().ask("POST", "https://two.example/", call="x")
    assert connected == []


def test_a_name_that_stands_for_something_else_the_second_time_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch, connected: list[str]
) -> None:
    asked = answers(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])

    with pytest.raises(httpx.ConnectError):
        guarded().ask("POST", "https://rebinding.example/", call="x")
    assert (asked, connected) == (["rebinding.example"], ["8.8.8.8"])

    with pytest.raises(AddressRefused):  # the next request looks again, and is refused
        guarded().ask("POST", "https://rebinding.example/", call="x")
    assert connected == ["8.8.8.8"]


def test_a_name_that_stands_for_nothing_is_no_way_in(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(httpx.ConnectError):
        guarded().ask("POST", "https://nobody.example/", call="x")
    assert connected == []


@pytest.mark.parametrize("host", DISGUISED)
def test_a_number_for_a_name_is_refused_as_what_it_stands_for(host: str, connected: list[str]) -> None:
    with pytest.raises((AddressRefused, httpx.ConnectError, httpx.InvalidURL)):
        guarded().ask("POST", f"https://{host}/", call="x")
    assert connected == []


def test_nothing_is_kept_of_what_a_server_says_about_cookies() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "cookie" not in request.headers
        return httpx.Response(200, headers={"set-cookie": "a=b; Path=/"})

    http = BoundedHttp(httpx.MockTransport(answer))
    for _ in range(2):
        assert http.ask("GET", "https://wms.example/", call="x").status_code == 200


def test_without_a_guard_it_goes_where_it_is_sent(connected: list[str]) -> None:
    with pytest.raises(httpx.ConnectError):
        bounded_http.BoundedHttp().ask("GET", "http://127.0.0.1:1/", call="x")
    assert connected == ["127.0.0.1"]


def test_an_sftp_server_inside_is_not_spoken_to_either(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    for host in (*INSIDE, *DISGUISED, "localhost", "a.localhost"):
        with pytest.raises(SftpTrouble):
            bounded_line.connect(host, 22, [])
    answers(monkeypatch, ["8.8.8.8", "169.254.169.254"])
    with pytest.raises(SftpTrouble):
        bounded_line.connect("two.example", 22, [])
    assert connected == []

    asked = answers(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    with pytest.raises(LineLost):
        bounded_line.connect("rebinding.example", 22, [])
    assert (asked, connected) == (["rebinding.example"], ["8.8.8.8"])
    with pytest.raises(SftpTrouble):  # the next time it is looked up again, and refused
        bounded_line.connect("rebinding.example", 22, [])
    assert connected == ["8.8.8.8"]
