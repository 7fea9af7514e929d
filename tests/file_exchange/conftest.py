"""A client of files, and who runs the 3PL."""

import pytest
from django.test import Client

from carts.models import Cart
from shipping.models import Warehouse
from shipping.routing import routes_for
from tests.factories import CartFactory
from tests.sftp_server import sshd, started_sshd
from tests.world import World

__all__ = ["sshd", "started_sshd"]
HEADS = "Order number,SKU,Qty,Recipient,Address,City,State,Zip,Country"
ORDERS = HEADS + "\n{},MUG,2,Ida Berg,12 Quay Street,Reno,NV,89501,US\n"


@pytest.fixture
def cart(world: World) -> Cart:
    """A client of files whose goods lie in a warehouse of files."""
    made: Cart = CartFactory(
        kind="csv", place_id="csv", grant=None, merchant=world.merchant, organization=world.organization
    )
    Warehouse.objects.update(kind="csv")
    assert routes_for([made])[made.pk].warehouse is not None
    return made


@pytest.fixture
def owner(world: World, client: Client) -> Client:
    client.force_login(world.person)
    return client
