"""Whatever somebody types, nothing is sent into our own network: a corpus of spellings, and names that change."""

import socket
from ipaddress import ip_network
from typing import Any

import httpx
import pytest

from core.common import bounded_http
from core.common.allowed_addresses import AddressRefused, check_address, check_url
from core.common.bounded_http import BoundedHttp

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "192.88.99.1",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
    "2001:db8::1", "100::1", "3fff::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
REFUSED = [
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/",
    "https://0177.0.0.1/", "https://017700000001/", "https://0/", "https://127.0.0.1./", "https://localhost/",
    "https://LOCALHOST:8443/", "https://localhost./", "https://a.localhost/", "https://[::1]/", "https://[::]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:169.254.169.254]/",
    "https://[fe80::1%25eth0]/", "https://[fd00:ec2::254]/", "https://169.254.169.254/latest/meta-data/",
    "https://user@wms.example/", "https://user:key@wms.example/", "https://wms.example@127.0.0.1/", "https://@a.example/",
    "https://wms.example\\@127.0.0.1/", "https://wms.example/#@127.0.0.1", "https://wms.example#", "https:///hooks",
    "https://", "https:wms.example", "//wms.example/", "wms.example", "file:///etc/passwd", "gopher://127.0.0.1:6379/_",
    "ftp://wms.example/", "javascript:alert(1)", "http://wms.example/", "HTTP://wms.example/", "https://wms.example:22/",
    "https://wms.example:6379999/", "https://wms.example:x/", "https://wms.example:0/", "https://１２７.0.0.1/",
    "https://①②⑦.0.0.1/", "https://wms。example/", "https://wms.example/\r\nHost: x", "https://wms.example/\x00",
    "https://wms .example/", " https://wms.example/", "https://127.0.0.1%2ewms.example/", "https://%31%32%37.0.0.1/",
    "https://wms_.-/", "https://-wms.example/", "https://[::1", "https://1.2.3.4.5\t/", "https://wms.example/<script>",
    "https://" + "a" * 600 + ".example/",
]  # fmt: skip
FINE = [
    "https://wms.example/", "https://wms.example:8443/hooks?key=abc&x=1", "https://8.8.8.8/hooks",
    "https://[2606:4700:4700::1111]/", "https://xn--bcher-kva.example/", "https://wms.example./", "HTTPS://WMS.EXAMPLE/",
    "https://a-b_c.wms.example/%20",
]  # fmt: skip


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
    """What is connected to, by its address. Nothing is."""
    to: list[str] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> None:
        to.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return to


def answers(monkeypatch: pytest.MonkeyPatch, *each: list[str]) -> list[str]:
    """Let a name stand for these addresses, one list after another. Returns the names that were looked up."""
    asked: list[str] = []
    left = list(each)

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


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


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1"])
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
