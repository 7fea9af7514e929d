"""How a seller lets us in: the pages to send the browser to, and Login with Amazon (LWA), which hands out tokens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from carts.marketplaces.amazon import scrub
from carts.marketplaces.amazon.places import SELLER_CENTRAL_HOSTS, SHOP_HOSTS
from carts.marketplaces.amazon.transport import json_or_none, server, user_agent
from carts.marketplaces.base import CodeSpent
from carts.marketplaces.values import Place, Tokens
from core.common.bounded_http import BoundedHttp
from core.common.remote import Disconnected, Rejected, RemoteError, Throttled, Unaccepted, Unavailable

LWA_URL = "https://api.amazon.com/auth/o2/token"
# Reference: https://developer-docs.amazon.com/sp-api/docs/rotating-your-apps-lwa-credentials
SECONDS, MOST = 20.0, 1024 * 1024  # a token is asked for in this time, and no larger
SECRET_LIVES = timedelta(days=180)
DECLINED = "access_denied"
_ERROR_WORD = re.compile(r"\A[A-Za-z0-9_.-]{1,60}\Z")
_CONFIRM = "/apps/authorize/confirm/"
_ASK_AGAIN = timedelta(minutes=1)
_UNREADABLE = "Login with Amazon's response could not be read."
_WRONG_SECRET = (
    "Amazon rejected this application's own credentials. "
    "Check the settings AMAZON_LWA_CLIENT_ID and AMAZON_LWA_CLIENT_SECRET: a secret expires after 180 days."
)


@dataclass(frozen=True, slots=True)
class Registration:
    """Our application as Amazon knows it."""

    app_id: str
    client_id: str
    client_secret: str = field(repr=False)
    lwa_url: str = LWA_URL
    seller_central_url: str = ""  # "" is Amazon's own; otherwise where a simulator plays it
    draft: bool = False  # Amazon shows a draft's consent page only when told that it is one


# Reference: https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow
def consent_url(registration: Registration, place: Place, *, state: str, redirect_uri: str) -> str:
    asked = {"application_id": registration.app_id, "state": state, "redirect_uri": redirect_uri}
    return f"{_seller_central(registration, place)}/apps/authorize/consent?{urlencode(asked | _beta(registration))}"


def _seller_central(registration: Registration, place: Place) -> str:
    if not registration.seller_central_url:
        return place.consent_url
    return f"{registration.seller_central_url.rstrip('/')}/sellercentral/{urlsplit(place.consent_url).netloc}"


def login_hop_url(
    registration: Registration,
    *,
    callback_uri: str,
    vendor_state: str,
    state: str,
    redirect_uri: str,
    place: Place | None = None,
) -> str:
    """Return where to go on after Amazon sent the browser to our log-in page. Raises Rejected for a stranger's address.

    Whoever can make a person open our log-in page chooses ``callback_uri``. Unchecked, we would carry that person,
    and the state that opens the cart, to any site of the world.
    """
    # Some visits name only the path (amzn/selling-partner-api-docs#1376): it is on the Seller Central they come from.
    if place is not None and callback_uri.startswith(_CONFIRM):
        callback_uri = _seller_central(registration, place) + callback_uri
    if not _is_seller_central(registration, callback_uri):
        raise Rejected(
            "The address to return to is not Amazon's. Start again from Seller Central.", code="callback_uri"
        )
    parts = urlsplit(callback_uri)
    ours = {"redirect_uri": redirect_uri, "amazon_state": vendor_state, "state": state} | _beta(registration)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in ours]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept + list(ours.items())), ""))


def error_word(error: str) -> str:
    """Return what Amazon calls an error, fit to be shown: it comes by a browser, so no sentence is believed."""
    return error if not error or _ERROR_WORD.match(error) else "an error without a name"


def exchange(http: BoundedHttp, registration: Registration, code: str, *, redirect_uri: str) -> Tokens:
    """Turn a consent's code into tokens. A code works once, and for five minutes."""
    tokens = _ask(http, registration, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})
    if not tokens.refresh_token:
        raise Unavailable(_UNREADABLE)
    return tokens


