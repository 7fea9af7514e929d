"""A folder on a server, by SFTP. The server proves by its key that it is the one it was when somebody set it up.

Its name is looked up once, the address is checked, and connected to is that address and no other.
"""

import socket
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO
from typing import Self

import paramiko

from core.common.allowed_addresses import AddressRefused, Network, check_address
from core.common.folders.folder import MOST_BYTES, MOST_FILES, Folder, FolderFile, is_file_name, within
from core.common.remote import Disconnected, Rejected, Unavailable

SECONDS = 20.0  # for the connection, for the log-in, and for each answer
KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(frozen=True, slots=True)
class SftpServer:
    """Where a server is, who we are there, and by which key it is known."""

    host: str
    user: str
    port: int = 22
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)  # in PEM or OpenSSH's form, without a passphrase
    host_key: str = ""  # "ssh-ed25519 SHA256:…"


class UnknownServer(Disconnected):
    """Nobody said yet that this is the right server. ``host_key`` is what it showed."""

    def __init__(self, host_key: str) -> None:
        super().__init__(f"The server's key is {host_key}. Compare it with what its operator says, then accept it.")
        self.host_key = host_key


class SftpFolder(Folder):
    def __init__(self, server: SftpServer, networks: Sequence[Network]) -> None:
        """``networks`` are private ones that the operator allows us to speak to."""
        self._server, self._networks = server, networks
        self._transport: paramiko.Transport | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def __enter__(self) -> Self:
        line = _line_to(self._server, self._networks)
        try:
            with _said_plainly():
                self._transport = _shake_hands(line, self._server)
                _log_in(self._transport, self._server)
                self._sftp = paramiko.SFTPClient.from_transport(self._transport)
                if self._sftp is None:
                    raise Disconnected("The server lets us in and has no SFTP.")
                channel = self._sftp.get_channel()
                if channel is not None:
                    channel.settimeout(SECONDS)
        except BaseException:
            self.__exit__()
            line.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        if self._transport is not None:
            self._transport.close()

    def files(self, path: str) -> list[FolderFile]:
        with _said_plainly(f"The folder {path or '.'}"):
            listed = self._open.listdir_attr(within(path) or ".")
        found = [
            FolderFile(each.filename, each.st_size or 0, int(each.st_mtime or 0))
            for each in listed
            if is_file_name(each.filename) and stat.S_ISREG(each.st_mode or 0)
        ]
        return sorted(found, key=lambda file: file.name)[:MOST_FILES]

    def read(self, path: str, file: FolderFile) -> bytes:
        place = _join(path, file.name)
        if file.size > MOST_BYTES:
            raise Rejected(f"{file.name} is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        with _said_plainly(file.name):
            with self._open.open(place, "rb") as held:
                data = held.read(MOST_BYTES + 1)
            now = self._open.stat(place)
        if len(data) != file.size or (now.st_size, int(now.st_mtime or 0)) != (file.size, file.changed_at):
            raise Unavailable(f"{file.name} changed while it was read.")
        return data

    def put_away(self, path: str, name: str, archive: str, *, as_name: str) -> None:
        with _said_plainly(f"The folder {archive}"):
            self._make(archive)
            place, to = _join(path, name), _join(archive, as_name)
            with suppress(FileNotFoundError):
                self._open.stat(place)
                self._replace(place, to)

    def write(self, path: str, name: str, data: bytes) -> None:
        first, last = _join(path, f".{name}.part"), _join(path, name)
        with _said_plainly(f"The folder {path or '.'}"):
            self._make(path)
            with self._open.open(first, "wb") as held:
                held.set_pipelined(True)
                held.write(data)
            self._replace(first, last)

    @property
    def _open(self) -> paramiko.SFTPClient:
        assert self._sftp is not None  # within the context
        return self._sftp

    def _replace(self, place: str, to: str) -> None:
        """Rename at once, also where there is one of that name; a server without that loses the old one first."""
        try:
            self._open.posix_rename(place, to)
        except FileNotFoundError:
            raise
        except OSError:
            with suppress(FileNotFoundError):
                self._open.remove(to)
            self._open.rename(place, to)

    def _make(self, path: str) -> None:
        """Make the folders of a path that are not there."""
        made = "/" if path.startswith("/") else ""
        for step in within(path).strip("/").split("/"):
            made = f"{made.rstrip('/')}/{step}" if made else step
            if not step:
                continue
            try:
                self._open.stat(made)
            except FileNotFoundError:
                self._open.mkdir(made)


def _join(path: str, name: str) -> str:
    here = within(path)
    return f"{here.rstrip('/')}/{name}" if here else name


# -- Connecting --------------------------------------------------------------------------------------------------------
def _line_to(server: SftpServer, networks: Sequence[Network]) -> socket.socket:
    """Connect to the one address that the name stands for now, where that may be spoken to."""
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable(f"The server {server.host} can't be found.") from None
    for *_, where in found:
        check_address(str(where[0]), networks)
    family, kind, protocol, _, where = found[0]
    line = socket.socket(family, kind, protocol)
    line.settimeout(SECONDS)
    try:
        line.connect(where)
    except OSError as error:
        line.close()
        raise Unavailable(f"The server {server.host} doesn't answer ({error.strerror or 'no answer'}).") from error
    return line


def _shake_hands(line: socket.socket, server: SftpServer) -> paramiko.Transport:
    """Return the line made safe, with the server that is meant. Raises UnknownServer, or Disconnected for another."""
    transport = paramiko.Transport(line)
    transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = SECONDS
    try:
        transport.start_client(timeout=SECONDS)
        key = transport.get_remote_server_key()
        shown = f"{key.get_name()} {key.fingerprint}"
        if not server.host_key:
            raise UnknownServer(shown)
        if shown != server.host_key:
            raise Disconnected(
                f"The server {server.host} shows another key than before ({shown}). Nothing was sent. Ask its operator."
            )
    except BaseException:
        transport.close()
        raise
    return transport


def _log_in(transport: paramiko.Transport, server: SftpServer) -> None:
    if server.private_key:
        transport.auth_publickey(server.user, read_key(server.private_key))
    else:
        transport.auth_password(server.user, server.password, fallback=False)


def read_key(text: str) -> paramiko.PKey:
    """Return a private key. Raises Rejected for what is none, or needs a passphrase."""
    for kind in KEYS:
        try:
            return kind.from_private_key(StringIO(text.strip() + "\n"))
        except paramiko.PasswordRequiredException:
            raise Rejected("The private key has a passphrase. Paste one without.") from None
        except (paramiko.SSHException, ValueError, IndexError, TypeError):
            continue
    raise Rejected("This is not a private key we can read. Paste an Ed25519, ECDSA or RSA key in OpenSSH's form.")


@contextmanager
def _said_plainly(what: str = "The server") -> Iterator[None]:
    """Turn what goes wrong into what is done about it."""
    try:
        yield
    except (Disconnected, Rejected, Unavailable, AddressRefused):
        raise
    except paramiko.AuthenticationException as error:
        raise Disconnected("The server doesn't accept the user name with this password or key.") from error
    except PermissionError as error:
        raise Rejected(f"{what} may not be used by us. Give our user the right to read and write there.") from error
    except FileNotFoundError as error:
        raise Rejected(f"{what} is not there. Make it, or write another.") from error
    except (paramiko.SSHException, EOFError, TimeoutError, OSError) as error:
        raise Unavailable(f"The connection to the server broke ({type(error).__name__}).") from error
