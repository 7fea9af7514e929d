"""What proxies say is believed when a proxy of ours says it, and as if it were not said otherwise."""

import ipaddress
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from core.common.forwarded_headers import ForwardedHeadersMiddleware, address_in

PROXY, PERSON = "10.0.0.5", "198.51.100.7"


@pytest.fixture(autouse=True)
def behind_one_proxy(settings: Any) -> None:
    settings.BEHIND_PROXY, settings.PROXY_COUNT = True, 1
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(PROXY)]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["portal.example.com", "testserver"]


def seen(rf: Any, peer: str = PROXY, **headers: str) -> HttpRequest:
    """The request as the pages see it."""
    found: list[HttpRequest] = []

    def page(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    said = {name.replace("_", "-"): value for name, value in headers.items()}
    ForwardedHeadersMiddleware(page)(rf.get("/", REMOTE_ADDR=peer, headers=said))
    return found[0]


def test_our_proxy_is_believed(rf: Any) -> None:
    request = seen(rf, X_Forwarded_Proto="https", X_Forwarded_For=PERSON, X_Forwarded_Host="portal.example.com")

    assert request.is_secure()
    assert request.META["REMOTE_ADDR"] == PERSON
    assert request.get_host() == "portal.example.com"


def test_nobody_else_is(rf: Any) -> None:
    request = seen(
        rf, "203.0.113.1", X_Forwarded_Proto="https", X_Forwarded_For=PERSON, X_Forwarded_Host="portal.example.com"
    )

    assert not request.is_secure()
    assert request.META["REMOTE_ADDR"] == "203.0.113.1"
    assert request.get_host() == "testserver"


def test_behind_no_proxy_nobody_is(rf: Any, settings: Any) -> None:
    settings.BEHIND_PROXY = False
    request = seen(rf, X_Forwarded_Proto="https", X_Forwarded_For=PERSON)

    assert "HTTP_X_FORWARDED_PROTO" not in request.META
    assert request.META["REMOTE_ADDR"] == PROXY


def test_a_socket_in_the_file_system_is_ours(rf: Any) -> None:
    assert seen(rf, "", X_Forwarded_Proto="https").is_secure()


@pytest.mark.parametrize(
    ("count", "said", "person"),
    [
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # what a browser wrote itself stands before
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.4", "198.51.100.7"),
        (2, "198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_address_is_the_one_our_outermost_proxy_saw(
    rf: Any, settings: Any, count: int, said: str, person: str
) -> None:
    settings.PROXY_COUNT = count

    assert seen(rf, X_Forwarded_For=said).META["REMOTE_ADDR"] == person


@pytest.mark.parametrize("said", ["unknown", "", ",", "<script>", "999.1.1.1", "a" * 5000, "[::1", "198.51.100.7.5"])
def test_a_garbled_address_leaves_the_proxys(rf: Any, said: str) -> None:
    assert seen(rf, X_Forwarded_For=said).META["REMOTE_ADDR"] in (PROXY, "::1")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        (" 198.51.100.7 ", "198.51.100.7"),
        ("localhost", "None"),
    ],
)
def test_addresses_are_read_as_proxies_write_them(written: str, address: str) -> None:
    assert str(address_in(written)) == address


@pytest.mark.parametrize("said", ["ftp", "https://", "", "on"])
def test_a_scheme_nobody_knows_is_none(rf: Any, said: str) -> None:
    assert not seen(rf, X_Forwarded_Proto=said).is_secure()


def test_a_scheme_that_the_browser_wrote_itself_is_not_the_proxys(rf: Any) -> None:
    assert not seen(rf, X_Forwarded_Proto="https, http").is_secure()


def test_a_host_that_is_not_ours_is_refused_by_django(client: Any) -> None:
    answer = client.get("/livez", REMOTE_ADDR=PROXY, headers={"X-Forwarded-Host": "evil.example.net"})

    assert answer.status_code in (200, 400)
    assert (
        client.get("/account/login/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-Host": "evil.example.net"}).status_code
        == 400
    )
