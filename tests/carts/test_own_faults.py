"""Our own faults at a marketplace: one alert with what to do, nothing marked one by one, and it flows afterwards."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from carts import tasks as carts_tasks
from carts.alerts import CLOCK_OFF, CREDENTIALS_REFUSED, GRANT_UNREADABLE
from carts.models import Cart, Grant
from core.alerts.models import Alert
from core.common import clock
from core.common.remote import OurFault
from shipping.models import Confirmation
from tests.factories import CartFactory, GrantFactory
from tests.world import World


class DatedTransport(httpx.WSGITransport):
    """Amazon with a clock of its own, which it tells with every answer."""

    def __init__(self, app: Any, now: Callable[[], datetime]) -> None:
        super().__init__(app=app)
        self.now = now

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        answer.headers["Date"] = format_datetime(self.now(), usegmt=True)
        return answer


@pytest.fixture
def amazon_is(world: World, settings: Any) -> Callable[[timedelta], None]:
    """Set Amazon's clock, against ours."""
    away = {"by": timedelta(0)}

    def now() -> datetime:
        return clock.now() + away["by"]

    world.simulator.clock = now
    ours = {**settings.MARKETPLACES["amazon"], "transport": DatedTransport(world.simulator, now)}
    settings.MARKETPLACES = {"amazon": ours}

    def move(by: timedelta) -> None:
        away["by"] = by

    return move


def told(cause: str) -> list[Alert]:
    return list(Alert.objects.filter(cause=cause, closed_at=None))


# -- The clock -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ahead", [15, 70, 400, 3600])
def test_windows_end_by_amazons_clock(world: World, amazon_is: Callable[[timedelta], None], ahead: int) -> None:
    """A server whose clock is ahead asked for a window in Amazon's future, and got nothing at all."""
    amazon_is(-timedelta(seconds=ahead))
    number = world.order_placed()

    assert world.download().new == 1

    order = world.order(number)
    world.cart.refresh_from_db()
    assert world.cart.orders_seen_until is not None
    assert world.cart.orders_seen_until <= world.simulator.clock() - timedelta(minutes=2)
    world.later(minutes=5)
    assert world.download().new == 0
    assert Alert.objects.exclude(cause=CLOCK_OFF).count() == 0
    world.deliver()
    world.ship(order)
    assert world.confirm().confirmed == 1


def test_all_pages_of_a_window_end_at_the_same_moment(world: World, amazon_is: Callable[[timedelta], None]) -> None:
    amazon_is(-timedelta(seconds=70))
    world.simulator.bulk_orders(250, seller_id=world.cart.grant.seller_id, marketplace_id=world.cart.place_id)  # type: ignore[union-attr]
    world.later(minutes=10)

    imported = world.download()

    assert (imported.new, imported.pages, imported.finished) == (250, 3, True)


@pytest.mark.parametrize(("seconds", "way"), [(-15, "ahead of"), (-70, "ahead of"), (90, "behind")])
def test_a_clock_that_stops_work_is_told_of_once_and_closes_by_itself(
    world: World, amazon_is: Callable[[timedelta], None], seconds: int, way: str
) -> None:
    amazon_is(timedelta(seconds=seconds))
    for _ in range(3):
        world.download()
        world.later(minutes=15)

    (alert,) = told(CLOCK_OFF)
    assert f"{abs(seconds)} seconds {way}" in alert.message
    assert "NTP" in alert.message

    amazon_is(timedelta(0))
    world.download()
    assert told(CLOCK_OFF) == []


@pytest.mark.parametrize("seconds", [-5, 0, 30])
def test_a_clock_that_is_right_enough_is_nobodys_business(
    world: World, amazon_is: Callable[[timedelta], None], seconds: int
) -> None:
    amazon_is(timedelta(seconds=seconds))

    world.download()

    assert not Alert.objects.exists()


# -- The keys --------------------------------------------------------------------------------------------------------
def test_a_key_that_is_gone_is_one_alert_and_everything_flows_once_it_is_back(world: World, settings: Any) -> None:
    others = [GrantFactory(merchant=world.merchant, seller_id=f"A2OTHER{number}") for number in range(2)]
    for grant in others:
        CartFactory(merchant=world.merchant, grant=grant)
    order = world.at_warehouse()
    world.ship(order)
    right, settings.VAULT_KEYS = settings.VAULT_KEYS, ["k9:" + "A" * 43 + "="]

    for _ in range(20):
        carts_tasks.check_due()
        for ask in (world.download, world.confirm):
            with suppress(OurFault):
                ask()
        world.later(days=1)

    (alert,) = [each for each in Alert.objects.filter(closed_at=None) if each.cause == GRANT_UNREADABLE]
    assert "The authorizations of 3 sellers can't be decrypted" in alert.message
    assert "VAULT_KEYS" in alert.message
    confirmation = Confirmation.objects.get()
    assert (confirmation.is_waiting, confirmation.attempts) == (True, 0)

    settings.VAULT_KEYS = right
    carts_tasks.check_due()
    assert told(GRANT_UNREADABLE) == []
    world.later(minutes=1)
    assert world.confirm().confirmed == 1


# -- The application's secret ----------------------------------------------------------------------------------------
def test_a_secret_that_is_wrong_is_one_alert_however_much_is_owed(world: World) -> None:
    for number in range(3):
        world.ship(world.at_warehouse(), tracking=f"1Z999AA{number}")
    Grant.objects.update(access_token=None, access_token_until=None)
    world.simulator.fail("token", "invalid_client", times=10_000)

    for _ in range(20):
        for ask in (world.download, world.confirm):
            with suppress(OurFault):
                ask()
        world.later(days=1)

    assert len(told(CREDENTIALS_REFUSED)) == 1
    assert Alert.objects.filter(closed_at=None).count() == 1
    assert {(each.is_waiting, each.attempts) for each in Confirmation.objects.all()} == {(True, 0)}
    assert Grant.objects.get().is_connected

    world.simulator.faults.waiting.clear()
    world.later(minutes=2)
    assert world.confirm().confirmed == 3
    assert told(CREDENTIALS_REFUSED) == []
    assert Cart.objects.at_work().exists()
