"""The one address that the marketplace sends browsers back to.

A session is a cookie of one host. What a browser begins at another name of this portal, localhost for 127.0.0.1, it
cannot finish: it comes back without it. So it is sent to PUBLIC_URL before anything begins.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

MOVED = "moved"  # stands in an address that was sent to PUBLIC_URL once already


def is_returned_to() -> bool:
    """Whether the marketplace sends browsers back to PUBLIC_URL: a real one only to https. A simulated one anywhere."""
    return bool(settings.AMAZON_SIMULATED) or str(settings.PUBLIC_URL).startswith("https://")


def other_host(request: HttpRequest) -> str:
    """Return the host at which the browser is, where Amazon would send it to another one. "" where it is right.

    A form says where it stands. Else there is only the host that was asked for: where that is no name a browser could
    know, or is still another after the browser was sent over, a proxy put it there.
    """
    ours = urlsplit(str(settings.PUBLIC_URL)).hostname
    origin = request.headers.get("Origin", "")
    if origin and origin != "null":
        return _host_unless(ours, origin)
    there = _host_unless(ours, f"//{request.get_host()}")
    is_public = "." in there or ":" in there or there == "localhost"
    return there if is_public and MOVED not in request.GET else ""


def _host_unless(ours: str | None, address: str) -> str:
    try:
        there = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return "" if there.rstrip(".") == ours else there


def moved(request: HttpRequest) -> HttpResponse:
    """Send a browser to the same page at PUBLIC_URL, with all it brought."""
    return HttpResponseRedirect(moved_to(request.get_full_path()))


def still_moved(request: HttpRequest, path: str) -> str:
    """Return a path that remembers, as this address does, that the browser was sent over already."""
    return f"{path}?{MOVED}=1" if MOVED in request.GET else path


def moved_to(path: str) -> str:
    """Return the address of one of our paths at PUBLIC_URL, for a browser that is elsewhere."""
    parts = urlsplit(path)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), (MOVED, "1")])
    return str(settings.PUBLIC_URL) + urlunsplit(("", "", parts.path, query, parts.fragment))
