"""A warehouse behind a wire, for the tests about what is asked of one."""

import pytest

from shipping import warehouses
from shipping.models import Warehouse
from tests.shipping.played_warehouse import Deaf, Distant
from tests.world import World


@pytest.fixture
def distant(world: World, monkeypatch: pytest.MonkeyPatch) -> type[Distant]:
    """The world's warehouse is a system that is asked over a wire."""
    monkeypatch.setitem(warehouses.WAREHOUSES, "distant", Distant)
    monkeypatch.setitem(warehouses.WAREHOUSES, "deaf", Deaf)
    Warehouse.objects.update(kind="distant")
    for kept in (Distant.created, Distant.recalled, Distant.answers):
        kept.clear()
    return Distant
