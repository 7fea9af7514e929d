"""Seller accounts beside the world's own: carts of one account at several places, stock on their shelves."""

from typing import Any

from carts.consent import grants
from carts.marketplaces.values import Tokens
from carts.models import Cart
from core.accounts.models import Merchant
from core.alerts.models import Alert
from inventory import tasks
from inventory.models import StockLevel
from shipping.models import Warehouse
from shipping.routing import routes_for
from tests import factories
from tests.world import SELLER, US, World

NORDLICHT, DE, FR = "A1NORDLICHT01", "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
MUGS_EU, GB = "A2BLUEMUGEU01", "A1F83G8C2ARO7P"
SKUS = ("MUG-BLUE-11", "MUG-RED-11", "MUG/SET OF 4", "TEAPOT-BLUE", "SAUCER-BLUE")


def connect(world: World, seller: str, *places: str, merchant: Merchant | None = None) -> list[Cart]:
    """Return live carts of one seller account, authorized."""
    refresh_token = world.simulator.grant(seller)
    carts = []
    for place in places:
        cart = factories.CartFactory(
            merchant=merchant or world.merchant, place_id=place, name=f"Cart {place}", grant=None, live_at=world.now
        )
        tokens = Tokens(access_token="", expires_in=0, refresh_token=refresh_token)
        grants.bind(cart, seller_id=seller, tokens=tokens, by=world.person, now=world.now)
        cart.refresh_from_db()
        carts.append(cart)
    return carts


def work(cart: Cart) -> None:
    """A worker hears the bell for the cart's account."""
    tasks.publish.run(cart_id=cart.pk)


def count(cart: Cart, on_hand: int, *skus: str, **fields: Any) -> None:
    """Count SKUs of the cart's merchant at the cart's warehouse; all that are known there without any named."""
    warehouse = routes_for([cart])[cart.pk].warehouse
    levels = StockLevel.objects.filter(warehouse=warehouse, merchant=cart.merchant_id)
    if skus:
        levels = levels.filter(sku__in=skus)
    levels.update(on_hand=on_hand, **({"observed_at": cart.live_at} | fields))


def send_to(cart: Cart, name: str) -> Warehouse:
    """Let the cart's orders go to a warehouse of its own."""
    warehouse = factories.WarehouseFactory(organization=cart.organization, name=name)
    route = routes_for([cart])[cart.pk]
    type(route).objects.filter(pk=route.pk).update(warehouse=warehouse)
    return warehouse


def there(world: World, sku: str = SKUS[0], seller: str = SELLER, place: str = US) -> int | None:
    return world.simulator.stock(seller, sku, place)


def alerts(cause: str) -> list[Alert]:
    return list(Alert.objects.filter(cause=cause, closed_at=None))
