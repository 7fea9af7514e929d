from typing import Any

import pytest

from carts import connections, listings
from carts.models import Listing
from core.alerts.models import Alert
from core.common.errands import ErrandState
from inventory import levels
from inventory.models import StockLevel, StockUpdate
from inventory.publish import inventory_upload
from shipping.close import ship_and_close
from shipping.close.ship_and_close import Closing
from shipping.shipments.shipped_packages import Parcel
from tests.world import SELLER, US, World

SKU = "MUG-BLUE-11"


@pytest.fixture
def stocked(world: World) -> World:
    """Every SKU of the cart is listed and counted: ten of each."""
    assert world.cart.grant
    with connections.marketplace(world.cart.grant) as marketplace:
        listings.read_listings(world.cart, marketplace, now=world.now)
    levels.count(world.cart, now=world.now)
    StockLevel.objects.update(on_hand=10, observed_at=world.now)
    return world


def publish(world: World) -> inventory_upload.Published:
    assert world.cart.grant
    with connections.marketplace(world.cart.grant) as marketplace:
        return inventory_upload.publish(world.cart, marketplace, now=world.now)


def there(world: World, sku: str = SKU) -> int | None:
    return world.simulator.stock(SELLER, sku, US)


def test_what_can_be_sold_is_told_and_only_once(stocked: World) -> None:
    first, second = publish(stocked), publish(stocked)

    assert there(stocked) == 10
    assert (second.told, second.same) == (0, first.told)


def test_what_is_promised_to_open_orders_is_not_sold_again(stocked: World) -> None:
    stocked.order_placed(lines=[{"sku": SKU, "quantity": 3}])
    stocked.download()

    publish(stocked)

    assert there(stocked) == 7


def test_what_was_shipped_has_left_the_shelf(stocked: World) -> None:
    order = stocked.at_warehouse(lines=[{"sku": SKU, "quantity": 3}])
    stocked.ship(order)
    stocked.later(minutes=1)

    publish(stocked)

    assert there(stocked) == 7
    stocked.later(hours=2)
    for _ in range(2):  # folding it into the count again takes nothing more
        levels.count(stocked.cart, now=stocked.now)
        assert StockLevel.objects.get(sku=SKU).on_hand == 7
        assert publish(stocked).told == 0


def test_nobody_is_told_less_than_nothing(stocked: World) -> None:
    StockLevel.objects.filter(sku=SKU).update(on_hand=2, safety=5)

    publish(stocked)

    assert there(stocked) == 0


def test_what_nobody_counted_is_not_told(stocked: World) -> None:
    before = there(stocked)
    StockLevel.objects.filter(sku=SKU).update(on_hand=None)

    publish(stocked)

    assert there(stocked) == before
    assert not StockUpdate.objects.filter(sku=SKU).exists()


def test_an_offer_that_amazon_fulfils_is_left_alone(stocked: World) -> None:
    publish(stocked)

    fba = Listing.objects.get(fulfilled_by_marketplace=True)
    assert not StockUpdate.objects.filter(sku=fba.sku).exists()


def test_a_number_that_changes_while_it_is_told_is_told_again(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(stocked)
    StockLevel.objects.filter(sku=SKU).update(on_hand=6)

    def set_slowly(*, sku: str, **_: Any) -> str:
        """The level changes once more while the number is on its way."""
        StockUpdate.objects.filter(sku=sku).update(wanted=4)
        return "submission"

    assert stocked.cart.grant
    with connections.marketplace(stocked.cart.grant) as marketplace:
        monkeypatch.setattr(marketplace, "set_stock", set_slowly)
        inventory_upload.publish(stocked.cart, marketplace, now=stocked.now)
    update = StockUpdate.objects.get(sku=SKU)
    assert (update.told, update.wanted, update.state) == (6, 4, ErrandState.DUE)


def test_an_unreachable_amazon_loses_nothing(stocked: World) -> None:
    stocked.simulator.fail("patchListingsItem", "503_html", times=5)
    publish(stocked)

    stocked.later(minutes=10)
    publish(stocked)

    assert there(stocked) == 10


def test_a_refused_sku_raises_an_alert_and_stops_nobody_else(stocked: World) -> None:
    gone = Listing.objects.get(sku=SKU)
    Listing.objects.filter(pk=gone.pk).update(sku="NO-SUCH-SKU")
    StockLevel.objects.filter(sku=SKU).update(sku="NO-SUCH-SKU")

    told = publish(stocked)

    assert told.stuck == 1
    assert told.told > 0
    assert Alert.objects.filter(cause="stock.not_told", closed_at=None).count() == 1


def test_what_amazon_counts_as_shipped_is_not_taken_off_twice(stocked: World) -> None:
    order = stocked.at_warehouse(lines=[{"sku": SKU, "quantity": 3}])
    line = order.lines.get()
    stocked.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", "1Z1", {line.pk: 2})])
    stocked.confirm()
    stocked.later(minutes=5)
    stocked.download()  # Amazon counts the two as fulfilled now

    publish(stocked)

    assert there(stocked) == 7  # ten, less two that left, less one still promised


def test_a_shipment_committed_after_a_count_took_place_is_still_taken_off(stocked: World) -> None:
    first = stocked.at_warehouse(lines=[{"sku": SKU, "quantity": 1}])
    second = stocked.at_warehouse(lines=[{"sku": SKU, "quantity": 1}])
    pressed = stocked.now  # one button for both; the count runs between the two commits

    stocked.ship(first)
    levels.count(stocked.cart, now=stocked.now)
    stocked.later(seconds=20)
    levels.count(stocked.cart, now=stocked.now)
    ship_and_close.ship_and_close(
        [Closing(second, [Parcel("UPS", "UPSN", "Ground", "1Z2")], pressed)], by=stocked.person, now=pressed
    )

    for _ in range(3):
        stocked.later(hours=1)
        levels.count(stocked.cart, now=stocked.now)
        publish(stocked)
        assert there(stocked) == 8
