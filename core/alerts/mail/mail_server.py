"""Handing one mail to the mail server, and what its refusal means: the address's fault, the mail's, or ours."""

import smtplib
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from core.alerts.mail import server_answers
from core.alerts.mail.server_answers import THEIRS, Fault
from core.common import kill_points
from core.common.remote import Rejected, RemoteError, Throttled, Unavailable

ASK_AGAIN = timedelta(minutes=1)
KEPT_HERE = tuple(f"django.core.mail.backends.{name}." for name in ("console", "filebased", "dummy"))

# What it did, and what whoever runs the portal does about it.
_OURS: Mapping[Fault, tuple[str, str]] = MappingProxyType(
    {
        Fault.LOGIN: (
            "it did not accept our login",
            "Check the user name and the password in EMAIL_URL.",
        ),
        Fault.SENDER: (
            "it doesn't let us send from this portal's address",
            "Check DEFAULT_FROM_EMAIL: the mail server must know the address and let this login use it.",
        ),
        Fault.TLS: (
            "it wants an encrypted connection",
            "Write EMAIL_URL with smtp+tls:// (port 587) or smtp+ssl:// (port 465).",
        ),
        Fault.POLICY: (
            "it doesn't let us send through it",
            "Let this server send through it, or put a login into EMAIL_URL that may; check its lists of blocked "
            "servers, and SPF and DKIM of the sender's domain.",
        ),
        Fault.TOO_MUCH: (
            "it takes no more from us for now",
            "If that lasts, have its limit for this portal raised.",
        ),
        Fault.SERVER: (
            "it has problems of its own",
            "Check the mail server and its log, and that EMAIL_URL names the right server and port.",
        ),
    }
)
_AWAY = "Check that the mail server is running, and that this portal can reach the address and port in EMAIL_URL."


class ServerUnusable(Throttled):
    """Nothing is wrong with the mail: it waits at no cost. The message says what to do.

    ``for_all``: any other mail would be refused just so.
    """

    def __init__(self, what: str, remedy: str, *, for_all: bool) -> None:
        super().__init__(f"The mail server cannot be used now: {what}. {remedy}", retry_in=ASK_AGAIN)
        self.for_all = for_all


def reaches_mailboxes() -> bool:
    """Whether mail leaves this portal. Without a mail server it is kept to be read here."""
    return not settings.EMAIL_BACKEND.startswith(KEPT_HERE)


def send(message: EmailMessage) -> None:
    """Returns only when the mail server took it. Raises ServerUnusable, Unavailable or Rejected.

    ValueError is left to the caller: it is about what stands in the mail.
    """
    try:
        connection = get_connection()
        connection.open()
    except smtplib.SMTPException as error:
        raise _refused(error) from error
    except (OSError, ImproperlyConfigured) as error:
        raise _away(error) from error
    try:
        _hand_over(message, connection)
    finally:
        connection.close()


def _hand_over(message: EmailMessage, connection: BaseEmailBackend) -> None:
    message.connection = connection
    try:
        with kill_points.around("mail"):
            message.send()
    except smtplib.SMTPServerDisconnected as error:  # at this mail, perhaps because of it
        raise Unavailable("The mail server dropped the connection.") from error
    except smtplib.SMTPException as error:
        raise _refused(error) from error
    except (OSError, ImproperlyConfigured) as error:  # in the embedded run: no folder to write to
        raise _away(error) from error


def _refused(error: smtplib.SMTPException) -> RemoteError:
    answer = server_answers.read(error)
    if answer is None:  # it hung up at the door, or does not offer TLS or a log-in that we know
        return _away(error)
    if answer.fault not in THEIRS:
        what, remedy = _OURS[answer.fault]
        return ServerUnusable(f"{what} ({answer.code})", remedy, for_all=answer.is_of_all)
    # A 4xx asks to come again, a 5xx will not change.
    sentence = f"The mail server refused the email ({answer.code})."
    return Unavailable(sentence) if answer.is_passing else Rejected(sentence)


def _away(error: Exception) -> ServerUnusable:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        what, remedy = _OURS[Fault.TLS]
        return ServerUnusable("it offers no encryption or no login, and EMAIL_URL asks for it", remedy, for_all=True)
    return ServerUnusable(f"no connection ({type(error).__name__})", _AWAY, for_all=True)
