"""A real SMTP server that keeps what it is given, and refuses what it is told to refuse."""

from asyncio import Server
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

BACKEND = "core.common.bounded_mail.EmailBackend"


@dataclass
class Sink:
    """``refusals`` are answered first, one a mail: ``recipient`` at RCPT TO, ``data`` after the text."""

    envelopes: list[Envelope] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # whom, at RCPT TO
    recipient: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[EmailMessage]:
        return [_parsed(envelope) for envelope in self.envelopes]

    def to(self, address: str) -> list[EmailMessage]:
        """What one person got, the first first. Envelopes count, not what a header says."""
        return [_parsed(each) for each in self.envelopes if each.rcpt_tos == [address]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient:
            self.refused.append(address)
            return self.recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data.pop(0)
        self.envelopes.append(envelope)
        return "250 OK"


def _parsed(envelope: Envelope) -> EmailMessage:
    content = envelope.original_content
    assert isinstance(content, bytes)
    parsed = message_from_bytes(content.replace(b"\r\n", b"\n"), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(message: EmailMessage) -> str:
    return _part_of(message, "plain")


def html_of(message: EmailMessage) -> str:
    return _part_of(message, "html")


def _part_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None, message.get_content_type()
    return str(part.get_content())


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="sink.test", data_size_limit=2**20)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]  # any free one was asked for
        super()._trigger_server()


@pytest.fixture
def mail_sink(settings: Any) -> Iterator[Sink]:
    """The mail server that the settings name. ``.messages`` is what arrived."""
    sink = Sink()
    server = _Controller(sink, hostname="127.0.0.1", port=0)
    server.start()
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield sink
    server.stop()
