"""Calls about a merchant: stock, products, carts and ship methods, and the merchants themselves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from carts.models import Cart
from core.accounts.models import Merchant
from core.api.scopes import Scope
from integration_manager.cartrover.endpoint import Asked, call
from integration_manager.cartrover.envelope import Answer, Refused
from integration_manager.cartrover.order_calls import names_of
from integration_manager.cartrover.order_document import aliases
from integration_manager.cartrover.pages import page_of
from integration_manager.cartrover.written_values import number, shown, stamp
from inventory.models import StockLevel
from inventory.promised import can_be_sold, on_hand, reckon
from shipping.items.item_names import ItemNames
from shipping.methods import mapping
from shipping.methods.mapping import MethodChange
from shipping.models import Route, ShipMethod
from shipping.routing import routes_for

LONGEST_SKU, MOST_MAPPED, LONGEST_METHOD = 255, 500, 60


# -- Stock -------------------------------------------------------------------------------------------------------------
@call(Scope.INVENTORY_READ)
def inventory(asked: Asked) -> Answer:
    skus = _levels(asked).order_by("sku").values_list("sku", flat=True).distinct()
    return Answer(_stock(asked, list(page_of(asked, skus))), total=skus.count())


@call(Scope.INVENTORY_READ)
def inventory_of(asked: Asked, sku: str) -> Answer:
    return Answer(_stock(asked, [_known(asked, sku)])[0])


@call(Scope.INVENTORY_READ)
def product(asked: Asked, sku: str) -> Answer:
    known = _known(asked, sku)
    level = _levels(asked).filter(sku=known).order_by("pk")[0]
    return Answer(
        {
            "sku": known,
            "name": shown(level.title) or known,
            "description": shown(level.title),
            "retail_price": None,
            "wholesale_price": None,
            "weight_lbs": None,
            "wms_product_main_id": str(level.pk),
            "last_updated_datetime": stamp(level.observed_at),
            "aliases": [
                {"code_type": "ALIAS", "code": name} for name in names_of(asked.merchant.pk, {known}).get(known, ())
            ],
        }
    )


def _levels(asked: Asked) -> "QuerySet[StockLevel]":
    found: QuerySet[StockLevel] = StockLevel.objects.visible_to(asked.access)
    return found.filter(warehouse__archived_at=None)


def _known(asked: Asked, name: str) -> str:
    """Return the SKU of a name, its own or an alias. Raises Refused."""
    if "\0" not in name and len(name) <= LONGEST_SKU:
        standing = ItemNames.of([asked.merchant.pk], names=[name]).item(asked.merchant.pk, name)
        if found := _levels(asked).filter(sku__in=[name, standing]).values_list("sku", flat=True).first():
            return str(found)
    raise Refused(f"There is no product {name[:LONGEST_SKU]}.")


def _stock(asked: Asked, skus: Sequence[str]) -> list[dict[str, Any]]:
    """Return SKUs with what can be sold of them, in all warehouses and in each."""
    levels = _levels(asked).filter(sku__in=skus).select_related("warehouse").order_by("warehouse", "pk")
    by_sku: dict[str, list[StockLevel]] = {sku: [] for sku in skus}
    for level in reckon(levels, now=asked.now):
        by_sku[level.sku].append(level)
    names = names_of(asked.merchant.pk, set(skus))
    return [_sku(sku, found, names) for sku, found in by_sku.items()]


def _sku(sku: str, levels: Sequence[StockLevel], names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "sku": sku,
        "qty_available": number(_sum(can_be_sold(level) for level in levels)),
        "qty_on_hand": number(_sum(on_hand(level) for level in levels)),
        "wms_datetime": stamp(_latest(level.observed_at for level in levels)),
        "aliases": aliases(names.get(sku, ())),
        "warehouses": {
            str(level.warehouse_id): {
                "warehouse": level.warehouse.name,
                "qty_available": number(can_be_sold(level)),
                "qty_on_hand": number(on_hand(level)),
                "wms_datetime": stamp(level.observed_at),
            }
            for level in levels
        },
    }


def _sum(numbers: Iterable[int | None]) -> int | None:
    """Nothing where nobody counted anywhere."""
    known = [each for each in numbers if each is not None]
    return sum(known) if known else None


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((each for each in moments if each is not None), default=None)


# -- Carts and ship methods --------------------------------------------------------------------------------------------
def _carts(asked: Asked) -> "QuerySet[Cart]":
    found: QuerySet[Cart] = Cart.objects.visible_to(asked.access).order_by("name", "pk")
    return found.filter(pk=asked.caller.cart.pk) if asked.caller.cart else found


@call(Scope.SETTINGS_READ)
def list_carts(asked: Asked) -> Answer:
    at_work = _carts(asked).exclude(state__in=(Cart.State.ARCHIVED, Cart.State.DISCONNECTED))
    return Answer([_cart(cart) for cart in at_work])


@call(Scope.SETTINGS_READ)
def list_all_carts(asked: Asked) -> Answer:
    return Answer([_cart(cart) for cart in _carts(asked)])


def _cart(cart: Cart) -> dict[str, Any]:
    return {"order_source": cart.name, "cart_type": cart.place.name, "pk": str(cart.pk), "status": cart.state}


@call(Scope.SETTINGS_READ)
def cart_methods(asked: Asked, order_source: str) -> Answer:
    known = mapping.list_methods(_cart_of(asked, order_source))
    return Answer(
        [
            {"cart_code": method.name, "wms_code": method.ship_method.label if method.ship_method else None}
            for method in known
        ]
    )


@call(Scope.ORDERS_WRITE, posted=True)
def map_methods(asked: Asked, order_source: str) -> Answer:
    """Say what the warehouse calls ship methods of a cart; null: they go there by the cart's own name."""
    cart, body = _cart_of(asked, order_source), asked.body
    if not isinstance(body, list) or not 0 < len(body) <= MOST_MAPPED:
        raise Refused(f"Send a list of 1 to {MOST_MAPPED} objects with cart_code and wms_code.")
    warehouse = routes_for([cart])[cart.pk].warehouse
    methods = {method.label: method for method in ShipMethod.objects.filter(warehouse=warehouse)}
    wanted: dict[str, ShipMethod | None] = {}
    for place, said in enumerate(body):
        name, code = _mapped(said, place)
        if code is not None and code not in methods:
            raise Refused(f"[{place}].wms_code {code[:80]} is no ship method. See /v1/wms/shipmethod/list.")
        wanted[name] = methods[code] if code is not None else None
    mapping.change(cart, MethodChange(mapped=wanted), by=None, now=asked.now)
    return Answer(beside={"order_source": cart.name})