def refresh(http: BoundedHttp, registration: Registration, refresh_token: str) -> Tokens:
    return _ask(http, registration, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _beta(registration: Registration) -> dict[str, str]:
    return {"version": "beta"} if registration.draft else {}


def _is_seller_central(registration: Registration, address: str) -> bool:
    # Browsers read a backslash as a slash and drop control characters; urlsplit does not.
    if "\\" in address or any(letter.isspace() or not letter.isprintable() for letter in address):
        return False
    try:
        parts = urlsplit(address)
        place = (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        return False
    if "@" in parts.netloc:
        return False
    simulated = urlsplit(registration.seller_central_url)
    if simulated.hostname and place == (simulated.scheme, simulated.hostname, simulated.port):
        return True
    if parts.scheme != "https" or parts.port not in (None, 443):
        return False
    # Amazon's shop is on the other hosts: there, nothing but this one page.
    return parts.hostname in SELLER_CENTRAL_HOSTS or (
        parts.hostname in SHOP_HOSTS and parts.path.startswith(_CONFIRM) and "/." not in parts.path
    )


# Reference: https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html
def _ask(http: BoundedHttp, registration: Registration, grant: Mapping[str, str]) -> Tokens:
    form = {**grant, "client_id": registration.client_id, "client_secret": registration.client_secret}
    try:
        answer = http.ask(
            "POST",
            registration.lwa_url,
            call=f"amazon {grant['grant_type']}",
            data=form,
            headers={"user-agent": user_agent(registration.app_id)},
            seconds=SECONDS,
            most=MOST,
        )
    except httpx.TimeoutException:
        raise Unavailable("Login with Amazon didn't respond in time.") from None
    except (httpx.RequestError, httpx.InvalidURL) as problem:
        # "from None": the problem carries the request, and the request carries the secret.
        there = server(registration.lwa_url)
        raise Unavailable(f"Login with Amazon could not be reached at {there} ({type(problem).__name__}).") from None
    body = json_or_none(answer)
    if not isinstance(body, dict):
        raise Unavailable(_UNREADABLE)
    if answer.is_success:
        return _tokens(body)
    raise _error(answer.status_code, body, grant["grant_type"])


def _tokens(body: Mapping[str, Any]) -> Tokens:
    access, lives, renews = body.get("access_token"), body.get("expires_in"), body.get("refresh_token") or ""
    if not isinstance(access, str) or not access or type(lives) is not int or lives <= 0 or not isinstance(renews, str):
        raise Unavailable(_UNREADABLE)
    return Tokens(access_token=access, expires_in=lives, refresh_token=renews)


def _error(status: int, body: Mapping[str, Any], grant_type: str) -> RemoteError:
    code = scrub.sentence(body.get("error") or "", limit=100)
    if status == 429 or code in ("slow_down", "QuotaExceeded"):
        return Throttled("Login with Amazon asks us to wait: too many requests.")
    if not 400 <= status < 500 or not code or code in ("server_error", "temporarily_unavailable"):
        return Unavailable(f"Login with Amazon is having problems (status {status}).")
    if code == "invalid_grant" and grant_type == "refresh_token":
        return Disconnected("The seller's authorization has ended: it was withdrawn, or a year has passed.")
    if code == "invalid_grant":
        return CodeSpent(
            "This authorization has already been used, or is older than five minutes. Start again.", code=code
        )
    if code in ("invalid_client", "unauthorized_client"):
        # A code is lost by waiting; a refresh token waits until whoever runs the portal put the secret right.
        once = grant_type == "authorization_code"
        return Rejected(_WRONG_SECRET, code=code) if once else Unaccepted(_WRONG_SECRET, retry_in=_ASK_AGAIN)
    said = scrub.sentence(body.get("error_description") or "", limit=200)
    return Rejected(f"Login with Amazon refused ({code}). {said}".strip(), code=code)
