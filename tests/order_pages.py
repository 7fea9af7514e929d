"""Fixtures of the pages about orders: one organization with a cart, people of every role in it, and a stranger."""

from collections.abc import Callable

import pytest
from django.test import Client

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from orders.models import Order, OrderStatus
from shipping.models import ShipMethod
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrderFactory,
    ReleaseFactory,
    ShipMethodFactory,
    WarehouseFactory,
)
from tests.organization import ClientFor, acme, client_for, owner, stranger

__all__ = [
    "AtWarehouse",
    "ClientFor",
    "acme",
    "at_warehouse",
    "cart",
    "client_for",
    "method",
    "others_order",
    "owner",
    "seller",
    "stranger",
    "viewer",
]

AtWarehouse = Callable[..., Order]


@pytest.fixture
def cart(acme: Organization) -> Cart:
    return CartFactory(merchant__organization=acme, merchant__name="Blue Mug Co", name="Amazon US")


@pytest.fixture
def viewer(client_for: ClientFor) -> Client:
    return client_for(Role.VIEWER)


@pytest.fixture
def seller(client_for: ClientFor, cart: Cart) -> Client:
    return client_for(Role.SELLER, merchant=cart.merchant)


@pytest.fixture
def others_order(acme: Organization) -> Order:
    """An order of another merchant of the same organization."""
    return OrderFactory(
        cart__merchant=MerchantFactory(organization=acme, name="Green Lamp Ltd"), number="222-0000001-1"
    )


@pytest.fixture
def method(acme: Organization) -> ShipMethod:
    warehouse = WarehouseFactory(organization=acme, name="Reno")
    return ShipMethodFactory(warehouse=warehouse, label="UPS Ground", carrier="UPS", scac="UPSN", service="Ground")


@pytest.fixture
def at_warehouse(cart: Cart, method: ShipMethod) -> AtWarehouse:
    """Makes an order that its warehouse has and may ship."""

    def order(number: str, **fields: object) -> Order:
        made: Order = OrderFactory(cart=cart, number=number, status=OrderStatus.AT_WMS, **fields)
        ReleaseFactory(order=made, warehouse=method.warehouse, ship_method=method)
        return made

    return order
