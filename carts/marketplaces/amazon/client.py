"""The wire: what can be asked of Amazon, each request through ``Client._ask`` and nothing around it.

Answers are the parsed JSON, unread. Not for two threads at once: one client per piece of work.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from carts.marketplaces.amazon import library
from carts.marketplaces.amazon.errors import TokenRefused
from carts.marketplaces.amazon.transport import DOCUMENT_MOST, UNREADABLE, Answer, CheckedTransport
from carts.marketplaces.exchange import WireExchange
from carts.marketplaces.values import Ledger, TokenSource
from core.common.bounded_http import BoundedHttp, unpacked
from core.common.remote import Unavailable

Json = Mapping[str, Any]

ORDER_PARTS = ("BUYER", "RECIPIENT", "PROCEEDS", "FULFILLMENT", "CANCELLATION", "PACKAGES", "TAX", "PAYMENT")
LISTING_PARTS = ("summaries", "attributes", "issues", "fulfillmentAvailability", "productTypes")
LISTINGS_ON_A_PAGE = 20
FEEDS_ON_A_PAGE = 100


class Client:
    def __init__(
        self,
        *,
        url: str,
        seller_id: str,
        http: BoundedHttp,
        ledger: Ledger,
        tokens: TokenSource,
        on_exchange: Callable[[WireExchange], None] | None = None,
        app_id: str = "",
    ) -> None:
        self.seller_id = seller_id
        self._url = url.rstrip("/")
        self._ledger = ledger
        self._tokens = library.HandedTokens(tokens)
        self._transport = CheckedTransport(http, ledger=ledger, on_exchange=on_exchange, app_id=app_id)

    @property
    def clock_skew(self) -> timedelta | None:
        """Amazon's clock minus ours at the last answer, None when it did not say."""
        return self._transport.clock_skew

    @property
    def last_skew(self) -> timedelta | None:
        """The same, as this process last saw it in any conversation."""
        return self._transport.last_skew

    def left(self, operation: str) -> float:
        """How many requests of this operation could be made now."""
        return self._ledger.left(operation)

    # Reference: https://developer-docs.amazon.com/sp-api/reference/searchorders
    def search_orders(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        place_ids: Sequence[str] = (),
        statuses: Sequence[str] = (),
        token: str = "",
        limit: int = 100,
        by: str = "lastUpdated",
    ) -> Json:
        """One page of the merchant-fulfilled orders changed in the window, or ``created`` in it.

        A token wants the filters it came from.
        """
        filters: dict[str, Any] = {
            f"{by}After": iso(since),
            "fulfilledBy": ["MERCHANT"],
            "maxResultsPerPage": limit,
            "includedData": list(ORDER_PARTS),
        }
        if until is not None:
            filters[f"{by}Before"] = iso(until)
        if place_ids:
            filters["marketplaceIds"] = list(place_ids)
        if statuses:
            filters["fulfillmentStatuses"] = list(statuses)
        if token:
            filters["paginationToken"] = token
        return self._ask("searchOrders", lambda: self._reading.search_orders(**filters))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getorder-2026-01-01
    def get_order(self, number: str, *, parts: Sequence[str] = ORDER_PARTS) -> Json:
        body = self._ask("getOrder", lambda: self._reading.get_order(number, includedData=list(parts)), number)
        return _object(body.get("order"))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/confirmshipment
    def confirm_shipment(self, number: str, *, place_id: str, package: Json, collected: str = "") -> None:
        """Returns only after a 204. ``collected`` is how a buyer in Japan pays the carrier."""
        body = {"marketplaceId": place_id, "packageDetail": dict(package)}
        if collected:
            body["codCollectionMethod"] = collected
        self._ask(
            "confirmShipment",
            lambda: self._telling.confirm_shipment(number, **body),
            number,
        )

    # Reference: https://developer-docs.amazon.com/sp-api/reference/patchlistingsitem
    def patch_listings_item(
        self, sku: str, *, place_id: str, product_type: str, patches: Sequence[Json], preview: bool = False
    ) -> Json:
        """Returns Amazon's verdict: a 200 may well say INVALID. With ``preview`` nothing is changed."""
        body = {"productType": product_type, "patches": list(patches)}
        named = {"marketplaceIds": place_id, "includedData": "issues"}
        if preview:
            named["mode"] = "VALIDATION_PREVIEW"
        return self._ask(
            "patchListingsItem",
            lambda: self._listings.patch_listings_item(self.seller_id, sku, body=dict(body), **named),
        )

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getlistingsitem
    def get_listings_item(self, sku: str, *, place_id: str) -> Json:
        named = {"marketplaceIds": place_id, "includedData": ",".join(LISTING_PARTS)}
        return self._ask("getListingsItem", lambda: self._listings.get_listings_item(self.seller_id, sku, **named))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/searchlistingsitems
    def search_listings_items(
        self,
        *,
        place_id: str,
        token: str = "",
        created_after: str = "",
        limit: int = LISTINGS_ON_A_PAGE,
        skus: Sequence[str] = (),
    ) -> Json:
        """One page, oldest first. Amazon lists a thousand at most; ``created_after`` continues behind them.

        ``skus``: of these alone, twenty at the most. They are joined by commas, so none may hold one.
        """
        named: dict[str, Any] = {
            "marketplaceIds": place_id,
            "includedData": ",".join(LISTING_PARTS),
            "sortBy": "createdDate",
            "sortOrder": "ASC",
            "pageSize": limit,
        }
        if created_after:
            named["createdAfter"] = created_after
        if token:
            named["pageToken"] = token
        if skus:
            named |= {"identifiers": ",".join(skus), "identifiersType": "SKU"}
        return self._ask("searchListingsItems", lambda: self._listings.search_listings_items(self.seller_id, **named))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getmarketplaceparticipations
    def marketplace_participations(self) -> Sequence[Json]:
        body = self._ask("getMarketplaceParticipations", lambda: self._sellers.get_marketplace_participation())
        payload = body.get("payload")
        if not isinstance(payload, list):
            raise Unavailable(UNREADABLE)
        return [_object(item) for item in payload]

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getaccount
    def account(self) -> Json:
        return _object(self._ask("getAccount", lambda: self._sellers.get_account()).get("payload"))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/createfeeddocument
    def create_feed_document(self, content: bytes, *, content_type: str, order_number: str = "") -> str:
        """Create a document and upload into it, at once: the address lives five minutes. Returns its id."""
        made = self._ask(
            "createFeedDocument", lambda: self._feeds.create_feed_document(None, content_type), order_number
        )
        url = self._document_url(made)
        self._transport.operation = "uploadFeedDocument"
        self._transport.document("PUT", url, content=content, content_type=content_type)
        return _text(made, "feedDocumentId")

    # Reference: https://developer-docs.amazon.com/sp-api/reference/createfeed
    def create_feed(self, kind: str, *, document_id: str, place_ids: Sequence[str], order_number: str = "") -> str:
        made = self._ask(
            "createFeed",
            lambda: self._feeds.create_feed(kind, document_id, marketplaceIds=list(place_ids)),
            order_number,
        )
        return _text(made, "feedId")

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getfeed
    def get_feed(self, feed_id: str) -> Json:
        return self._ask("getFeed", lambda: self._feeds.get_feed(feed_id))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getfeeds
    def get_feeds(self, kind: str, *, place_ids: Sequence[str], since: datetime) -> Sequence[Json]:
        """The feeds of a kind created since then, a hundred at the most, the newest first."""
        named = {
            "feedTypes": kind,
            "marketplaceIds": ",".join(place_ids),
            "createdSince": iso(since),
            "pageSize": FEEDS_ON_A_PAGE,
        }
        feeds = self._ask("getFeeds", lambda: self._feeds.get_feeds(**named)).get("feeds")
        if not isinstance(feeds, list):
            raise Unavailable(UNREADABLE)
        return [_object(feed) for feed in feeds]

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getfeeddocument
    def get_feed_document(self, document_id: str) -> bytes:
        """The document itself, unpacked."""
        return self._download(self._ask("getFeedDocument", lambda: self._feeds.get_feed_document(document_id)))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/createreport
    def create_report(self, kind: str, *, place_ids: Sequence[str], since: datetime | None = None) -> str:
        named: dict[str, Any] = {"reportType": kind, "marketplaceIds": list(place_ids)}
        if since is not None:
            named["dataStartTime"] = iso(since)
        return _text(self._ask("createReport", lambda: self._reports.create_report(**named)), "reportId")

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getreport
    def get_report(self, report_id: str) -> Json:
        return self._ask("getReport", lambda: self._reports.get_report(report_id))

    # Reference: https://developer-docs.amazon.com/sp-api/reference/getreportdocument
    def get_report_document(self, document_id: str) -> bytes:
        """The document itself, unpacked."""
        return self._download(self._ask("getReportDocument", lambda: self._reports.get_report_document(document_id)))

    def _ask(self, operation: str, call: Callable[[], Answer], order_number: str = "") -> Json:
        """The way of every request: pay, send, and once more with a new token when the old one was refused."""
        self._transport.order_number = order_number
        try:
            return self._ask_once(operation, call)
        except TokenRefused:
            self._tokens.forget()
            return self._ask_once(operation, call)

    def _ask_once(self, operation: str, call: Callable[[], Answer]) -> Json:
        self._ledger.spend(operation)
        self._transport.operation = operation
        return call().body

    def _download(self, described: Json) -> bytes:
        url = self._document_url(described)
        self._transport.operation = "downloadDocument"
        content = self._transport.document("GET", url)
        if described.get("compressionAlgorithm") != "GZIP":
            return content
        try:
            return unpacked([content], DOCUMENT_MOST)
        except (EOFError, zlib.error):
            raise Unavailable(UNREADABLE) from None

    def _document_url(self, described: Json) -> str:
        """Documents go over TLS, unless Amazon itself is played by a server that does without."""
        url = _text(described, "url")
        if urlsplit(url).scheme not in ("https", urlsplit(self._url).scheme):
            raise Unavailable(UNREADABLE)
        return url

    def _make(self, kind: type[library.Made]) -> library.Made:
        return library.make(kind, url=self._url, tokens=self._tokens, transport=self._transport)

    @cached_property
    def _reading(self) -> library.OrdersReading:
        return self._make(library.OrdersReading)

    @cached_property
    def _telling(self) -> library.OrdersTelling:
        return self._make(library.OrdersTelling)

    @cached_property
    def _listings(self) -> library.Listings:
        return self._make(library.Listings)

    @cached_property
    def _sellers(self) -> library.Sellers:
        return self._make(library.Sellers)

    @cached_property
    def _feeds(self) -> library.Feeds:
        return self._make(library.Feeds)

    @cached_property
    def _reports(self) -> library.Reports:
        return self._make(library.Reports)


def iso(moment: datetime) -> str:
    """UTC with a Z: Amazon is known to refuse other offsets. Whole seconds, cut off."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _object(part: Any) -> Json:
    if not isinstance(part, dict):
        raise Unavailable(UNREADABLE)
    return part


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Unavailable(UNREADABLE)
    return value
