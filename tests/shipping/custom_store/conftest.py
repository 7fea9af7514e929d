"""A warehouse that is a shipping desk."""

import pytest

from shipping.models import Warehouse
from tests.shipping.custom_store.played_desk import Desk
from tests.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    Warehouse.objects.update(kind="shipstation")
    return Desk(world)
