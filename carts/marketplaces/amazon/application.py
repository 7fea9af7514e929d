"""Our registration with Amazon: asks for consent, and makes what speaks for one seller."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar

import httpx

from carts.marketplaces.amazon import login
from carts.marketplaces.amazon.adapter import Amazon
from carts.marketplaces.amazon.client import Client
from carts.marketplaces.amazon.places import PLACES, SPAPI_URLS
from carts.marketplaces.amazon.roles import ROLES
from carts.marketplaces.amazon.transport import make_http
from carts.marketplaces.base import Application, Marketplace
from carts.marketplaces.exchange import WireExchange
from carts.marketplaces.values import (
    Connection,
    Ledger,
    LoginRequest,
    NeededRole,
    Place,
    Return,
    Tokens,
    TokenSource,
)
from core.common.bounded_http import BoundedHttp
from core.common.clock import now


class AmazonApplication(Application):
    kind: ClassVar[str] = "amazon"
    label: ClassVar[str] = "Amazon"
    marketplace: ClassVar[type[Marketplace]] = Amazon
    places: ClassVar[Mapping[str, Place]] = PLACES
    roles: ClassVar[Sequence[NeededRole]] = ROLES

    def __init__(
        self,
        *,
        app_id: str,
        client_id: str,
        client_secret: str,
        spapi_urls: Mapping[str, str] = SPAPI_URLS,
        lwa_url: str = login.LWA_URL,
        seller_central_url: str = "",
        draft: bool = False,
        secret_rotated_on: date | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """``transport`` carries every request instead of the network: a simulator in this process, in tests.

        ``clock`` says when Amazon's window of orders may end; a simulator may keep another time than this machine.
        """
        self._registration = login.Registration(
            app_id=app_id,
            client_id=client_id,
            client_secret=client_secret,
            lwa_url=lwa_url or login.LWA_URL,
            seller_central_url=seller_central_url,
            draft=draft,
        )
        self._secret_rotated_on = secret_rotated_on
        self._spapi_urls = {**SPAPI_URLS, **{region: url for region, url in spapi_urls.items() if url}}
        self._transport = transport
        self._clock = clock
        self._lock = threading.Lock()
        self._own_http: BoundedHttp | None = None

    @property
    def secret_ends_on(self) -> date | None:
        return self._secret_rotated_on + login.SECRET_LIVES if self._secret_rotated_on else None

    def consent_url(self, place_id: str, *, state: str, redirect_uri: str) -> str:
        return login.consent_url(self._registration, self.places[place_id], state=state, redirect_uri=redirect_uri)

    def login_hop_url(
        self,
        *,
        callback_uri: str,
        vendor_state: str,
        state: str,
        redirect_uri: str,
        place_id: str = "",
        is_draft: bool = False,
    ) -> str:
        return login.login_hop_url(
            replace(self._registration, draft=self._registration.draft or is_draft),
            callback_uri=callback_uri,
            vendor_state=vendor_state,
            state=state,
            redirect_uri=redirect_uri,
            place=self.places.get(place_id),
        )

    def read_return(self, params: Mapping[str, str]) -> Return:
        error = params.get("error", "")
        return Return(
            state=params.get("state", ""),
            code="" if error else params.get("spapi_oauth_code", ""),
            seller_id=params.get("selling_partner_id", ""),
            error=login.error_word(error),
            declined=error == login.DECLINED,
        )

    def read_login(self, params: Mapping[str, str]) -> LoginRequest:
        return LoginRequest(
            callback_uri=params.get("amazon_callback_uri", ""),
            vendor_state=params.get("amazon_state", ""),
            seller_id=params.get("selling_partner_id", ""),
            state=params.get("state", ""),
            is_draft=params.get("version", "") == "beta",
        )

    def exchange(self, code: str, *, redirect_uri: str) -> Tokens:
        return login.exchange(self._http(), self._registration, code, redirect_uri=redirect_uri)

    def refresh(self, refresh_token: str) -> Tokens:
        return login.refresh(self._http(), self._registration, refresh_token)

    def connect(
        self,
        connection: Connection,
        *,
        ledger: Ledger,
        tokens: TokenSource,
        on_exchange: Callable[[WireExchange], None] | None = None,
    ) -> Amazon:
        client = Client(
            url=self._spapi_urls[connection.region],
            seller_id=connection.seller_id,
            http=self._http(),
            ledger=ledger,
            tokens=tokens,
            on_exchange=on_exchange,
            app_id=self._registration.app_id,
        )
        return Amazon(client, tokens=tokens, clock=self._clock)

    def _http(self) -> BoundedHttp:
        """Asked anew each time: after a fork the process's shared connections are others."""
        if self._transport is None:
            return make_http()
        with self._lock:
            if self._own_http is None:
                self._own_http = make_http(self._transport)
            return self._own_http
