"""The portal behind a proxy that speaks TLS: the one-process way with README's settings, and gunicorn."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.running import processes, tls_proxy
from tests.running.tls_proxy import HOST

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]


@pytest.fixture(scope="module", params=["one process", "gunicorn"])
def port(request: pytest.FixtureRequest, folder: Path) -> Iterator[int]:
    if request.param == "one process":
        with processes.one_process(folder, **processes.README) as port:
            yield port
    else:
        with processes.gunicorn(folder, "--workers", "1") as port:
            yield port


@pytest.fixture(scope="module", params=["Host kept", "Host replaced"])
def browser(
    request: pytest.FixtureRequest, port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    certified = tls_proxy.certificate(tmp_path_factory.mktemp("tls"))
    # The page asks for its own styles and scripts too, as a browser does.
    with (
        tls_proxy.in_front_of(port, certified, keep_host=request.param == "Host kept") as front,
        processes.browser(front) as client,
    ):
        yield client


def test_a_page_answers_and_keeps_its_cookies_to_https(browser: httpx.Client) -> None:
    page = browser.get("/account/login/")

    assert page.status_code == 200
    assert "Strict-Transport-Security" in page.headers
    assert all("Secure" in cookie for cookie in page.headers.get_list("set-cookie"))
    assert page.headers.get_list("set-cookie")


def test_a_form_is_taken(browser: httpx.Client) -> None:
    page = browser.get("/account/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    filled = {"csrfmiddlewaretoken": token[1], "login": "nobody@northwind-3pl.test", "password": "wrong"}

    answer = browser.post(
        "/account/login/",
        data=filled,
        headers={"Origin": f"https://{HOST}", "Referer": f"https://{HOST}/account/login/"},
    )

    assert answer.status_code == 200
    assert "incorrect" in answer.text


def test_the_start_page_leads_to_the_log_in_once(browser: httpx.Client) -> None:
    answer = browser.get("/")

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/account/login/")


def test_without_the_proxy_only_health_is_told_in_the_clear(port: int) -> None:
    with closing(httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Host": HOST}, timeout=20)) as direct:
        assert direct.get("/livez").status_code == 200
        assert direct.get("/account/login/").headers["location"] == f"https://{HOST}/account/login/"


def test_nobody_locks_others_out_by_writing_where_they_come_from(browser: httpx.Client) -> None:
    """An address that a browser writes itself stands before the one that the proxy adds."""
    page = browser.get("/account/login/", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"})

    assert page.status_code == 200
