"""python-amazon-sp-api's operation classes, kept for their paths and names, without what surrounds them.

Taken away: its credentials from the environment and from files, its token cache (ten tokens for the whole process), its
connections, its reading of answers, and what it adds to requests that nobody asked for. The version is pinned exactly,
and ``tests/carts/marketplaces/amazon/test_client.py`` looks at every request that results.
"""

import os
from typing import Any, TypeVar

from sp_api.api.feeds.feeds_2021_06_30 import FeedsV20210630
from sp_api.api.listings_items.listings_items_2021_08_01 import ListingsItemsV20210801
from sp_api.api.orders.orders_2026_01_01 import OrdersV20260101
from sp_api.api.orders.orders_v0 import OrdersV0
from sp_api.api.reports.reports import Reports as LibraryReports
from sp_api.api.sellers.sellers import Sellers as LibrarySellers
from sp_api.auth import AccessTokenResponse
from sp_api.base import Client as LibraryClient
from sp_api.base import fill_query_params, sp_endpoint

from carts.marketplaces.amazon.transport import Answer, CheckedTransport
from carts.marketplaces.values import TokenSource


class HandedTokens:
    """Stands where the library keeps its token client; the tokens come from outside."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self.handed = ""  # the token of the last request, so that it can be forgotten when refused

    def get_auth(self) -> Any:
        self.handed = self._source.access_token()
        return AccessTokenResponse(access_token=self.handed)

    def get_grantless_auth(self, scope: str = "") -> Any:
        raise NotImplementedError(f"Nothing here asks Amazon without a seller ({scope}).")

    def forget(self) -> None:
        self._source.forget(self.handed)


class _Bare(LibraryClient):
    """Sends what it was given, and hands back what the transport made of the answer."""

    def __init__(self, *, url: str, tokens: HandedTokens, transport: CheckedTransport) -> None:
        """Instead of the library's own, which looks for credentials, a region and proxies in the environment.

        It also makes two TLS contexts, 70 ms each. What is set here is all that the operations use.
        """
        self.endpoint = url
        self.marketplace_id = self.region = ""
        self.restricted_data_token = None
        self._auth = tokens
        self._transport = transport

    @property
    def headers(self) -> dict[str, str]:
        """Without Host: the library cuts it out of the address as if that always began with https."""
        return {name: value for name, value in super().headers.items() if name != "host"}

    def _request(
        self, path: str, *, data: dict[str, Any] | None = None, params: dict[str, Any] | None = None, **_: Any
    ) -> Answer:
        """Without the marketplace in four spellings, and without the path inside the body."""
        body = {name: value for name, value in (data or {}).items() if name != "path"}
        answer: Answer = super()._request(path, data=body, params=params, add_marketplace=False)
        return answer

    def _check_response(self, answer: Answer, *_: Any, **__: Any) -> Answer:
        """The transport has judged already."""
        return answer


class OrdersReading(_Bare, OrdersV20260101):
    """The version of 2026 reads orders…"""


class OrdersTelling(_Bare, OrdersV0):
    """…and confirmShipment exists only in the first."""


class Listings(_Bare, ListingsItemsV20210801):
    pass


class Sellers(_Bare, LibrarySellers):
    pass


class Feeds(_Bare, FeedsV20210630):
    @sp_endpoint("/feeds/2021-06-30/documents/{}")
    def get_feed_document(self, document_id: str, **named: Any) -> Answer:
        """The library's own downloads too, over a connection of its own, and does not look at the status."""
        return self._request(fill_query_params(named["path"], document_id))


class Reports(_Bare, LibraryReports):
    @sp_endpoint("/reports/2021-06-30/documents/{}")
    def get_report_document(self, document_id: str, **named: Any) -> Answer:
        return self._request(fill_query_params(named["path"], document_id))


Made = TypeVar("Made", bound=_Bare)


def make(kind: type[Made], *, url: str, tokens: HandedTokens, transport: CheckedTransport) -> Made:
    """Make one of the classes above. Raises RuntimeError where the environment would choose another region."""
    if os.environ.get("SP_API_DEFAULT_MARKETPLACE"):
        raise RuntimeError("Unset SP_API_DEFAULT_MARKETPLACE: in the library it overrides the seller's own region.")
    return kind(url=url, tokens=tokens, transport=transport)
