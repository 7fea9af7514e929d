"""What is in an export of everything: its tables, and the columns of each. No buyer's name or address is in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from html import unescape
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.html import strip_tags

from carts.account_health import kept_figures
from carts.models import AccountDay, Cart, Listing
from core.accounts.access import Access, Role
from core.accounts.models import Merchant
from core.activity import timeline
from core.activity.models import Event
from core.activity.timeline import Reader
from core.alerts import causes
from core.alerts.models import Alert
from core.files.models import MerchantExport
from integration_manager.portal.order_list.table_files import Row, Value
from inventory.models import StockLevel
from orders.models import Line, Order
from shipping.models import Charge, Package, Release

ABOUT = ("merchant", "cart", "order")  # whose history is told


class Scope:
    """Whose rows, and who reads them: a seller learns no more than from their pages."""

    def __init__(self, export: MerchantExport) -> None:
        self.merchant: Merchant = export.merchant
        self.of_house = export.of_house
        self.access = Access(
            user_id=export.by_id or 0,
            organization=export.organization,
            role=Role.VIEWER if export.of_house else Role.SELLER,
            merchant_id=None if export.of_house else export.merchant_id,
        )

    @cached_property
    def reader(self) -> Reader:
        return Reader.of(self.access)


Column = Callable[[Any, Scope], Value]


@dataclass(frozen=True, slots=True)
class ExportTable:
    name: str
    find: Callable[[Scope], "QuerySet[Any]"]
    columns: Mapping[str, Column]

    def some(self, scope: Scope, *, after: int, most: int) -> list[Any]:
        """Return the next rows behind one, by their numbers."""
        return list(self.find(scope).filter(pk__gt=after).order_by("pk")[:most])

    def cells(self, row: Any, scope: Scope) -> Row:
        return [value(row, scope) for value in self.columns.values()]


def _of(model: Any, *related: str) -> Callable[[Scope], "QuerySet[Any]"]:
    def find(scope: Scope) -> "QuerySet[Any]":
        found: QuerySet[Any] = model.objects.visible_to(scope.access).filter(merchant=scope.merchant)
        return found.select_related(*related)

    return find


def _events(scope: Scope) -> "QuerySet[Any]":
    of_carts = Cart.objects.filter(merchant=scope.merchant).values("pk")
    of_orders = Order.objects.filter(merchant=scope.merchant).values("pk")
    about = Q(subject_kind="merchant", subject_id=scope.merchant.pk)
    about |= Q(subject_kind="cart", subject_id__in=of_carts) | Q(subject_kind="order", subject_id__in=of_orders)
    mine = Event.objects.filter(about, organization=scope.access.organization)
    return scope.reader.may_read(mine).select_related("actor")


def _alerts(scope: Scope) -> "QuerySet[Any]":
    found = Alert.objects.filter(organization=scope.access.organization, merchant=scope.merchant)
    return found if scope.of_house else found.exclude(cause__in=causes.ours_alone())


def _named(*fields: str) -> dict[str, Column]:
    """Columns that say a field as it stands, under its own name."""
    return {field.replace("_", " ").capitalize(): _field(field) for field in fields}


def _field(field: str) -> Column:
    return lambda row, scope: getattr(row, field)


def _order(row: Any, scope: Scope) -> Value:
    return str(row.order.number)


def _cart(row: Any, scope: Scope) -> Value:
    return str(row.cart.name)


def _sentence(row: Event, scope: Scope) -> Value:
    return unescape(strip_tags(timeline.tell(row, scope.reader).sentence))


def _actor(row: Event, scope: Scope) -> Value:
    return timeline.tell(row, scope.reader).actor_name


def _alert(row: Alert, scope: Scope) -> Value:
    return row.message if scope.of_house else causes.say_to_seller(row.cause)


def _shipped_at(row: Package, scope: Scope) -> datetime | None:
    return row.shipped_at


def _rates(row: AccountDay, scope: Scope) -> Value:
    told = kept_figures.judged(row, row.cart.kind)
    return "; ".join(f"{each.rate.label} {each.share.normalize():f}%" for each in told if each.share is not None)


TABLES = (
    ExportTable(
        "carts",
        _of(Cart),
        {"Cart": lambda row, scope: row.name, "Marketplace": lambda row, scope: row.place.name}
        | {"State": lambda row, scope: row.get_state_display()}
        | _named("created_at", "live_at"),
    ),
    ExportTable(
        "orders",
        _of(Order, "cart"),
        {"Order": lambda row, scope: row.number, "Cart": _cart, "Status": lambda row, scope: row.state.label}
        | {"Reason": lambda row, scope: row.reason_for(scope.access)}
        | _named("service", "placed_at", "ship_by", "deliver_by", "shipped_at", "confirmed_at")
        | _named("line_count", "unit_count", "total", "currency"),
    ),
    ExportTable(
        "lines",
        _of(Line, "order"),
        {"Order": _order, "SKU": _field("sku"), "ASIN": _field("asin")}
        | _named("title", "ordered", "canceled", "unit_price", "total", "currency"),
    ),
    ExportTable(
        "warehouse_orders",
        _of(Release, "order", "warehouse", "ship_method"),
        {"Order": _order, "Warehouse": lambda row, scope: row.warehouse.name}
        | {"Ship method": lambda row, scope: row.ship_method.label if row.ship_method else ""}
        | _named("released_at"),
    ),
    ExportTable(
        "shipments",
        _of(Package, "order", "shipment__warehouse"),
        {"Order": _order, "Package": _field("number"), "Warehouse": lambda row, scope: row.shipment.warehouse.name}
        | _named("carrier", "service", "tracking_number")
        | {"Shipped at": _shipped_at},
    ),
    ExportTable("charges", _of(Charge, "order"), {"Order": _order} | _named("label", "amount", "currency", "at")),
    ExportTable(
        "listings",
        _of(Listing, "cart"),
        {"Cart": _cart, "SKU": _field("sku"), "ASIN": _field("asin")}
        | _named("title", "status", "quantity_there", "handling_days", "seen_at", "gone_at"),
    ),
    ExportTable(
        "stock",
        _of(StockLevel, "warehouse"),
        {"SKU": _field("sku"), "Warehouse": lambda row, scope: row.warehouse.name}
        | _named("title", "on_hand", "observed_at"),
    ),
    ExportTable(
        "marketplace_figures",
        _of(AccountDay, "cart"),
        {"Cart": _cart, "Day": lambda row, scope: row.day.isoformat(), "Account": _field("standing"), "Rates": _rates},
    ),
    ExportTable(
        "alerts",
        _alerts,
        {"Alert": lambda row, scope: causes.say(row.cause), "What it says": _alert} | _named("opened_at", "closed_at"),
    ),
    ExportTable(
        "history",
        _events,
        {"At": _field("at"), "About": _field("subject_kind"), "Number": _field("subject_id")}
        | {"What happened": _sentence, "By": _actor},
    ),
)
