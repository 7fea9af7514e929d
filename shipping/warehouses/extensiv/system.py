"""3PL Warehouse Manager as a warehouse system. It speaks for one merchant: one customer of the 3PL, in one facility."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from carts.marketplaces.exchange import WireExchange
from core.common import clock, shared_http
from core.common.bounded_http import BoundedHttp
from core.common.remote import Disconnected, Rejected, RemoteError
from shipping.warehouses.base import (
    CanceledThere,
    Creating,
    Delivery,
    GivenBack,
    Meter,
    MethodChoice,
    SettingField,
    ShipmentPage,
    StockLevel,
    SystemAccount,
    SystemCheck,
    TokenKeeper,
    WarehouseItem,
    WarehouseSystem,
    unmetered,
)
from shipping.warehouses.extensiv import refusals, rql, translate
from shipping.warehouses.extensiv.client import Account, ExtensivClient, is_gone

BASE_URL = "https://secure-wms.com"
ORDERS_PAGE, STOCK_PAGE, ITEMS_PAGE, CUSTOMERS_PAGE = 200, 500, 100, 100
MODIFIED = "readOnly.lastModifiedDate"
REASON = "Canceled by the marketplace or the seller"
NO_CUSTOMER = "No customer of 3PL Warehouse Manager is chosen for this merchant. Choose one on the warehouse’s page."
FIRST_LOOK = timedelta(days=30)  # so far back
CLOCKS_DIFFER = timedelta(minutes=20)
BETWEEN = "|"  # the moment and the page of a cursor


FIELDS = (
    SettingField("client_id", "Client ID", "From 3PL Warehouse Manager’s Support Portal, under Manage Credentials."),
    SettingField("client_secret", "Client secret", "It is kept encrypted and not shown again.", secret=True),
    SettingField("user_login", "User login", "The user’s number, or their login name."),
    SettingField("tpl", "3PL key", "Only some credentials need it: {xxxxxxxx-…}.", required=False),
    SettingField(
        "facility", "Facility ID", "The number of the building whose stock and orders this is about.", is_number=True
    ),
    SettingField(
        "zone",
        "Time zone",
        "The warehouse tells times without a zone, as its own clock shows them.",
        "America/Los_Angeles",
        is_zone=True,
    ),
    SettingField("base_url", "Address", "Change it for a sandbox only.", BASE_URL, is_url=True),
)


class Extensiv(WarehouseSystem):
    """``settings``: what FIELDS asks for, and "account", the merchant's customer id."""

    kind = "extensiv"
    label = "3PL Warehouse Manager (Extensiv)"
    help_text = "Orders are created in 3PL Warehouse Manager; closing them there sends their tracking."
    creating = Creating.LOOK_UP  # it may refuse a reference it has, but nobody promises that
    lanes = 6  # it takes its time for each, and publishes no limit
    can_recall = True
    tells_shipments = True
    tells_stock = True
    tells_methods = True
    tells_items = True
    settings_page = "shipping:connection"
    fields: ClassVar = FIELDS
    by_account = True

    def __init__(
        self,
        settings: Mapping[str, Any],
        meter: Meter = unmetered,
        tokens: TokenKeeper | None = None,
        on_exchange: Callable[[WireExchange], None] | None = None,
        *,
        http: BoundedHttp | None = None,
    ) -> None:
        super().__init__(settings, meter, tokens, on_exchange)
        self._http = http

    @cached_property
    def client(self) -> ExtensivClient:
        said = self.settings
        if not said.get("client_id") or not said.get("client_secret"):
            raise Disconnected("Nobody entered the credentials of 3PL Warehouse Manager yet.")
        account = Account(
            base_url=str(said.get("base_url") or BASE_URL).rstrip("/"),
            client_id=str(said["client_id"]),
            client_secret=str(said["client_secret"]),
            user_login=str(said.get("user_login") or ""),
            tpl=str(said.get("tpl") or ""),
        )
        http = self._http or shared_http.guarded(said.get("networks", ()))
        return ExtensivClient(account, self.tokens, http, self.meter, self.on_exchange)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(str(self.settings.get("zone") or "America/Los_Angeles"))

    @property
    def customer(self) -> int:
        if not self.settings.get("account"):
            raise Rejected(NO_CUSTOMER)
        return int(self.settings["account"])

    @property
    def facility(self) -> int:
        return int(self.settings["facility"])

    # -- orders
    def create(self, delivery: Delivery) -> str:
        document = translate.order_document(delivery, customer=self.customer, facility=self.facility, zone=self.zone)
        try:
            answer = self.client.post("/orders", document)
        except Rejected as error:
            if error.code == refusals.DUPLICATE and (known := self.find(delivery.reference)):
                return known
            raise
        return translate.order_id(answer.body)

    def find(self, reference: str) -> str | None:
        found = [order for order in self._named(reference) if not translate.is_canceled(order)]
        return translate.order_id(found[-1]) if found else None

    def _named(self, reference: str) -> list[Mapping[str, Any]]:
        """Return the customer's orders with exactly this reference, the canceled ones too."""
        mine = rql.both(rql.equals("referenceNum", reference), rql.equals("customerIdentifier.id", self.customer))
        answer = self.client.get("/orders", rql=mine, pgsiz=ORDERS_PAGE, pgnum=1)
        return [order for order in answer.embedded() if order.get("referenceNum") == reference]

    def recall(self, reference: str, *, order_number: str) -> GivenBack:
        number = reference
        if not number:
            known = self._named(order_number)
            open_ones = [order for order in known if not translate.is_canceled(order)]
            if not open_ones:
                return GivenBack.RECALLED if known else GivenBack.UNKNOWN
            number = translate.order_id(open_ones[-1])
        try:
            order = self.client.get(f"/orders/{number}")
            if translate.is_canceled(order.body):
                return GivenBack.RECALLED
            if translate.is_shipped(order.body):
                return GivenBack.TOO_LATE
            # Touched by staff since it was read, it is refused as outdated, and asked for once more by its errand.
            self.client.post(f"/orders/{number}/canceler", {"reason": REASON}, etag=order.etag)
        except Rejected as error:
            if is_gone(error):
                return GivenBack.UNKNOWN
            if error.code in refusals.TOO_LATE:
                return GivenBack.TOO_LATE
            if error.code == refusals.CANCELED:
                return GivenBack.RECALLED
            raise
        return GivenBack.RECALLED

    def shipped_since(self, cursor: str) -> ShipmentPage:
        """Pages go by the moment of the last row and not by number: an order touched meanwhile moves to the end of the
        list, and whoever counts pages would step over another one."""
        since, _, number = cursor.partition(BETWEEN)
        page = int(number or 1)
        if not since:  # what changed before it had anything of ours is nobody's business, and costs bytes
            since = (clock.now() - FIRST_LOOK).astimezone(self.zone).replace(tzinfo=None).isoformat(timespec="seconds")
        asked = rql.both(rql.equals("customerIdentifier.id", self.customer), rql.at_least(MODIFIED, since))
        answer = self.client.get(
            "/orders", rql=asked, sort=MODIFIED, pgsiz=ORDERS_PAGE, pgnum=page, detail="All", itemdetail="All"
        )
        rows = answer.embedded()
        shipped = [translate.shipment(row, zone=self.zone) for row in rows if translate.is_shipped(row)]
        canceled = [
            CanceledThere(str(row.get("referenceNum") or ""), translate.order_id(row))
            for row in rows
            if translate.is_canceled(row)
        ]
        if not rows:
            return ShipmentPage(shipped, since)
        last, full = translate.modified_at(rows[-1]), len(rows) == ORDERS_PAGE
        # A whole page of one moment: only then is it counted.
        counted = f"{last}{BETWEEN}{page + 1}" if last == since else last
        return ShipmentPage(shipped, counted if full else last, has_more=full, canceled=canceled)

    # -- the connection
    def check(self) -> Sequence[SystemCheck]:
        """Token, facility, customers, orders, stock: each by the call that needs it."""
        try:
            self.client.prove()
        except RemoteError as error:
            return [SystemCheck("Credentials", str(error))]
        looks = (
            ("Facility", self._facility),
            ("Customers", self._customers),
            ("Orders", self._orders),
            ("Stock", self._stock),
            ("Time zone", self._time_zone),
        )
        return [SystemCheck("Credentials"), *(SystemCheck(name, _problem(look)) for name, look in looks)]

    def accounts(self) -> Sequence[SystemAccount]:
        return [
            SystemAccount(
                str((row.get("readOnly") or {}).get("customerId") or ""),
                str((row.get("companyInfo") or {}).get("companyName") or ""),
            )
            for page in self.client.pages("/customers", CUSTOMERS_PAGE)
            for row in page
            if not (row.get("readOnly") or {}).get("deactivated")
        ]

    def _facility(self) -> None:
        found = {
            int(row["id"]): str(row.get("name") or row["id"])
            for row in self.client.get("/properties/facilities").embedded()
            if "id" in row
        }
        if self.facility not in found:
            known = ", ".join(f"{number} ({name})" for number, name in sorted(found.items())[:10])
            raise Rejected(f"There is no facility {self.facility}. These credentials see {known or 'none'}.")

    def _customers(self) -> None:
        if not self.accounts():
            raise Rejected("These credentials see no customer. Add customers to them in the Support Portal.")

    def _orders(self) -> None:
        self.client.get("/orders", pgsiz=1, pgnum=1)

    def _time_zone(self) -> None:
        """What it did last can't be ahead of us. Behind us, only a shipment's date tells (connection/wrong_zone.py)."""
        newest = self.client.get("/orders", pgsiz=1, pgnum=1, sort=f"-{MODIFIED}").embedded()
        if not newest or not translate.modified_at(newest[0]):
            return
        ahead = translate.moment(translate.modified_at(newest[0]), self.zone) - clock.now()
        if ahead > CLOCKS_DIFFER:
            hours = round(ahead / timedelta(hours=1)) or 1
            raise Rejected(
                f"Its newest order was changed {hours} h in the future by the time zone {self.zone.key}. Choose the "
                "warehouse’s own time zone."
            )

    def _stock(self) -> None:
        self.client.get("/inventory/stocksummaries", pgsiz=1, pgnum=1)

    # -- what it has and knows
    def stock(self) -> Iterator[StockLevel]:
        """What is available less what orders wait for, by SKU. Rows don't say whose they are: products do."""
        now, rows = clock.now(), [(row.get("itemId"), str(row.get("sku") or "")) for row in self._items()]
        mine = {number: sku for number, sku in rows if number is not None}
        levels = {sku: 0 for _, sku in rows if sku}
        here = rql.equals("facilityId", self.facility)
        for page in self.client.pages("/inventory/stocksummaries", STOCK_PAGE, rql=here):
            for row in page:
                named = row.get("itemIdentifier") or {}
                sku = mine.get(named.get("id")) if mine else str(named.get("sku") or "")
                if sku in levels:
                    levels[sku] += int(row.get("available") or 0) - int(row.get("orderedNotAllocated") or 0)
        for sku, units in levels.items():
            yield StockLevel(sku, max(0, units), now)

    def items(self) -> Iterator[WarehouseItem]:
        """Yield the products with their other names, then the names that stand for several products."""
        names: dict[str, list[str]] = {}
        several = []
        for page in self.client.pages(f"/customers/{self.customer}/itemaliases", ITEMS_PAGE):
            for name, parts in filter(None, map(translate.alias, page)):
                if len(parts) == 1 and parts[0][1] == 1:
                    names.setdefault(parts[0][0], []).append(name)
                else:
                    several.append(WarehouseItem(name, parts=parts))
        for document in self._items():
            known = translate.item(document)
            others = [*known.aliases, *names.get(known.product_code, [])]
            yield replace(known, aliases=tuple(dict.fromkeys(others)))
        yield from several

    def ship_methods(self) -> Sequence[MethodChoice]:
        return translate.ship_methods(self.client.get("/properties/carriers").embedded())

    def _items(self) -> Iterator[Mapping[str, Any]]:
        for page in self.client.pages(f"/customers/{self.customer}/items", ITEMS_PAGE):
            yield from page


def _problem(look: Callable[[], None]) -> str:
    try:
        look()
    except RemoteError as error:
        return str(error)
    return ""
