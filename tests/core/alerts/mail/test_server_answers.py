"""Whose fault a refusal is: by RFC 3463 and the registry of RFC 5248 where there is a status, else by the reply."""

import smtplib

import pytest

from core.alerts.mail import server_answers
from core.alerts.mail.server_answers import Fault, ServerAnswer, TalkStage


@pytest.mark.parametrize(
    ("reply", "text", "fault"),
    [
        # The relay's own words: Postfix, Exchange, Exim, qmail, sendmail.
        (554, "5.7.1 <a@b.example>: Relay access denied", Fault.POLICY),
        (454, "4.7.1 <a@b.example>: Relay access denied", Fault.POLICY),
        (550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", Fault.POLICY),
        (550, "relay not permitted", Fault.POLICY),
        (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", Fault.POLICY),
        (554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", Fault.POLICY),
        (550, "5.7.25 The IP address sending this message does not have a PTR record", Fault.POLICY),
        (530, "5.7.0 Authentication required", Fault.POLICY),
        (530, "SMTP authentication is required.", Fault.LOGIN),
        (535, "5.7.8 Authentication credentials invalid", Fault.LOGIN),
        (550, "Unauthenticated senders not allowed", Fault.LOGIN),
        (530, "5.7.10 Encryption needed", Fault.TLS),
        (550, "5.1.8 <portal@localhost>: Sender address rejected: Domain not found", Fault.SENDER),
        (550, "sender verify failed", Fault.SENDER),
        (554, "Transaction failed", Fault.POLICY),
        (421, "4.7.0 Too many connections", Fault.POLICY),
        (421, "Too many connections", Fault.TOO_MUCH),
        (452, "4.3.1 Insufficient system storage", Fault.SERVER),
        (451, "4.3.0 Temporary lookup failure", Fault.RECIPIENT),
        (503, "5.5.1 Bad sequence of commands", Fault.SERVER),
        # The address's own.
        (550, "5.1.1 No such user", Fault.RECIPIENT),
        (550, "No such user here", Fault.RECIPIENT),
        (550, "5.2.1 Mailbox disabled", Fault.RECIPIENT),
        (452, "4.2.2 Mailbox full", Fault.RECIPIENT),
        (552, "5.2.2 Over quota", Fault.RECIPIENT),
        (556, "5.1.10 Recipient address has null MX", Fault.RECIPIENT),
        (550, "5.4.1 Recipient address rejected: no such user", Fault.RECIPIENT),
        (550, "5.5.0 Requested action not taken: mailbox unavailable", Fault.RECIPIENT),
        (550, "5.7.17 Mailbox owner has changed", Fault.RECIPIENT),
        (501, "5.1.3 Bad recipient address syntax", Fault.RECIPIENT),
        (550, "", Fault.RECIPIENT),
    ],
)
def test_a_refused_recipient(reply: int, text: str, fault: Fault) -> None:
    assert ServerAnswer(TalkStage.RECIPIENT, reply, text).fault is fault


@pytest.mark.parametrize(
    ("reply", "text", "fault"),
    [
        (554, "5.7.1 Rejected by policy", Fault.POLICY),
        (550, "5.7.26 This mail has been blocked because the sender is unauthenticated", Fault.POLICY),
        (554, "Message rejected: Email address is not verified.", Fault.SENDER),
        (454, "Throttling failure: Maximum sending rate exceeded.", Fault.SERVER),
        (530, "5.7.1 Authentication required", Fault.POLICY),
        (552, "5.3.4 Message size exceeds fixed limit", Fault.MESSAGE),
        (554, "5.6.0 Bad content", Fault.MESSAGE),
        (554, "Transaction failed", Fault.MESSAGE),
        (550, "5.1.1 No such user", Fault.RECIPIENT),
    ],
)
def test_a_refused_text(reply: int, text: str, fault: Fault) -> None:
    assert ServerAnswer(TalkStage.DATA, reply, text).fault is fault


@pytest.mark.parametrize("stage", [TalkStage.CONNECT, TalkStage.LOGIN, TalkStage.SENDER])
@pytest.mark.parametrize("reply", [421, 450, 451, 454, 501, 503, 530, 535, 550, 553, 554])
@pytest.mark.parametrize("status", ["", "4.0.0 ", "5.1.0 ", "5.1.1 ", "5.2.1 ", "4.7.0 ", "5.7.1 ", "5.7.8 "])
def test_before_a_recipient_is_named_nothing_can_be_wrong_with_one(stage: TalkStage, reply: int, status: str) -> None:
    answer = ServerAnswer(stage, reply, f"{status}No")

    assert answer.fault not in server_answers.THEIRS
    assert answer.is_of_all


def test_a_login_is_refused_because_of_the_login() -> None:
    assert ServerAnswer(TalkStage.LOGIN, 454, "4.7.0 Temporary authentication failure").fault is Fault.LOGIN


def test_what_people_are_shown_holds_numbers_and_no_address() -> None:
    refused = smtplib.SMTPRecipientsRefused({"a@b.example": (554, b"5.7.1 <a@b.example>: Relay access denied")})

    answer = server_answers.read(refused)

    assert answer is not None
    assert answer.code == "554 5.7.1"


@pytest.mark.parametrize(
    "error",
    [smtplib.SMTPServerDisconnected("closed"), smtplib.SMTPNotSupportedError("no AUTH"), smtplib.SMTPException()],
)
def test_who_hangs_up_answered_nothing(error: smtplib.SMTPException) -> None:
    assert server_answers.read(error) is None
