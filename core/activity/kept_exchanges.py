"""What was said to other servers and what they answered: kept for some days, for people who have to find out why.

What comes here was scrubbed by the adapter that spoke: no token and nothing personal. Keeping it never fails and never
holds up the work it is about. What is said about an order is all kept; of the rest, stock told a hundred thousand times
a day for example, the first of each turn, and more of what was refused than of what went well.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Protocol

import structlog
from django.conf import settings
from django.db import Error, transaction
from django.db import connection as database
from django.db.models import Q, QuerySet

from core.activity import call_counts
from core.activity.models import Exchange
from core.common import bulk_insert, clock

log = structlog.get_logger(__name__)

BATCH = 50  # exchanges written at once: an import of many pages keeps no more than these in memory
WELL, BADLY = 5, 50  # about no order: of each operation, kept of one turn of a connection
FORGOTTEN_AT_ONCE = 1000  # rows in one transaction, so that nobody waits for it
FORGOTTEN_IN_ALL = 20_000  # rows in one sweep: the next one goes on


# -- Keeping -----------------------------------------------------------------------------------------------------------
class Said(Protocol):
    """One request and its answer, as an adapter tells of it."""

    @property
    def operation(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def milliseconds(self) -> int: ...
    @property
    def request_id(self) -> str: ...
    @property
    def request(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def sent(self) -> int | None: ...
    @property
    def received(self) -> int | None: ...
    @property
    def order_number(self) -> str: ...


class _Sieve:
    """What is worth keeping of what is about no order, of one turn."""

    def __init__(self) -> None:
        self._told: Counter[tuple[str, bool]] = Counter()  # how often what went well, or did not

    def keeps(self, said: Said) -> bool:
        went_well = _went_well(said.status)
        self._told[said.operation, went_well] += 1
        return self._told[said.operation, went_well] <= (WELL if went_well else BADLY)


class ExchangeRecorder:
    """Collects what one connection says, and writes it when there is enough of it, or nothing more to come.

    ``find`` returns the ids of orders by their numbers. Ask it nothing inside a transaction of the caller's.
    """

    def __init__(
        self, connection: str, organization_id: int, *, find: Callable[[Collection[str]], Mapping[str, int]]
    ) -> None:
        self._connection, self._organization_id, self._find = connection, organization_id, find
        self._said: list[tuple[Said, datetime]] = []
        self._sieve = _Sieve()
        self._calls: Counter[tuple[str, str]] = Counter()  # by operation and method, kept or not

    def __call__(self, said: Said) -> None:
        self._calls[_storable(said.operation, 80), _storable(said.method, 8)] += 1
        if not said.order_number and not self._sieve.keeps(said):
            return
        self._said.append((said, clock.now()))
        if len(self._said) >= BATCH:
            self._keep()

    def write(self) -> None:
        """Write what was collected, and how many there were. Where the database will not have it, only this is lost."""
        self._keep()
        calls, self._calls = self._calls, Counter()
        try:
            call_counts.add(self._connection, self._organization_id, calls, now=clock.now())
        except (Error, ValueError):
            log.warning("calls.uncounted", connection=self._connection, calls=calls.total())

    def _keep(self) -> None:
        collected, self._said = self._said, []
        if not collected:
            return
        try:
            numbers = {said.order_number for said, _ in collected} - {""}
            orders = self._find(numbers) if numbers else {}
            with transaction.atomic():
                Exchange.objects.bulk_create(
                    self._row(said, at, orders.get(said.order_number)) for said, at in collected
                )
        except (Error, ValueError):
            log.warning("exchanges.lost", connection=self._connection, exchanges=len(collected))

    def _row(self, said: Said, at: datetime, order_id: int | None) -> Exchange:
        return _row(self._connection, self._organization_id, said, at, order_id)


class ExchangesAsSaid:
    """Writes what one connection says as it is said: for talks of a few requests that nobody ends.

    With ``order_id`` all of it is about that order, and all of it is kept. Use it outside transactions.
    """

    def __init__(self, connection: str, organization_id: int, *, order_id: int | None = None) -> None:
        self._connection, self._organization_id, self._order_id = connection, organization_id, order_id
        self._sieve = _Sieve()

    def __call__(self, said: Said) -> None:
        if self._order_id is None and not self._sieve.keeps(said):
            return
        try:
            _insert(_row(self._connection, self._organization_id, said, clock.now(), self._order_id))
        except (Error, ValueError):
            log.warning("exchanges.lost", connection=self._connection, exchanges=1)


def _insert(row: Exchange) -> None:
    """Store one at once. It stands in the way of every order that is handed over, so with PostgreSQL it is one
    statement, and does not wait for the disk: what a crash of the server takes is the talk of its last moment.
    """
    if database.vendor != "postgresql":
        bulk_insert.insert([row])
        return
    with database.cursor() as cursor:
        cursor.execute(_statement(), bulk_insert.columns_of(Exchange, keyed=False).of_row(row, database))


@cache
def _statement() -> str:
    names = bulk_insert.columns_of(Exchange, keyed=False).names
    return (
        "WITH at_once AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS it) "
        f"INSERT INTO {Exchange._meta.db_table} ({', '.join(names)}) "
        f"SELECT {', '.join(['%s'] * len(names))} FROM at_once WHERE at_once.it IS NOT NULL"
    )


def _row(connection: str, organization_id: int, said: Said, at: datetime, order_id: int | None) -> Exchange:
    return Exchange(
        organization_id=organization_id,
        connection=connection,
        subject_kind="order" if order_id else "",
        subject_id=order_id,
        operation=_storable(said.operation, 80),
        method=_storable(said.method, 8),
        path=_storable(said.path, 300),
        status=said.status,
        milliseconds=max(0, said.milliseconds),
        sent=said.sent,
        received=said.received,
        request_id=_storable(said.request_id, 80),
        request=_storable(said.request),
        answer=_storable(said.answer),
        at=at,
    )


def _storable(text: str, most: int | None = None) -> str:
    """Return what every database takes: no NUL, no half characters."""
    return text.replace("\x00", "").encode(errors="replace").decode()[:most]


# -- Forgetting --------------------------------------------------------------------------------------------------------
def forget(*, now: datetime) -> int:
    """Delete what is older than it is kept, some at a time. Returns how many."""
    old = Exchange.objects.filter(at__lt=now - timedelta(days=settings.EXCHANGES_KEPT_DAYS)).order_by("at")
    forgotten = 0
    while forgotten < FORGOTTEN_IN_ALL:
        ids = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
        if not ids:
            break
        forgotten += Exchange.objects.filter(pk__in=ids).delete()[0]
    return forgotten


# -- Showing -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ShownExchange:
    """An exchange as a page shows it."""

    operation: str
    method: str
    path: str
    told: tuple[str, str]  # what came of it: a word and a tone
    milliseconds: int
    request_id: str
    request: str
    answer: str
    at: datetime
    sent: int | None = None  # bytes
    received: int | None = None
    connection: str = ""
    whom: str = ""  # who was spoken to, where a page shows several

    @property
    def summary(self) -> str:
        """One line of it, for whoever looks at something else in the first place."""
        return f"{self.operation}: {self.told[0]}, {self.took}"

    @property
    def took(self) -> str:
        """How long it took, and how many bytes went and came, where they were counted."""
        counted = [("sent", self.sent), ("received", self.received)]
        return ", ".join(
            [f"{self.milliseconds} ms", *(_weight(each, said) for said, each in counted if each is not None)]
        )


def of_order(
    order_id: int, organization_id: int, *, whom: Mapping[str, str] = MappingProxyType({}), most: int = 20
) -> list[ShownExchange]:
    """Return what was last said about an order, the newest first. ``whom``: names by connection."""
    rows = Exchange.objects.filter(organization=organization_id, subject_kind="order", subject_id=order_id)
    return [show(each, whom.get(each.connection, "")) for each in rows.order_by("-pk")[:most]]


def of_connection(
    connection: str, organization_id: int, *, failed: bool = False, most: int = 50
) -> list[ShownExchange]:
    """Return what a connection last said, the newest first; with ``failed`` only what was refused or not answered."""
    rows: QuerySet[Exchange] = Exchange.objects.filter(organization=organization_id, connection=connection)
    if failed:
        rows = failed_of(rows)
    return [show(each) for each in rows.order_by("-pk")[:most]]


def failed_of(rows: QuerySet[Exchange]) -> QuerySet[Exchange]:
    """Return what was refused or not answered."""
    return rows.filter(Q(status=None) | Q(status__gte=400))


def nearest(
    shown: Sequence[ShownExchange],
    *,
    operation: str,
    at: datetime,
    naming: str = "",
    within: timedelta = timedelta(minutes=1),
) -> ShownExchange | None:
    """Return the exchange an event most likely came of: the operation, about that time, naming what it is about."""
    candidates = [
        each
        for each in shown
        if each.operation == operation
        and abs(each.at - at) <= within
        and (not naming or naming in each.request or naming in each.answer)
    ]
    return min(candidates, key=lambda each: abs(each.at - at), default=None)


def show(exchange: Exchange, whom: str = "") -> ShownExchange:
    return ShownExchange(
        exchange.operation,
        exchange.method,
        exchange.path,
        _told(exchange.status),
        exchange.milliseconds,
        exchange.request_id,
        _pretty(exchange.request),
        _pretty(exchange.answer),
        exchange.at,
        exchange.sent,
        exchange.received,
        exchange.connection,
        whom,
    )


def _weight(number: int, said: str) -> str:
    """Return a number of bytes in words of no more than three digits."""
    return f"{number} B {said}" if number < 1000 else f"{number / 1024:,.1f} KB {said}"


def _told(status: int | None) -> tuple[str, str]:
    if status is None:
        return "No response", "bad"
    return str(status), "good" if _went_well(status) else "warn" if status == 429 else "bad"


def _went_well(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _pretty(text: str) -> str:
    """Return a document with a field on each line; what is cut short, or no document, as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False) if text else ""
    except (ValueError, RecursionError):
        return text
