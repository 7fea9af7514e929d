"""Many quantities in one feed: read message by message, looked after when it hangs."""

from typing import Any

import pytest

from core.alerts.models import Alert
from inventory.models import StockFeed, StockUpdate
from inventory.publish import number_feed
from tests.inventory.publish.accounts import DE, FR, NORDLICHT, SKUS, connect, count, work
from tests.world import SELLER, US, World


@pytest.fixture
def many(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """More numbers are owed than are told one by one."""
    monkeypatch.setattr(number_feed, "MANY", 3)
    work(world.cart)
    count(world.cart, 10)
    return world


def go_on(world: World, times: int = 4, **time: float) -> None:
    for _ in range(times):
        world.later(**(time or {"seconds": 40}))
        work(world.cart)


def there(world: World) -> list[int | None]:
    return [world.simulator.stock(SELLER, sku, US) for sku in SKUS]


def calls(world: World, operation: str) -> int:
    return sum(entry["operation"] == operation for entry in world.simulator.journal("call"))


def test_many_numbers_go_in_one_feed_and_keep_the_handling_time(many: World) -> None:
    work(many.cart)
    go_on(many)

    assert there(many) == [10] * 5
    assert (calls(many, "createFeed"), calls(many, "patchListingsItem")) == (1, 0)
    for sku in SKUS:
        whole = {"fulfillment_channel_code": "DEFAULT", "quantity": 10, "lead_time_to_ship_max_days": 2}
        assert many.simulator.world.listings[SELLER][US][sku].availability == [whole]
    assert not StockUpdate.objects.untold().exists()
    assert StockFeed.objects.get().is_done


def test_a_sku_that_turned_before_a_feed_is_left_out_of_it(many: World) -> None:
    turned, late = SKUS[1], SKUS[3]
    many.later(hours=3)
    many.simulator.fulfil_by(SELLER, turned, "AMAZON")
    many.simulator.fail("createFeedDocument", "503", times=1)
    work(many.cart)  # looked at, and not submitted yet
    many.simulator.fulfil_by(SELLER, late, "AMAZON", "DEFAULT")

    go_on(many, minutes=31)

    listed = many.simulator.world.listings[SELLER][US]
    channels = {sku: {str(one["fulfillment_channel_code"]) for one in listed[sku].availability} for sku in SKUS}
    assert channels == {
        **dict.fromkeys(SKUS, {"DEFAULT"}),
        turned: {"AMAZON_NA"},
        late: {"AMAZON_NA", "DEFAULT"},
    }
    assert [entry["sku"] for entry in many.simulator.journal("stock")] == [SKUS[0], SKUS[2], SKUS[4]]
    assert (calls(many, "createFeed"), calls(many, "patchListingsItem")) == (1, 0)
    assert {update.sku for update in StockUpdate.objects.dropped()} == {turned, late}


def test_a_feed_is_gone_on_with_soon_and_not_with_the_next_turn_of_its_cart(many: World) -> None:
    work(many.cart)

    many.cart.refresh_from_db()
    assert many.cart.inventory_due_at is not None
    assert many.cart.inventory_due_at - many.now <= number_feed.FIRST_LOOK


def test_zeros_do_not_wait_for_the_feed(many: World) -> None:
    many.simulator.set_quantity(SELLER, SKUS[0], 5)
    count(many.cart, 0, SKUS[0])

    work(many.cart)

    assert there(many)[0] == 0
    go_on(many)
    assert there(many) == [0, 10, 10, 10, 10]


def test_a_refused_sku_blocks_no_other(many: World) -> None:
    many.simulator.block_listing(SELLER, SKUS[1], "The price is missing.")
    many.simulator.fail("createFeed", "feed_odd")  # it is named twice, and so is a message of another feed

    work(many.cart)
    go_on(many)

    assert [shown == 10 for shown in there(many)] == [True, False, True, True, True]
    (alert,) = Alert.objects.filter(cause="stock.not_told", closed_at=None)
    assert "The price is missing." in alert.message
    assert StockUpdate.objects.get(sku=SKUS[1]).is_stuck


def test_what_a_feed_refuses_is_tried_once_at_the_accounts_other_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_feed, "MANY", 2)
    cart, _ = connect(world, NORDLICHT, DE, FR)
    work(cart)
    world.simulator.block_listing(NORDLICHT, "TEELICHT-24", "The price is missing.")
    count(cart, 10)

    for _ in range(6):
        work(cart)
        world.later(seconds=40)

    assert (calls(world, "createFeed"), calls(world, "patchListingsItem")) == (1, 2)
    assert StockUpdate.objects.get(sku="TEELICHT-24").is_stuck
    assert Alert.objects.filter(cause="stock.not_told", closed_at=None).count() == 1


def test_a_number_that_changes_while_the_feed_is_on_its_way_has_the_last_word(many: World) -> None:
    work(many.cart)
    count(many.cart, 2, SKUS[2])
    work(many.cart)
    assert calls(many, "patchListingsItem") == 0  # never two ways at once

    go_on(many)

    assert there(many) == [10, 10, 2, 10, 10]


@pytest.mark.parametrize("fault", ["lost_answer", "truncated", "dropped"])
def test_a_feed_whose_answer_was_lost_is_not_made_twice(many: World, fault: str) -> None:
    many.simulator.fail("createFeed", fault, times=1, seconds=0)

    work(many.cart)
    go_on(many, times=8)

    assert len(many.simulator.world.feeds) == 1
    assert there(many) == [10] * 5


@pytest.mark.parametrize("fault", ["feed_fatal", "feed_cancelled", "feed_short", "feed_vague"])
def test_a_feed_that_failed_is_told_of_and_its_numbers_go_one_by_one(many: World, fault: str) -> None:
    many.simulator.fail("createFeed", fault)

    work(many.cart)
    go_on(many)

    assert there(many) == [10] * 5
    assert calls(many, "createFeed") == 1
    (alert,) = Alert.objects.filter(cause="stock.feed_failed")
    assert "sent one by one" in alert.message
    assert alert.closed_at  # all of them were


def test_a_feed_that_hangs_is_left_alone_and_never_has_the_last_word(many: World) -> None:
    many.simulator.fail("createFeed", "feed_stuck")
    work(many.cart)
    go_on(many, times=3)
    count(many.cart, 6)
    go_on(many, times=6, minutes=10)
    assert there(many) == [6] * 5
    assert Alert.objects.filter(cause="stock.feed_failed", closed_at=None).exists()

    for feed in many.simulator.world.feeds.values():
        feed.fate = ""  # it goes on after all, and brings the tens
    go_on(many, times=3)

    assert there(many) == [6] * 5
    assert not Alert.objects.filter(cause="stock.feed_failed", closed_at=None).exists()


def test_a_worker_that_dies_loses_nothing(many: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(number_feed, "_keep", die)
        with pytest.raises(SystemExit):
            work(many.cart)
    go_on(many, times=6, minutes=1)

    assert there(many) == [10] * 5
