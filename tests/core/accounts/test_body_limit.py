"""How much a request may bring is looked at before any of it is read."""

import asyncio
import io
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from core.accounts.models import Membership
from integration_manager import asgi
from integration_manager.management.commands import portal

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]
FORM = "application/x-www-form-urlencoded"
FILE = "multipart/form-data; boundary=x"


class Endless(io.RawIOBase):
    """What must not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("It was read.")

    readline = read


def send(client: Client, kind: str, **environ: Any) -> Any:
    request = {"REQUEST_METHOD": "POST", "PATH_INFO": reverse("account_login"), "CONTENT_TYPE": kind}
    return client.request(**request, **{"wsgi.input": Endless(), **environ})


@pytest.mark.parametrize("kind", [FORM, FILE, "application/json", "text/plain"])
def test_a_stranger_sends_nothing_long(kind: str) -> None:
    answer = send(Client(), kind, CONTENT_LENGTH=str(400_000_000))

    assert answer.status_code == 413
    assert "Too much at once" in answer.content.decode()
    assert send(Client(), kind, CONTENT_LENGTH=str(settings.MOST_SENT_BY_STRANGERS + 1)).status_code == 413


@pytest.mark.parametrize("kind", [FORM, FILE])
def test_who_is_logged_in_sends_no_more_than_a_page_of_ours(browser: Client, kind: str) -> None:
    answer = send(browser, kind, CONTENT_LENGTH=str(settings.MOST_SENT + 1))

    assert answer.status_code == 413
    assert "5.7" in answer.content.decode()


@pytest.mark.parametrize("kind", [FORM, FILE])
def test_what_comes_in_pieces_says_how_long_it_is(kind: str) -> None:
    answer = send(Client(), kind, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")

    assert answer.status_code == 411
    assert "Send it with a Content-Length." in answer.content.decode()


def test_no_page_takes_a_file_but_one_that_says_so(browser: Client) -> None:
    upload = io.BytesIO(b"x" * 1_000)
    upload.name = "orders.csv"

    assert Client().post(reverse("account_login"), {"login": upload}).status_code == 400
    assert browser.post(reverse("orders:act"), {"chosen": upload}).status_code == 400
    upload.seek(0)
    assert browser.post(reverse("shipping:tracking_import"), {"file": upload}).status_code == 302


def test_two_files_are_too_many(browser: Client) -> None:
    files = [io.BytesIO(b"x"), io.BytesIO(b"x")]

    assert browser.post(reverse("shipping:tracking_import"), {"file": files}).status_code == 400


def test_short_forms_pass(maria: Membership) -> None:
    assert Client().post(reverse("account_login"), {"login": "x" * 90_000, "password": "x"}).status_code == 200


def test_one_process_reads_no_more_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Its server reads a request whole, also one in pieces, before the portal sees it: a little more than we take."""
    asked: dict[str, Any] = {}

    def create_server(*_: Any, **options: Any) -> Any:
        asked.update(options)
        raise KeyboardInterrupt

    monkeypatch.setattr(portal.embedded.waitress, "create_server", create_server)
    monkeypatch.setattr(portal.embedded, "claim_port", lambda *_, **__: None)
    monkeypatch.setattr(portal.embedded.Running, "start", lambda *_: None)
    monkeypatch.setattr(portal.embedded.Running, "start_simulator", lambda *_, **__: None)
    monkeypatch.setattr(portal.embedded.Running, "start_worker", lambda *_: None)
    monkeypatch.setattr(portal.Command, "_set_former_data_aside", lambda *_: None)
    monkeypatch.setattr(portal, "call_command", lambda *_, **__: None)
    monkeypatch.setattr(portal.signal, "signal", lambda *_: None)
    monkeypatch.setattr(settings, "EMBEDDED", True)
    with pytest.raises(KeyboardInterrupt):
        call_command("portal", no_demo=True)

    assert asked["max_request_body_size"] == 2 * settings.MOST_SENT


def test_an_asgi_server_is_asked_for_no_more_than_that() -> None:
    asked, sent = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def reads_all(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] == "http.request":
            pass

    asyncio.run(asgi.LimitedBodies(reads_all)({"type": "http"}, receive, send))

    assert asked == 7
    assert sent[0]["status"] == 413
