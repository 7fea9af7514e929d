"""A real SMTP server that keeps what it is given, and refuses what it is told to refuse."""

from asyncio import Server
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

BACKEND = "core.common.bounded_mail.EmailBackend"


@dataclass
class Sink:
    """``recipient`` and ``data`` are answered first, one a mail: at RCPT TO, and after the text.

    ``standing`` is answered every time, by stage: greeting, ehlo, login, sender, recipient, data.
    """

    envelopes: list[Envelope] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # whom, at RCPT TO
    recipient: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    standing: dict[str, str] = field(default_factory=dict)
    only: str = ""  # the recipients that ``standing`` is about, by the end of their address
    talks: int = 0

    @property
    def messages(self) -> list[EmailMessage]:
        return [_parsed(envelope) for envelope in self.envelopes]

    def to(self, address: str) -> list[EmailMessage]:
        """What one person got, the first first. Envelopes count, not what a header says."""
        return [_parsed(each) for each in self.envelopes if each.rcpt_tos == [address]]

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [self.standing["ehlo"]] if "ehlo" in self.standing else responses

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:  # noqa: N802
        session.host_name = hostname
        return self.standing.get("ehlo", "250 sink.test")

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "sender" in self.standing:
            return self.standing["sender"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "recipient" in self.standing and address.endswith(self.only):
            return self.standing["recipient"]
        if self.recipient:
            self.refused.append(address)
            return self.recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "data" in self.standing:
            return self.standing["data"]
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


class _Server(SMTP):
    """Asks for a log-in where one is offered, and greets as the sink says."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(
            sink, hostname="sink.test", data_size_limit=2**20, authenticator=self._check, auth_require_tls=False
        )
        self.sink = sink

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any) -> AuthResult:
        assert isinstance(auth_data, LoginPassword)
        if "login" in self.sink.standing:
            return AuthResult(success=False, handled=False, message=self.sink.standing["login"])
        return AuthResult(success=auth_data.password == b"right", handled=False)

    async def push(self, status: Any) -> None:
        if isinstance(status, str) and status.startswith("220 "):
            self.sink.talks += 1
            status = self.sink.standing.get("greeting", status)
        await super().push(status)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler)

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
