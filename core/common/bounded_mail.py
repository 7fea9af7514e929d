"""Mail with a bound: handing over takes so long and no longer, however slowly the mail server talks.

smtplib counts time anew for every read. So somebody else keeps the time, and hangs up when it is over.
"""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from core.common import deadline

SECONDS = 45.0  # from the connection to the last answer


class EmailBackend(smtp.EmailBackend):
    """Django's own, which raises TimeoutError when the time is over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines: list[socket.socket] = []  # the last one is spoken on

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]
        made = _TlsTalk if self.use_ssl else _Talk

        def connect(*args: Any, **kwargs: Any) -> smtplib.SMTP:
            return made(self._lines, *args, **kwargs)

        return connect

    def open(self) -> bool | None:
        with self._in_time():
            return super().open()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with self._in_time():
            return super().send_messages(email_messages) or 0

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        over = threading.Event()

        def hang_up() -> None:
            over.set()
            for line in self._lines[-1:]:
                with suppress(OSError):  # it had ended
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

        with deadline.within(SECONDS):
            timer = threading.Timer(deadline.left(), hang_up)
            timer.daemon = True
            timer.start()
            try:
                yield
            except (OSError, smtplib.SMTPException, ValueError) as error:
                if over.is_set():
                    raise TimeoutError("The mail server took too long.") from error
                raise
            finally:
                timer.cancel()


class _Talk(smtplib.SMTP):
    def __init__(self, lines: list[socket.socket], *args: Any, **kwargs: Any) -> None:
        self._lines = lines
        super().__init__(*args, **kwargs)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line: socket.socket = super()._get_socket(host, port, deadline.left(timeout) or 0.1)  # type: ignore[misc]
        line.settimeout(SECONDS + 1)  # from here on it is hung up on in time: two clocks would race
        self._lines.append(line)
        return line

    def starttls(self, **kwargs: Any) -> tuple[int, bytes]:  # type: ignore[override]
        answered = super().starttls(**kwargs)
        if self.sock is not None:
            self._lines.append(self.sock)
        return answered


class _TlsTalk(_Talk, smtplib.SMTP_SSL):
    """The first line is encrypted already."""
