"""Several programs of one warehouse claim at once, on a real PostgreSQL: no order is anybody's twice, none is left."""

import threading
from collections import Counter

import pytest
from django.db import connections, transaction

from orders.models import Order
from shipping.delivery import collection, releases
from shipping.models import Warehouse
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
ORDERS, CLAIMERS = 24, 4
LONGEST = 60.0  # seconds


@pytest.fixture
def warehouse(world: World) -> Warehouse:
    Warehouse.objects.update(kind="api")
    for _ in range(ORDERS):
        world.order_placed()
    world.download()
    releases.owe_new(now=world.now)
    found: Warehouse = Warehouse.objects.get()
    return found


def together(count: int, world: World, warehouse: Warehouse, *, most: int) -> list[list[int]]:
    """Let so many claim on connections of their own until nothing is offered. Returns the orders of each."""
    taken: list[list[int]] = [[] for _ in range(count)]
    failed: list[BaseException] = []
    ready = threading.Barrier(count)

    def claim(mine: list[int]) -> None:
        try:
            ready.wait(LONGEST)
            while orders := collection.claim(warehouse, most=most, now=world.now).orders:
                mine += [each.release.order_id for each in orders]
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert failed == []
    assert not any(thread.is_alive() for thread in threads)
    return taken


def test_two_claimers_never_get_the_same_order(world: World, warehouse: Warehouse) -> None:
    taken = together(CLAIMERS, world, warehouse, most=3)

    times = Counter(order for mine in taken for order in mine)
    assert set(times.values()) == {1}
    # One that was passed over while another looked at it may be left: the next claim has it.
    rest = together(1, world, warehouse, most=ORDERS)[0]
    assert sorted([*times, *rest]) == sorted(Order.objects.values_list("pk", flat=True))


def test_what_another_claim_is_at_is_passed_over_and_not_waited_for(world: World, warehouse: Warehouse) -> None:
    under_way = list(Order.objects.order_by("ship_by", "pk").values_list("pk", flat=True)[:5])

    with transaction.atomic():
        list(Order.objects.filter(pk__in=under_way).select_for_update())
        [others] = together(1, world, warehouse, most=ORDERS)

    assert len(others) == ORDERS - len(under_way)
    assert not set(others) & set(under_way)