def _mapped(said: Any, place: int) -> tuple[str, str | None]:
    name, code = (said.get("cart_code"), said.get("wms_code")) if isinstance(said, dict) else (None, None)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_METHOD or not name.isprintable():
        raise Refused(f"[{place}].cart_code has to be the name of a ship method, up to {LONGEST_METHOD} characters.")
    if code is not None and not isinstance(code, str):
        raise Refused(f"[{place}].wms_code has to be a text or null.")
    return name.strip(), code or None


def _cart_of(asked: Asked, order_source: str) -> Cart:
    """Return the cart of this name, or number. Raises Refused."""
    named = Q(name=order_source)
    if order_source.isascii() and order_source.isdecimal() and len(order_source) < 19:
        named |= Q(pk=int(order_source))
    found = [] if "\0" in order_source else list(_carts(asked).filter(named).exclude(state=Cart.State.ARCHIVED)[:2])
    if not found:
        raise Refused(f"There is no cart {order_source[:80]}. See /v1/cart/list.")
    if len(found) > 1:
        raise Refused(f"Several carts are called {order_source[:80]}: use the pk that /v1/cart/list shows.")
    return found[0]


@call(Scope.SETTINGS_READ)
def warehouse_methods(asked: Asked) -> Answer:
    """The ship methods of the warehouses a merchant's orders go to; of all, for a key of the organization."""
    methods = ShipMethod.objects.filter(organization=asked.key.organization, warehouse__archived_at=None)
    if asked.caller.cart or asked.key.merchant_id or asked.request.headers.get("X-Merchant-Pk"):
        routes = Route.objects.filter(cart__in=_carts(asked))
        methods = methods.filter(warehouse__in=routes.values("warehouse"))
    found = methods.order_by("warehouse", "label", "pk").values_list("carrier", "label", "service")
    return Answer([{"carrier": carrier, "code": label, "description": service} for carrier, label, service in found])


# -- Merchants ---------------------------------------------------------------------------------------------------------
@call(Scope.SETTINGS_READ)
def list_merchants(asked: Asked) -> Answer:
    if asked.caller.cart or asked.key.merchant_id:
        raise Refused("This call needs a key of the whole organization.")
    merchants = Merchant.objects.filter(organization=asked.key.organization).order_by("name", "pk")
    found = [{"pk": str(merchant.pk), "name": merchant.name} for merchant in page_of(asked, merchants)]
    return Answer(found, total=merchants.count())
