"""A worker that dies between a yes over there and our commit here: nothing is done twice, and nothing is lost."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from carts.models import Cart, Grant
from core.activity.models import Event
from core.common import claims
from core.common.claims import CLAIM, LONGEST
from core.common.errands import ErrandState
from orders.download.pull import RING_AGAIN
from orders.models import Order, OrderStatus
from orders.tasks import import_due, import_orders
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Confirmation
from tests.journeys.staff import CLOSE, filled_in, is_done, staff, workers
from tests.world import SELLER, US, World

__all__ = ["staff"]  # a fixture

Kill = Callable[..., None]


class Killed(BaseException):
    """What a worker sees of its end: no exception anybody handles."""


class Deadly(httpx.BaseTransport):
    """Brings a request to the simulator, and the worker's end instead of the answer."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner, self.method, self.path, self.after = inner, "", "", 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        answer.read()
        if self.method == request.method and self.path and self.path in request.url.path:
            if self.after == 0:
                self.method = ""
                raise Killed
            self.after -= 1
        return answer


@pytest.fixture
def kill(world: World) -> Iterator[Kill]:
    """Whoever next makes a request like this dies once it was answered."""
    amazon: dict[str, Any] = settings.MARKETPLACES["amazon"]
    deadly = Deadly(amazon["transport"])
    amazon["transport"] = deadly

    def kill(method: str, path: str, *, after: int = 0) -> None:
        deadly.method, deadly.path, deadly.after = method, path, after

    yield kill
    assert deadly.method == "", "nobody was killed"


def test_a_package_amazon_has_already_is_not_told_as_another_one(world: World, kill: Kill) -> None:
    order = world.at_warehouse()
    world.ship(order)
    kill("POST", "/shipmentConfirmation")
    with pytest.raises(Killed):
        world.confirm()
    assert Confirmation.objects.get().state == ErrandState.RUNNING
    world.confirm()  # the dead worker's claim still stands
    assert len(world.told()) == 1

    world.later(seconds=CLAIM.total_seconds() + 1)
    world.confirm()

    assert is_done(world, order.number)
    assert [(entry["packageReferenceId"], entry["edit"]) for entry in world.told()] == [("1", False), ("1", True)]
    assert len(world.simulator.order(order.number)["packages"]) == 1
    assert Event.objects.filter(kind="package.confirmed").count() == 1


def test_of_many_packages_those_behind_the_dead_one_are_told_by_the_next_worker(world: World, kill: Kill) -> None:
    orders = [world.at_warehouse() for _ in range(6)]
    world.ship(*orders)
    kill("POST", "/shipmentConfirmation", after=2)
    with pytest.raises(Killed):
        world.confirm()

    world.confirm()
    assert sum(is_done(world, order.number) for order in orders) == 5
    world.later(seconds=CLAIM.total_seconds() + 1)
    world.confirm()

    assert all(is_done(world, order.number) for order in orders)
    assert {len(world.simulator.order(order.number)["packages"]) for order in orders} == {1}


def test_a_worker_killed_again_and_again_is_a_persons_business(world: World, kill: Kill) -> None:
    order = world.at_warehouse()
    world.ship(order)
    for _ in range(5):
        kill("POST", "/shipmentConfirmation")
        with pytest.raises(Killed):
            world.confirm()
        world.later(seconds=LONGEST.total_seconds() + 1)

    world.confirm()

    assert world.order(order.number).status == OrderStatus.ERROR
    assert "the worker died" in world.order(order.number).reason
    assert len(world.simulator.order(order.number)["packages"]) == 1


def test_a_page_of_orders_that_was_never_stored_is_brought_again_once(world: World, kill: Kill) -> None:
    numbers = {world.order_placed() for _ in range(3)}
    kill("GET", "/orders")
    with pytest.raises(Killed):
        world.download()
    assert not Order.objects.exists()

    world.later(seconds=CLAIM.total_seconds() + 1)
    world.download()
    world.download()

    assert set(Order.objects.values_list("number", flat=True)) == numbers
    assert Event.objects.filter(kind="order.downloaded").count() == 3


def test_a_correction_that_died_is_told_again_and_stays_one_package(world: World, staff: Client, kill: Kill) -> None:
    order = world.at_warehouse()
    staff.post(CLOSE, filled_in(world, [order]))
    workers(world, times=1)
    package = order.packages.get()
    right = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": ups_number("999AA1", 9_000_099)}
    staff.post(f"/shipping/packages/{package.pk}/correct/", right)
    kill("POST", "/shipmentConfirmation")
    with pytest.raises(Killed):
        world.confirm()

    world.later(seconds=CLAIM.total_seconds() + 1)
    world.confirm()

    (there,) = world.simulator.order(order.number)["packages"]
    assert (there["packageReferenceId"], there["trackingNumber"]) == ("1", ups_number("999AA1", 9_000_099))
    assert is_done(world, order.number)


def test_the_rest_of_a_window_and_what_came_since_is_brought_at_once(world: World, kill: Kill) -> None:
    """Not when the cart has its turn again, a quarter of an hour or an hour later."""
    world.simulator.bulk_orders(150, seller_id=SELLER, marketplace_id=US)
    world.later(minutes=5)
    Cart.objects.update(orders_due_at=world.now)
    import_due()
    kill("GET", "/orders", after=1)
    with pytest.raises(Killed):
        import_orders(grant_id=Grant.objects.get().pk)
    assert Order.objects.count() == 100
    begun = world.now
    # A process that is gone gives nothing back, as this one did.
    Grant.objects.update(pull_claim=uuid.uuid4(), pulling_until=begun + CLAIM)
    world.later(seconds=30)
    import_due()
    import_orders(grant_id=Grant.objects.get().pk)  # the dead worker's claim still stands
    assert Order.objects.count() == 100

    world.later(seconds=CLAIM.total_seconds() - 30)
    since = world.simulator.place_order(SELLER, US)
    due = Cart.objects.get().orders_due_at
    assert due
    assert due <= begun + CLAIM
    import_due()
    import_orders(grant_id=Grant.objects.get().pk)
    assert Order.objects.count() == 150
    import_due()
    assert Cart.objects.get().orders_due_at == world.now + RING_AGAIN  # rung for at once
    world.later(minutes=3)
    import_orders(grant_id=Grant.objects.get().pk)

    assert world.order(since).status == OrderStatus.NEW
    assert Cart.objects.get().orders_due_at == world.now + timedelta(minutes=15)


def test_a_pull_of_a_worker_that_is_to_stop_goes_on_in_the_next_one_at_once(world: World) -> None:
    world.simulator.bulk_orders(250, seller_id=SELLER, marketplace_id=US)
    world.later(minutes=5)
    claims.stop()
    try:
        import_orders(grant_id=Grant.objects.get().pk)
    finally:
        claims.go_on()
    assert Order.objects.count() == 100

    assert Cart.objects.get().orders_due_at == world.now
    assert Grant.objects.get().pull_claim is None
    import_orders(grant_id=Grant.objects.get().pk)
    assert Order.objects.count() == 250
