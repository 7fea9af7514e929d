"""Which request is which operation of Amazon's."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.amazon.feeds import reports, submitted_feeds
from simulator.amazon.http.wire import Answer, Call
from simulator.amazon.orders import orders_2026, orders_v0, shipments
from simulator.amazon.sellers import listing_items, participations
from simulator.amazon.world.state import World

Handler = Callable[..., Answer]  # world, call and the parts of the path

_REGION = re.compile(r"/(na|eu|fe)(?=/)")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the SP-API."""

    name: str
    method: str
    pattern: re.Pattern[str]
    handler: Handler

    def run(self, world: World, call: Call, arguments: dict[str, str]) -> Answer:
        """Do it."""
        return self.handler(world, call, **arguments)


def _operation(name: str, method: str, path: str, handler: Handler) -> Operation:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path).replace("(?P<sku>[^/]+)", "(?P<sku>.+)")
    return Operation(name, method, re.compile(pattern + "$"), handler)


_ORDERS, _OLD_ORDERS = "/orders/2026-01-01/orders", "/orders/v0/orders"
_FEEDS, _REPORTS, _ITEMS = "/feeds/2021-06-30", "/reports/2021-06-30", "/listings/2021-08-01/items"

OPERATIONS: tuple[Operation, ...] = (
    _operation("searchOrders", "GET", _ORDERS, orders_2026.search_orders),
    _operation("getOrder", "GET", _ORDERS + "/{order_id}", orders_2026.get_order),
    _operation("getOrders", "GET", _OLD_ORDERS, orders_v0.get_orders),
    _operation("getOrderV0", "GET", _OLD_ORDERS + "/{order_id}", orders_v0.get_order),
    _operation("getOrderItems", "GET", _OLD_ORDERS + "/{order_id}/orderItems", orders_v0.get_order_items),
    _operation("getOrderAddress", "GET", _OLD_ORDERS + "/{order_id}/address", orders_v0.get_order_address),
    _operation("getOrderBuyerInfo", "GET", _OLD_ORDERS + "/{order_id}/buyerInfo", orders_v0.get_order_buyer_info),
    _operation("confirmShipment", "POST", _OLD_ORDERS + "/{order_id}/shipmentConfirmation", shipments.confirm_shipment),
    _operation("createFeedDocument", "POST", _FEEDS + "/documents", submitted_feeds.create_feed_document),
    _operation("getFeedDocument", "GET", _FEEDS + "/documents/{document_id}", submitted_feeds.get_feed_document),
    _operation("createFeed", "POST", _FEEDS + "/feeds", submitted_feeds.create_feed),
    _operation("getFeeds", "GET", _FEEDS + "/feeds", submitted_feeds.get_feeds),
    _operation("getFeed", "GET", _FEEDS + "/feeds/{feed_id}", submitted_feeds.get_feed),
    _operation("cancelFeed", "DELETE", _FEEDS + "/feeds/{feed_id}", submitted_feeds.cancel_feed),
    _operation("createReport", "POST", _REPORTS + "/reports", reports.create_report),
    _operation("getReports", "GET", _REPORTS + "/reports", reports.get_reports),
    _operation("getReport", "GET", _REPORTS + "/reports/{report_id}", reports.get_report),
    _operation("getReportDocument", "GET", _REPORTS + "/documents/{document_id}", reports.get_report_document),
    _operation("patchListingsItem", "PATCH", _ITEMS + "/{seller_id}/{sku}", listing_items.patch_listings_item),
    _operation("getListingsItem", "GET", _ITEMS + "/{seller_id}/{sku}", listing_items.get_listings_item),
    _operation("searchListingsItems", "GET", _ITEMS + "/{seller_id}", listing_items.search_listings_items),
    _operation(
        "getMarketplaceParticipations",
        "GET",
        "/sellers/v1/marketplaceParticipations",
        participations.get_marketplace_participations,
    ),
    _operation("getAccount", "GET", "/sellers/v1/account", participations.get_account),
)


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation of a request, and the parts of its path."""
    for operation in OPERATIONS:
        if operation.method == method and (found := operation.pattern.match(path)):
            return operation, found.groupdict()
    return None


def split_region(path: str) -> tuple[str, str]:
    """/eu/orders/… → EU and /orders/…; without a region every seller is answered."""
    found = _REGION.match(path)
    return (found[1].upper(), path[found.end() :]) if found else ("", path)


def is_spapi(path: str) -> bool:
    """Does the path belong to the SP-API, known operation or not?"""
    return path.startswith(
        ("/orders/", "/feeds/", "/reports/", "/listings/", "/sellers/", "/tokens/", "/notifications/")
    )
