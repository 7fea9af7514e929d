"""The limit: the same pages over HTTP, parsed, and written by COPY into temporary tables and from there upserted.

No ORM, no encryption, no history, no check of what Amazon says. Into our own tables, with the same indexes, a
transaction a page. PostgreSQL only.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import psycopg
from django.db import connection

from carts.marketplaces.amazon.client import ORDER_PARTS, iso
from core.common import clock
from orders.download.pull import DELAY, FIRST_WINDOW
from tools.bench.measures import Pass, Stopwatch, Watch
from tools.bench.our_import import make_cart
from tools.bench.played_amazon import Played

Json = dict[str, Any]

TEMPORARY = (
    """CREATE TEMPORARY TABLE incoming_order (number text, native_state text, service text, placed_at timestamptz,
       changed_at timestamptz, ship_by timestamptz, deliver_by timestamptz, is_prime boolean, is_business boolean,
       total numeric, currency text, line_count int, unit_count int) ON COMMIT DELETE ROWS""",
    """CREATE TEMPORARY TABLE incoming_line (number text, reference text, sku text, asin text, title text, ordered int,
       fulfilled int, unit_price numeric, total numeric, currency text) ON COMMIT DELETE ROWS""",
    "CREATE TEMPORARY TABLE incoming_recipient (number text, country text, clear text) ON COMMIT DELETE ROWS",
)
COPIES = ("COPY incoming_order FROM STDIN", "COPY incoming_line FROM STDIN", "COPY incoming_recipient FROM STDIN")
UPSERTS = (
    """INSERT INTO orders_order (organization_id, merchant_id, cart_id, number, status, held_for, reason, state_there,
           native_state, service, placed_at, changed_at, ship_by, deliver_by, is_prime, is_business, total, currency,
           line_count, unit_count, digest, seller_id, programs, packages_there, downloaded_at, touched_at,
           parts)
       SELECT %(organization)s, %(merchant)s, %(cart)s, number, 'new', '', '', 'open', native_state, service, placed_at,
           changed_at, ship_by, deliver_by, is_prime, is_business, total, currency, line_count, unit_count, '', '', '',
           '[]', now(), now(), 0
       FROM incoming_order
       ON CONFLICT (cart_id, number) DO UPDATE SET native_state = excluded.native_state, service = excluded.service,
           changed_at = excluded.changed_at, ship_by = excluded.ship_by, deliver_by = excluded.deliver_by,
           total = excluded.total, line_count = excluded.line_count, unit_count = excluded.unit_count""",
    """INSERT INTO orders_line (organization_id, merchant_id, order_id, reference, sku, asin, title, ordered,
           fulfilled_there, canceled, unit_price, total, currency, cancel_requested, left_out)
       SELECT %(organization)s, %(merchant)s, known.id, reference, sku, asin, title, ordered, fulfilled, 0, unit_price,
           line.total, line.currency, false, false
       FROM incoming_line line JOIN orders_order known ON known.cart_id = %(cart)s AND known.number = line.number
       ON CONFLICT (order_id, reference) DO UPDATE SET sku = excluded.sku, ordered = excluded.ordered,
           fulfilled_there = excluded.fulfilled_there, unit_price = excluded.unit_price, total = excluded.total""",
    """INSERT INTO orders_recipient (organization_id, order_id, country, sealed, first_mark, last_mark, city_mark)
       SELECT %(organization)s, known.id, country, convert_to(clear, 'UTF8'), '', '', ''
       FROM incoming_recipient JOIN orders_order known ON known.cart_id = %(cart)s
           AND known.number = incoming_recipient.number
       ON CONFLICT (order_id) DO UPDATE SET country = excluded.country, sealed = excluded.sealed""",
)


def measure(amazon: Played, watch: Watch) -> list[Pass]:
    cart = make_cart(amazon)
    owner = {"organization": cart.organization_id, "merchant": cart.merchant_id, "cart": cart.pk}
    stored = 0
    with httpx.Client(transport=watch) as http, psycopg.connect(**connection.get_connection_params()) as database:
        stopwatch = Stopwatch()
        for statement in TEMPORARY:
            database.execute(statement)
        database.commit()
        for orders in pages(http, amazon):
            store(database, owner, orders)
            stored += len(orders)
        measured = stopwatch.stop("copy", orders=stored, calls=watch.calls)
    return [measured]


def pages(http: httpx.Client, amazon: Played) -> Iterator[list[Json]]:
    """The pages the import reads, asked for with the same filters."""
    form = {"grant_type": "refresh_token", "refresh_token": amazon.refresh_token}
    form |= {"client_id": amazon.client_id, "client_secret": amazon.client_secret}
    headers = {"x-amz-access-token": http.post(amazon.token_url, data=form).raise_for_status().json()["access_token"]}
    now = clock.now()
    query = {
        "lastUpdatedAfter": iso(now - FIRST_WINDOW),
        "lastUpdatedBefore": iso(now - DELAY),
        "fulfilledBy": "MERCHANT",
        "maxResultsPerPage": "100",
        "includedData": ",".join(ORDER_PARTS),
        "marketplaceIds": amazon.place_id,
    }
    while True:
        answer = http.get(f"{amazon.spapi_url}/orders/2026-01-01/orders", params=query, headers=headers)
        page = json.loads(answer.raise_for_status().content)
        yield page["orders"]
        if "pagination" not in page:
            return
        query["paginationToken"] = page["pagination"]["nextToken"]


def store(database: psycopg.Connection[Any], owner: dict[str, int], orders: list[Json]) -> None:
    lines = [line_row(order["orderId"], item) for order in orders for item in order["orderItems"]]
    rows = ([order_row(order) for order in orders], lines, [recipient_row(order) for order in orders])
    with database.cursor() as cursor:
        for statement, several in zip(COPIES, rows, strict=True):
            with cursor.copy(statement) as copy:
                for row in several:
                    copy.write_row(row)
        for statement in UPSERTS:
            cursor.execute(statement, owner)
    database.commit()


def order_row(order: Json) -> Sequence[Any]:
    fulfillment, total, programs = order["fulfillment"], order["proceeds"]["grandTotal"], order["programs"]
    return (
        order["orderId"],
        fulfillment["fulfillmentStatus"],
        fulfillment["fulfillmentServiceLevel"],
        order["createdTime"],
        order["lastUpdatedTime"],
        fulfillment["shipByWindow"]["latestDateTime"],
        fulfillment["deliverByWindow"]["latestDateTime"],
        "PRIME" in programs,
        "AMAZON_BUSINESS" in programs,
        total["amount"],
        total["currencyCode"],
        len(order["orderItems"]),
        sum(item["quantityOrdered"] for item in order["orderItems"]),
    )


def line_row(number: str, item: Json) -> Sequence[Any]:
    product, total = item["product"], item["proceeds"]["proceedsTotal"]
    return (
        number,
        item["orderItemId"],
        product["sellerSku"],
        product["asin"],
        product["title"],
        item["quantityOrdered"],
        item["fulfillment"]["quantityFulfilled"],
        product["price"]["unitPrice"]["amount"],
        total["amount"],
        total["currencyCode"],
    )


def recipient_row(order: Json) -> Sequence[Any]:
    address = order["recipient"]["deliveryAddress"]
    clear = json.dumps({"address": address, "buyer": order["buyer"]})
    return order["orderId"], address["countryCode"], clear
