"""Methods of HTTP are answered as HTTP says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client

from core.common.http_methods import HttpMethodsMiddleware
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PAGES = ("/", "/orders/", "/carts/", "/alerts/", "/people/", "/merchants/", "/shipping/", "/inventory/", "/told/")
OPEN_PAGES = ("/account/login/", "/livez", "/account/password/reset/", "/nowhere/")


@pytest.fixture
def browser() -> Client:
    made = Client(enforce_csrf_checks=True)
    made.force_login(MembershipFactory().user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


@pytest.mark.parametrize("page", [*PAGES, *OPEN_PAGES])
def test_the_head_of_a_page_is_the_pages_without_its_body(browser: Client, page: str) -> None:
    whole, head = browser.get(page), browser.head(page)

    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head["Content-Type"] == whole["Content-Type"]


def answered(rf: Any, response: Any) -> Any:
    """What a server gets from us for HEAD; Django's test client would take the body off by itself."""
    return HttpMethodsMiddleware(lambda _: response)(rf.head("/"))


def test_no_server_has_to_take_the_body_off(rf: Any) -> None:
    whole = answered(rf, HttpResponse(b"12345"))

    assert (whole.content, whole["Content-Length"]) == (b"", "5")


def test_a_download_is_not_made_for_its_head(rf: Any) -> None:
    made: list[bytes] = []

    def rows() -> Iterator[bytes]:
        made.append(b"a row")
        yield from made

    assert list(answered(rf, StreamingHttpResponse(rows())).streaming_content) == []
    assert made == []


@pytest.mark.parametrize("client", [Client(), Client(enforce_csrf_checks=True)], ids=["plain", "csrf"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
@pytest.mark.parametrize("page", ["/", "/account/login/", "/livez", "/nowhere/"])
def test_a_method_that_no_page_has_is_not_allowed(client: Client, method: str, page: str) -> None:
    answer: Any = client.generic(method, page)

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "X" * 40])
def test_a_method_that_does_not_exist_is_not_implemented(method: str) -> None:
    assert Client().generic(method, "/").status_code == 501


def test_a_page_that_is_only_read_says_so(browser: Client) -> None:
    answer = Client().post("/livez")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
