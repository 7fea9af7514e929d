"""Which servers we speak to when somebody types an address: public ones, and those the operator named.

Whoever may type an address here must not learn through us what stands in our own network: this machine, the network it
is in, the addresses at which clouds hand out credentials. So an address is looked at twice: as it is typed, and again,
each of those its name stands for, at the moment we connect to it (``bounded_http``'s guard). OUTBOUND_NETWORKS names
the operator's exceptions.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import SplitResult, urlsplit

from core.common.remote import Rejected

Network = IPv4Network | IPv6Network

LONGEST = 500  # characters
WEB_PORTS = (80, 443)  # below 1024; what else listens there speaks no HTTP
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9.])?")
# What the standard library calls global on some versions, or what hides another address.
NEVER_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",  # a cloud's own, though it looks public
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "fec0::/10",
    )
)


class AddressRefused(Rejected):
    """We don't speak to it. The message is a sentence for whoever typed it."""


# -- As it is typed ----------------------------------------------------------------------------------------------------
def check_url(url: str, networks: Sequence[Network]) -> None:
    """Raise AddressRefused for what need not be looked up to be refused. ``networks`` are the operator's."""
    where = _split(url)
    if where.scheme not in ("https", "http"):
        raise AddressRefused("Write an address that begins with https://.")
    if where.scheme == "http" and not networks:
        raise AddressRefused("Write an address that begins with https://: what is sent must not be read on its way.")
    if where.username is not None or where.password is not None or "@" in where.netloc:
        raise AddressRefused("Leave out the user name and password: what is sent is signed instead.")
    if where.fragment or url.endswith("#"):
        raise AddressRefused("Leave out the # and what is behind it.")
    host = (where.hostname or "").rstrip(".")
    if not host:
        raise AddressRefused("Write an address with the name of a server, like https://wms.example.com/hooks.")
    _check_port(where)
    check_host(host, networks, is_plain=where.scheme == "http")


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST:
        raise AddressRefused(f"Write an address of {LONGEST} characters at the most.")
    if not url.isascii() or not url.isprintable() or re.search(r"[\s\\<>\"^`{|}]", url):
        raise AddressRefused("Write the address in plain letters, without blanks and backslashes; others as %… codes.")
    try:
        return urlsplit(url)
    except ValueError:
        raise AddressRefused("This is not an address we can read.") from None


def _check_port(where: SplitResult) -> None:
    try:
        port = where.port
    except ValueError:
        raise AddressRefused("The port is not a number from 1 to 65535.") from None
    if port is not None and port not in WEB_PORTS and port < 1024:
        raise AddressRefused("Use the port 80 or 443, or one from 1024 on.")


def check_host(host: str, networks: Sequence[Network], *, is_plain: bool = False) -> None:
    """Raise AddressRefused for a server's name or address that need not be looked up to be refused."""
    if host == "localhost" or host.endswith(".localhost"):
        check_address("127.0.0.1", networks, is_plain=is_plain)
        return
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        literal = None
    if literal is not None:
        check_address(host, networks, is_plain=is_plain)
    elif not HOST.fullmatch(host) or _is_number(host):
        raise AddressRefused("Write the server's name, or its address like 203.0.113.7.")


def _is_number(host: str) -> bool:
    """Whether it is an address in disguise: 2130706433, 0x7f.1, 0177.0.0.1."""
    try:
        socket.inet_aton(host)
    except (OSError, ValueError):
        return False
    return True


# -- As it is connected to ---------------------------------------------------------------------------------------------
def check_address(address: str, networks: Sequence[Network], *, is_plain: bool = False) -> None:
    """Raise AddressRefused unless it is a public address, or within the operator's networks.

    ``is_plain``: it would be spoken to without TLS, which only the operator's own network may.
    """
    found = real_address(address)
    if any(found in network for network in networks if network.version == found.version):
        return
    if is_plain:
        raise AddressRefused("Use https://: only the networks in OUTBOUND_NETWORKS are spoken to without it.")
    if not is_public(found):
        raise AddressRefused(
            "This address is inside a private network, where nothing is sent. Whoever runs the portal can allow the "
            "network in OUTBOUND_NETWORKS."
        )


def real_address(address: str) -> IPv4Address | IPv6Address:
    """Return the address that is meant: the one inside ::ffff:127.0.0.1, for example. Raises AddressRefused."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        raise AddressRefused("This is not an address.") from None
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped or found
    return found


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in NEVER_PUBLIC if network.version == address.version):
        return False
    if isinstance(address, IPv6Address) and int(address) >> 32 == 0:  # ::, ::1, and the old ::127.0.0.1
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    )
