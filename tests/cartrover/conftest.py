"""A cart whose own client pushes its orders, and that client."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from carts.models import Cart
from shipping.routing import make_portal_warehouse
from tests.cartrover.client import OldClient
from tests.factories import CartFactory


@pytest.fixture(autouse=True)
def full_bucket() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cart(db: None) -> Cart:
    made = CartFactory(kind="api_access", place_id="api_access", grant=None, name="Web shop")
    make_portal_warehouse(made.organization)
    return made


@pytest.fixture
def shop(cart: Cart) -> OldClient:
    return OldClient(cart)
