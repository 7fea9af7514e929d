"""A year's orders of a busy 3PL, written straight into the tables: what the pages are measured on.

By COPY on PostgreSQL, a million orders in a minute or two; elsewhere row by row. The same orders every time: some carts
have most of them, one sells no longer, most orders are done.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, chain, islice
from random import Random
from typing import Any

from django.db import connection, models, transaction

from carts.models import Cart, Grant
from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization, User
from core.common.errands import ErrandState
from orders.models import HeldFor, Line, Order, OrderStatus
from orders.statuses import NEEDS_ATTENTION, SHIPPED_OR_CONFIRMED, UNFINISHED
from shipping.models import CartMethod, Package, Release, Shipment, Warehouse
from shipping.routing import make_portal_warehouse

DAYS = 365
AT_ONCE = 20_000
MERCHANTS, CARTS, SKUS = 30, 60, 4_000
PLACES = ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8")  # of one seller account, in turn
SERVICES = {"Standard": 70, "Expedited": 20, "SecondDay": 6, "NextDay": 3, "FreeEconomy": 0.9, "Scheduled": 0.1}
# How many of a thousand orders are where. Those that are not done are the latest ones.
STATUSES = {
    OrderStatus.PENDING: 2,
    OrderStatus.NEW: 4,
    OrderStatus.HELD: 2,
    OrderStatus.ERROR: 1,
    OrderStatus.AT_WMS: 12,
    OrderStatus.SHIPPED: 4,
    OrderStatus.CONFIRMED: 930,
    OrderStatus.CANCELED: 20,
    OrderStatus.SKIPPED: 20,
    OrderStatus.CLOSED: 5,
}
RELEASED = (OrderStatus.AT_WMS, *SHIPPED_OR_CONFIRMED)
Columns = tuple[str, ...]

OWNER = ("organization_id", "merchant_id")
ORDER: Columns = (
    "id", *OWNER, "cart_id", "number", "status", "held_for", "reason", "state_there", "native_state", "service",
    "placed_at", "changed_at", "ship_by", "deliver_by", "is_prime", "is_business", "programs", "total", "currency",
    "line_count", "unit_count", "digest", "seller_id", "released_to", "downloaded_at", "shipped_at", "confirmed_at",
    "packages_there", "touched_at", "parts",
)  # fmt: skip
LINE: Columns = (
    *OWNER, "order_id", "reference", "sku", "asin", "title", "ordered", "fulfilled_there", "canceled", "unit_price",
    "total", "currency", "cancel_requested", "left_out",
)  # fmt: skip
RELEASE: Columns = (
    "id", *OWNER, "order_id", "warehouse_id", "number", "reference", "released_at", "state", "due_at", "claims",
    "attempts", "last_error", "chosen_by", "placed_by", "replaces", "part",
)  # fmt: skip
SHIPMENT: Columns = ("id", *OWNER, "order_id", "warehouse_id", "shipped_at", "created_at")
PACKAGE: Columns = (
    "id", *OWNER, "shipment_id", "order_id", "number", "carrier", "scac", "service", "tracking_number",
    "untracked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """Who the orders belong to."""

    organization: Organization
    user: User
    carts: Sequence[Cart]
    warehouses: Sequence[Warehouse]


@dataclass(frozen=True, slots=True)
class Made:
    """One order and what is drawn for it, before it becomes rows."""

    id: int
    number: str
    cart: Cart
    warehouse: Warehouse
    status: OrderStatus
    service: str
    placed_at: datetime
    skus: Sequence[str]
    luck: float  # what the rarer things are read from

    @property
    def owner(self) -> tuple[int, int]:
        return self.cart.organization_id, self.cart.merchant_id

    @property
    def is_prime(self) -> bool:
        return self.luck < 0.2

    @property
    def ship_by(self) -> datetime:
        return self.placed_at + timedelta(days=2)

    @property
    def tracking(self) -> str:
        return f"1Z{self.id * 7_919 % 10**12:012}"


def fill(
    orders: int, *, now: datetime, merchants: int = MERCHANTS, carts: int = CARTS, grants: int | None = None
) -> House:
    """Write this many orders with their lines, releases, shipments and packages. ``grants``: else one for each cart."""
    house = make_house(now=now, merchants=merchants, carts=carts, grants=grants or carts)
    with unindexed(Order, Line, Release, Shipment, Package), transaction.atomic():
        hurry()
        drawn = make(house, orders, now)
        while made := list(islice(drawn, AT_ONCE)):
            released = [each for each in made if each.status in RELEASED]
            shipped = [each for each in made if each.status in SHIPPED_OR_CONFIRMED]
            write(Order, ORDER, map(order_row, made))
            write(Line, LINE, chain.from_iterable(map(line_rows, made)))
            write(Release, RELEASE, map(release_row, released))
            write(Shipment, SHIPMENT, map(shipment_row, shipped))
            write(Package, PACKAGE, map(package_row, shipped))
    tidy()
    return house


def make_house(*, now: datetime, merchants: int = MERCHANTS, carts: int = CARTS, grants: int = CARTS) -> House:
    organization = Organization.objects.create(name="Bench 3PL")
    user = User.objects.create_user("bench@northwind.example")
    Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
    make_portal_warehouse(organization)
    for name in ("Reno", "Harrisburg"):
        Warehouse.objects.create(organization=organization, kind="portal", name=name)
    sellers = [
        Merchant.objects.create(organization=organization, name=f"Merchant {number:02}") for number in range(merchants)
    ]
    granted = [make_grant(sellers[number % merchants], number, now) for number in range(grants)]
    made = [
        Cart.objects.create(
            organization=organization,
            merchant=granted[number % grants].merchant,
            grant=granted[number % grants],
            kind="amazon",
            place_id=PLACES[number // grants],
            name=f"Cart {number:02}",
            state=Cart.State.LIVE,
        )
        for number in range(carts)
    ]
    CartMethod.objects.bulk_create(
        CartMethod(organization=organization, merchant=cart.merchant, cart=cart, name=name, seen_at=now)
        for cart in made
        for name in SERVICES
    )
    return House(organization, user, made, list(Warehouse.objects.filter(organization=organization).order_by("pk")))


def make_grant(merchant: Merchant, number: int, now: datetime) -> Grant:
    """An authorization that opens nothing: no server is asked."""
    return Grant.objects.create(
        organization=merchant.organization,
        merchant=merchant,
        kind="amazon",
        region="NA",
        seller_id=f"A1BENCH{number:06}",
        authorized_at=now,
        refresh_token=b"",
    )


def make(house: House, orders: int, now: datetime) -> Iterator[Made]:
    """Draw the orders, oldest first; drawn again they are the same."""
    draw = Random(1)
    at_work, left = house.carts[:-1], house.carts[-1]
    carts = list(accumulate(1 / (place + 1) for place in range(len(at_work))))
    warehouses = list(accumulate((80, 19, 1)))
    services, service_weights = list(SERVICES), list(accumulate(SERVICES.values()))
    done = {status: parts for status, parts in STATUSES.items() if status not in UNFINISHED}
    going = {status: parts for status, parts in STATUSES.items() if status in UNFINISHED}
    young = orders * sum(going.values()) // sum(STATUSES.values()) * 2  # every second of the latest is under way
    done_weights, going_weights = list(accumulate(done.values())), list(accumulate(going.values()))
    step = timedelta(days=DAYS) / orders
    for place in range(orders):
        late = place >= orders - young and place % 2
        gone = place < orders // 4 and place % 50 == 0  # the cart that sells no longer
        (status,) = (
            draw.choices(list(going), cum_weights=going_weights)
            if late
            else draw.choices(list(done), cum_weights=done_weights)
        )
        yield Made(
            id=place + 1,
            number=f"{draw.randrange(100, 116)}-{draw.randrange(10**7):07}-{place + 1:07}",
            cart=left if gone else draw.choices(at_work, cum_weights=carts)[0],
            warehouse=draw.choices(house.warehouses, cum_weights=warehouses)[0],
            status=status,
            service=draw.choices(services, cum_weights=service_weights)[0],
            placed_at=now - step * (orders - place),
            skus=[f"SKU-{int(SKUS * draw.random() ** 3):05}" for _ in range(1 + (draw.random() < 0.3))],
            luck=draw.random(),
        )


def order_row(made: Made) -> tuple[Any, ...]:
    attention = made.status in NEEDS_ATTENTION
    shipped_at = made.placed_at + timedelta(hours=20) if made.status in SHIPPED_OR_CONFIRMED else None
    return (
        made.id, *made.owner, made.cart.pk, made.number, made.status.value,
        HeldFor.UNMAPPED.value if made.status == OrderStatus.HELD else "",
        "Ship method “SecondDay” is not mapped" if attention else "",
        "open", "Unshipped", made.service, made.placed_at, made.placed_at, made.ship_by,
        made.placed_at + timedelta(days=5), made.is_prime, made.luck > 0.995, "", "19.99", "USD", len(made.skus),
        len(made.skus), "0" * 32, "", made.warehouse.pk if made.status in RELEASED else None, made.placed_at,
        shipped_at, shipped_at if made.status == OrderStatus.CONFIRMED else None, "[]", shipped_at or made.placed_at, 0,
    )  # fmt: skip


def line_rows(made: Made) -> Iterator[tuple[Any, ...]]:
    for place, sku in enumerate(made.skus):
        yield (
            *made.owner, made.id, str(place), sku, "B000000001", "A blue mug", 1, 0, 0, "19.99", "19.99", "USD",
            False, False,
        )  # fmt: skip


def release_row(made: Made) -> tuple[Any, ...]:
    number = f"P-{made.number}" if made.is_prime else ""
    at = made.placed_at
    return (
        made.id, *made.owner, made.id, made.warehouse.pk, number, number or made.number, at, ErrandState.DONE.value, at,
        0, 0, "", f"as “{made.service}” is mapped", "", "", 0,
    )  # fmt: skip


def shipment_row(made: Made) -> tuple[Any, ...]:
    at = made.placed_at + timedelta(hours=20)
    return (made.id, *made.owner, made.id, made.warehouse.pk, at, at)


def package_row(made: Made) -> tuple[Any, ...]:
    return (made.id, *made.owner, made.id, made.id, 1, "UPS", "UPSN", "Ground", made.tracking, "")


# -- Writing ---------------------------------------------------------------------------------------------------------
def write(model: type[models.Model], columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows past the ORM: they are made here and need no checks."""
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        adapted = ([_plain(value) for value in row] for row in rows)
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(adapted))


def _plain(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


@contextmanager
def unindexed(*kinds: type[models.Model]) -> Iterator[None]:
    """Leave out the indexes meanwhile, and make each at the end in one go."""
    indexes = [(model, index) for model in kinds for index in model._meta.indexes]
    with connection.schema_editor() as editor:
        for model, index in indexes:
            editor.remove_index(model, index)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            if connection.vendor == "postgresql":
                editor.execute("SET LOCAL maintenance_work_mem = '256MB'")
            for model, index in indexes:
                editor.add_index(model, index)


def hurry() -> None:
    """Leave out PostgreSQL's look at every reference, where we may: it takes most of the time."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute("SET LOCAL session_replication_role = replica")


def tidy() -> None:
    """What autovacuum would have done meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
