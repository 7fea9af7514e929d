"""Whose fault a mail server's refusal is: that of the address, of the mail, or ours. A table, and nothing around it.

The enhanced status code tells, wherever there is one; else the reply code and the stage of the talk. A refusal that is
ours would meet any other mail as well, so it must not be held against this one.

References: https://www.rfc-editor.org/rfc/rfc3463 (codes), https://www.rfc-editor.org/rfc/rfc5248 with its registry at
https://www.iana.org/assignments/smtp-enhanced-status-codes (codes since), https://www.rfc-editor.org/rfc/rfc5321 and
https://www.rfc-editor.org/rfc/rfc4954 (replies of the talk and of the log-in).
"""

import re
import smtplib
from dataclasses import dataclass
from enum import StrEnum


class TalkStage(StrEnum):
    """How far the talk had come."""

    CONNECT = "connect"  # greeting, EHLO, STARTTLS
    LOGIN = "login"
    SENDER = "sender"  # MAIL FROM
    RECIPIENT = "recipient"  # RCPT TO
    DATA = "data"


class Fault(StrEnum):
    """Whose fault it is; of those that are ours, what has to be done about it."""

    RECIPIENT = "recipient"
    MESSAGE = "message"
    LOGIN = "login"
    SENDER = "sender"
    TLS = "tls"
    POLICY = "policy"  # it does not let us send: relay, blocked address, DKIM, SPF
    TOO_MUCH = "too much"
    SERVER = "server"  # it has troubles of its own, or does not speak as we do


THEIRS = (Fault.RECIPIENT, Fault.MESSAGE)
OF_ALL = (TalkStage.CONNECT, TalkStage.LOGIN, TalkStage.SENDER)  # what is refused here is refused to every mail

# By subject and detail of the enhanced code: "5.7.8" and "4.7.8" are (7, 8). None is every other detail.
_BY_STATUS: dict[tuple[int, int | None], Fault] = {
    (1, 7): Fault.SENDER,  # bad sender's mailbox address syntax
    (1, 8): Fault.SENDER,  # bad sender's system address
    (1, None): Fault.RECIPIENT,
    (2, 3): Fault.MESSAGE,  # too long for the mailbox
    (2, None): Fault.RECIPIENT,
    (3, 4): Fault.MESSAGE,  # too big for the system
    (3, None): Fault.SERVER,
    (4, 3): Fault.SERVER,  # directory server failure
    (4, 5): Fault.TOO_MUCH,  # congestion
    (4, None): Fault.RECIPIENT,  # no route to where it should go
    (5, 3): Fault.TOO_MUCH,  # too many recipients
    (5, None): Fault.SERVER,
    (6, 7): Fault.RECIPIENT,  # non-ASCII addresses not permitted
    (6, 9): Fault.RECIPIENT,
    (6, None): Fault.MESSAGE,
    (7, 2): Fault.RECIPIENT,  # a mailing list that takes nothing from us
    (7, 4): Fault.TLS,  # security features not supported
    (7, 5): Fault.TLS,
    (7, 8): Fault.LOGIN,  # credentials invalid
    (7, 9): Fault.LOGIN,  # mechanism too weak
    (7, 10): Fault.TLS,  # encryption needed
    (7, 11): Fault.TLS,  # encryption required for this mechanism
    (7, 12): Fault.LOGIN,  # password transition needed
    (7, 13): Fault.LOGIN,  # account disabled
    (7, 14): Fault.LOGIN,  # trust relationship required
    (7, 15): Fault.MESSAGE,  # priority too low
    (7, 16): Fault.MESSAGE,  # too big for its priority
    (7, 17): Fault.RECIPIENT,  # mailbox owner has changed
    (7, 18): Fault.RECIPIENT,  # domain owner has changed
    (7, 27): Fault.SENDER,  # our address takes no mail
    (7, 28): Fault.TOO_MUCH,  # mail flood
    (7, None): Fault.POLICY,
}
# "Other or undefined": they say of which kind it is and not what, and servers use them for anything.
_UNDEFINED = ((0, 0), (1, 0), (3, 0), (4, 0), (5, 0))

