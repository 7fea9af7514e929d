"""A mail server that drips, or falls silent, at every stage of the talk."""

import socket
import time
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection

from core.common import bounded_mail
from tests.core.common.test_bounded_http import Serve, serve
from tests.mail_sink import Sink, mail_sink

__all__ = ["mail_sink", "serve"]  # fixtures

BACKEND = "core.common.bounded_mail.EmailBackend"
PATIENCE = 3.0
STAGES = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."]


def mail() -> EmailMessage:
    return EmailMessage("Hello", "Text", "portal@example.com", ["somebody@example.com"], connection=get_connection())


def drip(line: socket.socket) -> None:
    """One answer of many lines, each of which comes in time."""
    while True:
        line.sendall(b"250-slow\r\n")
        time.sleep(0.05)


def talking(until: str, ending: Any) -> Any:
    """Play a mail server that answers as it should until this stage."""

    def talk(line: socket.socket) -> None:
        stages = iter(STAGES)
        if next(stages) == until:
            ending(line)
            return
        line.sendall(b"220 here\r\n")
        for stage in stages:
            said = b""
            while not (said.endswith(b"\r\n.\r\n") if stage == "." else said.endswith(b"\r\n")):
                said += line.recv(65536)
            if stage == until:
                ending(line)
                return
            line.sendall(b"354 go on\r\n" if stage == "DATA" else b"250 yes\r\n")

    return talk


@pytest.mark.parametrize("ending", [drip, lambda line: time.sleep(10)], ids=["drips", "silent"])
@pytest.mark.parametrize("stage", STAGES)
def test_handing_a_mail_over_ends_when_its_time_is_over(
    serve: Serve, settings: Any, monkeypatch: pytest.MonkeyPatch, stage: str, ending: Any
) -> None:
    monkeypatch.setattr(bounded_mail, "SECONDS", 0.5)
    port = serve(talking(stage, ending)).rstrip("/").rpartition(":")[2]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = BACKEND, "127.0.0.1", int(port)
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    begun = time.monotonic()

    with pytest.raises(TimeoutError):
        mail().send()

    assert time.monotonic() - begun < PATIENCE


def test_a_mail_server_that_is_well_gets_it(mail_sink: Sink, settings: Any) -> None:
    settings.EMAIL_BACKEND = BACKEND

    assert mail().send() == 1

    assert [str(message["subject"]) for message in mail_sink.messages] == ["Hello"]


def test_a_mail_server_that_is_not_there_is_no_matter_of_time(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = BACKEND, "127.0.0.1", 1

    with pytest.raises(ConnectionRefusedError):
        mail().send()
