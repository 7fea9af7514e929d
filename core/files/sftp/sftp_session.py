"""A session with somebody's SFTP server: its key is the accepted one before anything secret is said to it.

What is asked takes so long and no longer, however slowly the server drips: at its end the line is cut. Only time with
the server counts, not what is done with a file meanwhile; a line that was lost then is made anew.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import paramiko
from paramiko import PKey, SFTPClient, SFTPError, SSHException, Transport

from core.common import kill_points
from core.common.allowed_addresses import Network
from core.files.sftp import bounded_line, host_keys, private_keys
from core.files.sftp.private_keys import NotAKey
from core.files.sftp.sftp_trouble import LineLost, NoWayIn, SftpTrouble

ANSWERING = 20.0  # seconds for an answer
ONE = 60.0  # seconds for one file, or one list
WHOLE = 150.0  # seconds with the server in one round
LOST = (SSHException, SFTPError, EOFError, OSError)  # as the library says it
LISTED = 20_000  # files of a folder that are looked at
WEAK = {
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1-96"],
}


@dataclass(frozen=True, slots=True)
class SftpLogin:
    """A server, and how to log in there. ``host_key`` is the one that a person accepted, "" for none yet."""

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    host_key: str = ""


class SftpSession:
    def __init__(self, login: SftpLogin, networks: Sequence[Network], *, whole: float = WHOLE) -> None:
        """``networks`` are the operator's private ones; ``whole`` seconds are spent with the server at most."""
        self.login, self._networks, self._left = login, networks, whole
        self._transport: Transport | None = None
        self._client: SFTPClient | None = None

    def close(self) -> None:
        transport, self._transport, self._client = self._transport, None, None
        if transport is not None:
            with suppress(*LOST):
                transport.close()

    # -- Step by step --------------------------------------------------------------------------------------------------
    def greet(self, *, any_key: bool = False) -> str:
        """Connect, and return the key the server shows: of the accepted kind, or of any. Nothing secret was said.

        Raises SftpTrouble, LineLost, NoWayIn.
        """
        self.close()
        login = self.login
        with self._limited():
            until = time.monotonic() + min(ONE, self._left)
            line = bounded_line.connect(login.host, login.port, self._networks, most=until - time.monotonic())
            try:
                transport = self._transport = Transport(line, disabled_algorithms=WEAK)
                transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = ANSWERING
                if login.host_key and not any_key:
                    transport.get_security_options().key_types = host_keys.algorithms(login.host_key)
                transport.start_client(timeout=max(0.0, min(ANSWERING, until - time.monotonic())))
                return host_keys.written(transport.get_remote_server_key())
            except paramiko.IncompatiblePeer as error:
                if login.host_key and "host key" in str(error):
                    raise NoWayIn(_changed(login, "")) from error
                raise SftpTrouble(
                    f"{login.host} speaks SSH in a way too old to be safe. Its server has to be renewed."
                ) from error
            except LOST as error:
                raise LineLost(
                    f"{login.host}, port {login.port}, does not answer as an SFTP server. Check the port."
                ) from error

    def open(self) -> SFTPClient:
        """Connect, check the key, log in. Raises SftpTrouble, LineLost, NoWayIn."""
        if not self.login.host_key:
            raise NoWayIn(f"Nobody accepted the key of {self.login.host} yet. Press Test, and compare it.")
        shown = self.greet()
        if shown != self.login.host_key:
            self.close()
            raise NoWayIn(_changed(self.login, shown))
        self.log_in()
        return self._begin()

    def log_in(self) -> None:
        login, transport = self.login, self._transport
        assert transport is not None
        key = _key(login)
        with self._limited():
            try:
                if key is not None:
                    more = transport.auth_publickey(login.user, key)
                else:
                    more = transport.auth_password(login.user, login.password)
            except SSHException as error:
                if not transport.is_active():
                    raise LineLost(
                        f"{login.host} ended the connection at the log-in. It may have locked {login.user} out."
                    ) from error
                what = "the private key" if key is not None else "the password"
                raise NoWayIn(
                    f"{login.host} refuses {login.user}. Check the user and {what}, and that it may log in so."
                ) from error
        if more:
            raise NoWayIn(
                f"{login.host} wants more than one proof of {login.user} ({', '.join(more)[:60]}). One is what we have."
            )

    def _begin(self) -> SFTPClient:
        assert self._transport is not None
        with self._limited():
            try:
                client = SFTPClient.from_transport(self._transport)
            except SSHException as error:
                if not self._transport.is_active():
                    raise
                raise SftpTrouble(f"{self.login.host} lets {self.login.user} in, but not by SFTP.") from error
        assert client is not None
        client.get_channel().settimeout(ANSWERING)
        self._transport.set_keepalive(15)
        self._client = client
        return client

    # -- Asking --------------------------------------------------------------------------------------------------------
    @contextmanager
    def asking(self) -> Iterator[SFTPClient]:
        """Ask something of it; connected anew where the line was lost since. Raises SftpTrouble for a lost line.

        What the server itself refuses is an OSError.
        """
        client = self._client if self._client is not None and self._is_alive() else self.open()
        with self._limited(), kill_points.around("sftp request"):
            yield client

    def _is_alive(self) -> bool:
        transport, client = self._transport, self._client
        return (
            transport is not None and transport.is_active() and client is not None and not client.get_channel().closed
        )

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Cut the line when it takes too long. Raises LineLost for whatever a lost line looks like."""
        login, begun, was_cut = self.login, time.monotonic(), threading.Event()

        def cut() -> None:
            was_cut.set()
            self._cut()

        timer = threading.Timer(max(0.0, min(ONE, self._left)), cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except SftpTrouble:
            raise
        except (*LOST, UnicodeDecodeError) as error:
            if was_cut.is_set():
                raise LineLost(f"{login.host} was too slow. What is left is done in the next round.") from error
            if isinstance(error, UnicodeDecodeError):
                raise SftpTrouble(f"{login.host} has a file whose name is not in UTF-8. Rename it.") from error
            if isinstance(error, OSError) and not isinstance(error, TimeoutError) and self._is_alive():
                raise  # its answer
            raise LineLost(f"The connection to {login.host} was lost. It is tried again.") from error
        finally:
            timer.cancel()
            self._left -= time.monotonic() - begun

    def _cut(self) -> None:
        if (transport := self._transport) is not None:
            with suppress(*LOST):
                transport.close()


def _key(login: SftpLogin) -> PKey | None:
    if not login.private_key:
        return None
    try:
        return private_keys.read(login.private_key)
    except NotAKey as error:
        raise SftpTrouble(str(error)) from error


def _changed(login: SftpLogin, shown: str) -> str:
    before = host_keys.fingerprint(login.host_key)
    now = host_keys.fingerprint(shown) if shown else "one of another kind"
    return (
        f"The key of {login.host} changed: it was {before} and is {now}. Nothing was sent. Ask whoever runs that "
        "server. If it is right, press Test and accept the new one; if nobody knows of it, somebody may stand between."
    )
