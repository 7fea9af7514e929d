"""What proxies say about a request, believed when a proxy of ours says it and dropped otherwise.

Every server in front of Django hands these headers on differently: waitress drops them, gunicorn passes them on from
anybody. So they are read here, once, for all of them. Behind this, REMOTE_ADDR is the person's address, Host is the
name they typed, and X-Forwarded-Proto is there only if one of TRUSTED_PROXIES wrote it.
"""

import ipaddress
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)
PROTO, FOR, HOST = "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST"
SAID = (
    PROTO,
    FOR,
    HOST,
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_FORWARDED_PROTOCOL",
    "HTTP_FORWARDED",
)


class ForwardedHeadersMiddleware:
    """Stands first, before anything looks at the scheme, the host or the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._warned: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = {name: request.META.pop(name) for name in SAID if name in request.META}
        peer = str(request.META.get("REMOTE_ADDR", ""))
        if settings.BEHIND_PROXY and is_trusted(peer):
            believe(request.META, said)
        elif settings.BEHIND_PROXY and PROTO in said and peer not in self._warned:
            self._warned = {peer, *list(self._warned)[:100]}
            log.warning("proxy.untrusted", peer=peer)
        return self.get_response(request)


def is_trusted(peer: str) -> bool:
    """Whether it is a proxy of ours. Without an address it came by a socket in the file system, which is ours."""
    address = address_in(peer)
    return not peer or (address is not None and any(address in network for network in settings.TRUSTED_PROXIES))


def believe(meta: dict[str, Any], said: dict[str, str]) -> None:
    """Put what our proxies said where Django looks for it. What is garbled is as if it were not said."""
    proto = of_the_outermost(said.get(PROTO, "")).lower()
    if proto in ("http", "https"):
        meta[PROTO] = proto
    person = address_in(of_the_outermost(said.get(FOR, "")))
    if person is not None:
        meta["REMOTE_ADDR"] = str(person)
    if host := of_the_outermost(said.get(HOST, "")):
        meta["HTTP_HOST"] = host  # Django compares it with ALLOWED_HOSTS


def of_the_outermost(said: str) -> str:
    """Return what our outermost proxy wrote: each adds at the end, and before theirs anybody may write what they like.

    Proxies that replace instead of adding leave one value: that one.
    """
    values: Sequence[str] = [each.strip().strip('"') for each in said.split(",") if each.strip()]
    return values[-min(settings.PROXY_COUNT, len(values))] if values else ""


def address_in(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that is written here, as proxies write them: with a port, in brackets, with a zone."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
