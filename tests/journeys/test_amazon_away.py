"""Amazon is away, in whatever way: people are told within hours, once a cart and service, and no longer."""

from datetime import timedelta
from typing import Any

import pytest

from carts import tasks as carts_tasks
from core.alerts.models import Alert, Trouble
from inventory import tasks as inventory_tasks
from inventory.alerts import NOT_UPLOADED
from inventory.models import StockLevel
from orders import tasks as orders_tasks
from orders.alerts import NOT_DOWNLOADED
from shipping import tasks as shipping_tasks
from shipping.alerts import TRACKING_LATE
from shipping.models import Confirmation
from tests.world import World

AWAY = ["500", "503_html", "html_200", "timeout", "empty"]


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bells are heard by nobody: the runs below are what the sweeps ring for."""
    monkeypatch.setattr("core.common.bell.current_app.signature", lambda name: Silent())


class Silent:
    def apply_async(self, **_: Any) -> None:
        pass


def go_on(world: World, *, every: int = 30, **time: float) -> None:
    """The services run every half hour, or every so many minutes."""
    end = world.now + timedelta(**time)
    assert world.cart.grant is not None
    while world.now < end:
        world.later(minutes=every)
        orders_tasks.import_due()
        orders_tasks.import_orders(grant_id=world.cart.grant.pk)
        shipping_tasks.confirm_packages(grant_id=world.cart.grant.pk)
        inventory_tasks.publish(cart_id=world.cart.pk)
        shipping_tasks.overdue_due()


def told(cause: str) -> list[Alert]:
    return list(Alert.objects.filter(cause=cause, closed_at=None))


@pytest.mark.parametrize("fault", [AWAY[0], *(pytest.param(each, marks=pytest.mark.one_database) for each in AWAY[1:])])
def test_each_service_is_told_of_once_within_hours_and_closes_with_the_next_success(world: World, fault: str) -> None:
    order = world.at_warehouse()
    go_on(world, hours=1)
    world.ship(order)
    StockLevel.objects.update(on_hand=7, observed_at=world.now)
    world.simulator.fail("*", fault, times=10_000, seconds=0)

    go_on(world, hours=5)

    (orders,) = told(NOT_DOWNLOADED)
    assert str(world.merchant) in orders.message
    assert "has failed since 2026-11-20" in orders.message
    (tracking,) = told(TRACKING_LATE)
    assert "The tracking of 1 package has not reached Amazon.com" in tracking.message
    assert "earliest ship-by time is" in tracking.message
    assert tracking.merchant_id == world.merchant.pk
    (stock,) = told(NOT_UPLOADED)
    assert "5 quantities have not reached Amazon.com" in stock.message

    go_on(world, days=1, every=120)
    assert {len(told(cause)) for cause in (NOT_DOWNLOADED, TRACKING_LATE, NOT_UPLOADED)} == {1}

    world.simulator.faults.waiting.clear()
    go_on(world, hours=9)
    assert Alert.objects.filter(closed_at=None).count() == 0
    assert not Trouble.objects.exists()
    assert world.confirmation(order).is_done


def test_what_passes_within_the_hour_is_nobodys_business(world: World) -> None:
    world.simulator.fail("searchOrders", "500", times=2)

    go_on(world, hours=2)

    assert not Alert.objects.exists()


def test_a_login_that_is_refused_in_passing_is_told_of_when_it_lasts(world: World) -> None:
    """403 and a page of HTML for every token: no word about our credentials, nor about the seller's."""
    world.simulator.fail("token", "503_html", times=10_000)
    world.cart.grant.refresh_from_db()  # type: ignore[union-attr]
    type(world.cart.grant).objects.update(access_token=None, access_token_until=None)  # type: ignore[union-attr]

    go_on(world, hours=3)

    assert len(told(NOT_DOWNLOADED)) == 1


def test_a_cart_that_is_paused_is_no_longer_told_of(world: World) -> None:
    world.simulator.fail("searchOrders", "500", times=10_000)
    go_on(world, hours=3)
    assert len(told(NOT_DOWNLOADED)) == 1

    type(world.cart).objects.update(state="paused")
    orders_tasks.import_due()

    assert told(NOT_DOWNLOADED) == []


def test_a_portal_that_was_off_for_a_week_has_failed_at_nothing(world: World) -> None:
    world.simulator.fail("searchOrders", "500", times=1)
    go_on(world, minutes=30)
    world.later(days=7)
    world.simulator.fail("searchOrders", "500", times=1)

    go_on(world, minutes=30)

    assert told(NOT_DOWNLOADED) == []


def test_the_alert_is_closed_in_the_commit_that_stores_the_success(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.simulator.fail("searchOrders", "500", times=10_000)
    go_on(world, hours=3)
    world.simulator.faults.waiting.clear()

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orders.download.pull.troubles.end", killed)
    with pytest.raises(KeyboardInterrupt):
        world.download()

    world.cart.grant.refresh_from_db()  # type: ignore[union-attr]
    assert world.cart.grant.pull_failed_at is not None  # type: ignore[union-attr]
    assert len(told(NOT_DOWNLOADED)) == 1


# -- Tracking, whatever keeps it ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({"state": "paused"}, "The cart is paused"),
        ({"shipments_on": False}, "Uploading shipments is switched off"),
    ],
)
def test_tracking_that_people_keep_back_is_told_of_before_its_ship_by_time(
    world: World, kept: dict[str, Any], why: str
) -> None:
    world.ship(world.at_warehouse())
    type(world.cart).objects.update(**kept)

    world.later(minutes=30)
    shipping_tasks.overdue_due()
    assert told(TRACKING_LATE) == []
    world.later(hours=4)
    shipping_tasks.overdue_due()

    (alert,) = told(TRACKING_LATE)
    assert why in alert.message


def test_many_packages_are_one_alert(world: World) -> None:
    for number in range(3):
        world.ship(world.at_warehouse(), tracking=f"1Z999AA{number}")
    world.simulator.fail("confirmShipment", "500", times=10_000)
    go_on(world, hours=3)

    (alert,) = told(TRACKING_LATE)
    assert "The tracking of 3 packages" in alert.message


def test_tracking_sent_again_has_its_time_first(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.later(hours=12)
    Confirmation.objects.all().reopen(now=world.now)

    shipping_tasks.overdue_due()

    assert told(TRACKING_LATE) == []


def test_stock_that_waits_behind_a_quota_is_told_of(world: World) -> None:
    inventory_tasks.publish(cart_id=world.cart.pk)
    StockLevel.objects.update(on_hand=7, observed_at=world.now)
    world.simulator.fail("patchListingsItem", "429", times=10_000)

    go_on(world, hours=6)

    (alert,) = told(NOT_UPLOADED)
    assert "not reached Amazon.com" in alert.message


# -- Checks ------------------------------------------------------------------------------------------------------------
def test_a_cart_that_could_not_be_looked_at_for_days_is_told_of(world: World) -> None:
    world.simulator.fail("*", "500", times=10_000)
    for _ in range(24):
        world.later(hours=4)
        carts_tasks.check_due()
        carts_tasks.check(cart_id=world.cart.pk)
        carts_tasks.check_due()

    (alert,) = told("cart.not_checked")
    assert "Press Test" in alert.message

    world.simulator.faults.waiting.clear()
    carts_tasks.check(cart_id=world.cart.pk)
    carts_tasks.check_due()
    assert told("cart.not_checked") == []
