"""The connection to a server that somebody named: to a public address looked up once, so many bytes and no more."""

import socket
import time
from collections.abc import Sequence
from typing import Any

from core.common import allowed_addresses, host_addresses, kill_points
from core.common.allowed_addresses import AddressRefused, Network
from core.common.host_addresses import NoAddress
from core.files.sftp.sftp_trouble import LineLost, SftpTrouble

CONNECTING = 8.0  # seconds for the name, and for each address
TRIED = 3  # addresses of a host
IN_ALL = CONNECTING * (1 + TRIED)
MOST_BYTES = 200 * 1024 * 1024  # of one round, both in files and in whatever else the server says


class BoundedLine:
    """A socket that ends when more came over it than a round may bring. paramiko needs what stands here of a socket."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._left = line, MOST_BYTES

    def recv(self, most: int) -> bytes:
        piece = self._line.recv(most)
        self._left -= len(piece)
        return piece if self._left > 0 else b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


def connect(host: str, port: int, networks: Sequence[Network], *, most: float = IN_ALL) -> BoundedLine:
    """Connect within ``most`` seconds to one of a host's addresses, all of which must be allowed.

    Raises SftpTrouble, LineLost.
    """
    where, until = f"{host}, port {port}", time.monotonic() + most
    try:
        allowed_addresses.check_host(host, networks)
        addresses = host_addresses.look_up(host, port, most=min(CONNECTING, most))
        for address in addresses:
            allowed_addresses.check_address(address, networks)  # one that is refused refuses the host
    except AddressRefused as why:
        raise SftpTrouble(f"{host} is not spoken to: {why}") from why
    except NoAddress:
        raise LineLost(f"There is no server called {host}. Check how it is written.") from None
    except TimeoutError:
        raise LineLost(f"The name {host} was not found in time.") from None
    problem: OSError = NoAddress()
    for address in addresses[:TRIED]:
        if (left := until - time.monotonic()) <= 0:
            break
        try:
            with kill_points.around("sftp connect"):
                return BoundedLine(socket.create_connection((address, port), min(CONNECTING, left)))
        except OSError as error:
            problem = error
    if isinstance(problem, ConnectionRefusedError):
        raise LineLost(f"{where}, refuses connections. Check the port, and that its SFTP server runs.")
    raise LineLost(f"{where}, does not answer. Check the port, and that its firewall lets this server in.")