# Reply codes that mean the same at whatever stage they come.
_BY_REPLY: dict[int, Fault] = {
    421: Fault.TOO_MUCH,  # closing the connection: too many of them, or it shuts down
    432: Fault.LOGIN,
    452: Fault.SERVER,  # its disk is full
    454: Fault.SERVER,  # cannot check the log-in, or start TLS, now
    455: Fault.SERVER,
    500: Fault.SERVER,
    502: Fault.SERVER,
    503: Fault.SERVER,
    504: Fault.SERVER,
    521: Fault.SERVER,
    525: Fault.LOGIN,
    530: Fault.LOGIN,
    534: Fault.LOGIN,
    535: Fault.LOGIN,
    538: Fault.TLS,
    551: Fault.RECIPIENT,
    552: Fault.MESSAGE,
    555: Fault.SERVER,
    556: Fault.RECIPIENT,
}
# What else is refused at a stage is most likely this.
_BY_STAGE: dict[TalkStage, Fault] = {
    TalkStage.CONNECT: Fault.SERVER,
    TalkStage.LOGIN: Fault.LOGIN,
    TalkStage.SENDER: Fault.SENDER,
    TalkStage.RECIPIENT: Fault.RECIPIENT,
    TalkStage.DATA: Fault.MESSAGE,
}
# Some say it only in words, with the reply that also means "no such user": Exim, Amazon SES, SendGrid.
_IN_WORDS: tuple[tuple[str, Fault], ...] = (
    ("authenticat", Fault.LOGIN),
    ("log in", Fault.LOGIN),
    ("starttls", Fault.TLS),
    ("relay", Fault.POLICY),
    ("client host", Fault.POLICY),
    ("access denied", Fault.POLICY),
    ("not authorized", Fault.POLICY),
    ("rcpthosts", Fault.POLICY),
    ("not verified", Fault.SENDER),
    ("sender", Fault.SENDER),
    ("sending rate", Fault.TOO_MUCH),
    ("too many", Fault.TOO_MUCH),
)
# At the beginning of the text (RFC 2034); qmail puts it at the end, as "(#5.7.1)".
_STATUS = re.compile(r"(?:^\s*|\(#)([245]\.(\d{1,3})\.(\d{1,3}))\b")


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """A refusal, as the server gave it. ``text`` may name people: it is judged and not shown."""

    stage: TalkStage
    reply: int
    text: str = ""

    @property
    def fault(self) -> Fault:
        found = _STATUS.search(self.text)
        status = (int(found[2]), int(found[3])) if found else (0, 0)
        if status not in _UNDEFINED:
            fault = _BY_STATUS.get(status) or _BY_STATUS.get((status[0], None)) or _BY_STAGE[self.stage]
        else:
            fault = self._by_reply()
        # Before a recipient was named, nothing can be wrong with one; and a log-in is refused because of the log-in.
        said_too_little = fault is Fault.RECIPIENT and self.stage in OF_ALL
        return (
            _BY_STAGE[self.stage]
            if said_too_little or (fault, self.stage) == (Fault.POLICY, TalkStage.LOGIN)
            else fault
        )

    @property
    def is_of_all(self) -> bool:
        """Whether any other mail would be refused just so."""
        return self.fault not in THEIRS and (self.stage in OF_ALL or self.reply == 421)

    @property
    def is_passing(self) -> bool:
        return self.reply < 500

    @property
    def code(self) -> str:
        """Return what the server said, in numbers: "554 5.7.1"."""
        found = _STATUS.search(self.text)
        return f"{self.reply} {found[1]}" if found else str(self.reply)

    def _by_reply(self) -> Fault:
        if fault := _BY_REPLY.get(self.reply):
            return fault
        said = self.text.lower()
        for word, fault in _IN_WORDS:
            if word in said:
                return fault
        if self.reply == 554 and self.stage is TalkStage.RECIPIENT:
            return Fault.POLICY  # "transaction failed" is no answer about a mailbox
        return _BY_STAGE[self.stage]


def read(error: smtplib.SMTPException) -> ServerAnswer | None:
    """Return what the server answered. None when it did not: it hung up, or does not offer what we need."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        reply, text = max(error.recipients.values(), key=lambda answer: answer[0])
        return ServerAnswer(TalkStage.RECIPIENT, reply, _text(text))
    if not isinstance(error, smtplib.SMTPResponseException) or error.smtp_code < 200:
        return None
    stage = TalkStage.CONNECT
    if isinstance(error, smtplib.SMTPAuthenticationError):
        stage = TalkStage.LOGIN
    elif isinstance(error, smtplib.SMTPSenderRefused):
        stage = TalkStage.SENDER
    elif isinstance(error, smtplib.SMTPDataError):
        stage = TalkStage.DATA
    return ServerAnswer(stage, error.smtp_code, _text(error.smtp_error))


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
