"""Others ship parts of the same order: nothing of ours replaces a package that is not ours."""

from collections.abc import Callable
from typing import Any

import pytest

from carts.models import Bucket
from orders.models import Order, OrderStatus
from shipping.models import Confirmation, Package
from shipping.shipments import correction
from shipping.shipments.others_packages import UNLIKELY
from shipping.shipments.shipped_packages import Parcel
from tests.world import SELLER, US, World

BLUE, RED = "MUG-BLUE", "MUG-RED"
THEIRS, OURS = "1ZSELLER00", "1ZOURS00000000"


def both(world: World) -> Order:
    return world.at_warehouse(lines=[{"sku": BLUE}, {"sku": RED}])


def others_ship(world: World, order: Order, sku: str = BLUE, reference: str = "1", tracking: str = THEIRS) -> None:
    world.simulator.ship_units(order.number, {sku: 1}, reference=reference, tracking=tracking)


def ship(world: World, order: Order, *skus: str, tracking: str = OURS) -> None:
    quantities = {order.lines.get(sku=sku).pk: 1 for sku in skus}
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", tracking, quantities)])


def packages(world: World, order: Order) -> dict[str, str]:
    """Tracking number: what is in that package, at Amazon."""
    document = world.simulator.order(order.number)
    skus = {item["orderItemId"]: item["product"]["sellerSku"] for item in document["orderItems"]}
    return {
        package["trackingNumber"]: "+".join(skus[item["orderItemId"]] for item in package["packageItems"])
        for package in document["packages"]
    }


def is_downloaded(world: World) -> None:
    world.later(minutes=5)
    world.download()


def before(world: World, order: Order) -> None:
    others_ship(world, order)
    is_downloaded(world)
    ship(world, order, RED)


def after_our_download(world: World, order: Order) -> None:
    ship(world, order, RED)
    others_ship(world, order)


@pytest.mark.parametrize("acts", [before, after_our_download])
def test_the_sellers_package_keeps_its_tracking_whenever_it_was_told(
    world: World, acts: Callable[[World, Order], None]
) -> None:
    order = both(world)
    acts(world, order)

    world.confirm()

    assert packages(world, order) == {THEIRS: BLUE, OURS: RED}
    is_downloaded(world)
    world.confirm()
    stored = world.order(order.number)
    assert (stored.status, stored.state_there) == (OrderStatus.CONFIRMED, "shipped")


@pytest.mark.parametrize("reference", ["1", "01", "2", "77", "2147483647"])
def test_a_number_of_theirs_is_not_used_however_it_is_written(world: World, reference: str) -> None:
    order = both(world)
    others_ship(world, order, reference=reference)
    ship(world, order, RED)

    world.confirm()

    assert packages(world, order) == {THEIRS: BLUE, OURS: RED}


def test_a_correction_keeps_our_number_while_the_package_there_is_ours(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    world.confirm()
    others_ship(world, order, reference="2")
    correct(world, order, "1ZRIGHT0000000")

    world.confirm()

    assert packages(world, order) == {"1ZRIGHT0000000": RED, THEIRS: BLUE}
    assert Package.objects.get(order=order).number == 1


def test_a_correction_does_not_replace_what_took_our_number_since(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    world.confirm()
    others_ship(world, order, reference="1")  # it edits ours: Amazon keeps one package of a reference
    correct(world, order, "1ZRIGHT0000000")

    world.confirm()

    assert packages(world, order) == {"1ZRIGHT0000000": RED, THEIRS: BLUE}


def test_a_correction_of_what_was_told_and_whose_answer_was_lost_is_no_second_package(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    world.simulator.fail("confirmShipment", "lost_answer")
    world.confirm()
    correct(world, order, "1ZRIGHT0000000")
    world.later(minutes=10)

    world.confirm()

    assert packages(world, order) == {"1ZRIGHT0000000": RED}


def correct(world: World, order: Order, tracking: str) -> None:
    right = Parcel("UPS", "UPSN", "Ground", tracking)
    correction.correct(Package.objects.get(order=order), right, by=world.person, now=world.now)


def test_what_cannot_be_read_for_want_of_quota_is_told_under_a_number_nobody_counts_to(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    others_ship(world, order)
    no_quota_to_read(world)

    world.confirm()

    assert packages(world, order) == {THEIRS: BLUE, OURS: RED}
    assert Package.objects.get(order=order).number >= UNLIKELY


def test_what_was_told_before_waits_for_quota_to_look_who_has_its_number(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    world.confirm()
    others_ship(world, order)
    correct(world, order, "1ZRIGHT0000000")
    no_quota_to_read(world)
    world.confirm()
    assert packages(world, order) == {THEIRS: BLUE}

    world.later(minutes=5)
    Bucket.objects.filter(operation="getOrder").update(tokens=10, rate=0.5)
    world.confirm()

    assert packages(world, order) == {THEIRS: BLUE, "1ZRIGHT0000000": RED}


def no_quota_to_read(world: World) -> None:
    assert world.cart.grant_id
    empty: dict[str, Any] = {"rate": 0.000_001, "burst": 30, "tokens": 0, "filled_at": world.now}
    Bucket.objects.update_or_create(grant_id=world.cart.grant_id, operation="getOrder", defaults=empty)


def test_a_feed_replaces_nothing_either(world: World) -> None:
    numbers = [
        world.simulator.place_order(SELLER, US, lines=[{"sku": BLUE}, {"sku": RED}], created_at=world.now)
        for _ in range(12)
    ]
    world.later(minutes=5)
    world.download()
    world.deliver()
    orders = [world.order(number) for number in numbers]
    for place, order in enumerate(orders):
        ship(world, order, RED, tracking=f"{OURS}{place}")
        others_ship(world, order)
    assert world.cart.grant_id
    slow: dict[str, Any] = {"rate": 0.000_001, "burst": 10, "tokens": 0, "filled_at": world.now}
    Bucket.objects.update_or_create(grant_id=world.cart.grant_id, operation="confirmShipment", defaults=slow)

    for _ in range(4):
        world.confirm()
        world.later(minutes=3)

    assert not Confirmation.objects.filter(confirmed_at=None).exists()
    assert [packages(world, order) for order in orders] == [
        {THEIRS: BLUE, f"{OURS}{place}": RED} for place in range(12)
    ]


def test_our_tracking_under_a_number_of_the_sellers_is_not_told_twice(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": RED, "quantity": 3}])
    ship(world, order, RED)
    others_ship(world, order, RED, reference="5", tracking=OURS)  # the seller typed it in at Seller Central

    world.confirm()

    assert packages(world, order) == {OURS: RED}
    assert world.confirmation(order).confirmed_at


def test_a_correction_goes_to_the_number_the_seller_gave_our_package(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": RED, "quantity": 3}])
    ship(world, order, RED)
    others_ship(world, order, RED, reference="5", tracking=OURS)
    world.confirm()
    correct(world, order, "1ZRIGHT0000000")

    world.confirm()

    assert packages(world, order) == {"1ZRIGHT0000000": RED}
    assert Package.objects.get(order=order).number == 5


def test_what_was_told_before_is_not_told_again_unseen(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    world.confirm()
    others_ship(world, order)
    correct(world, order, "1ZRIGHT0000000")
    world.simulator.fail("getOrder", "500")
    world.confirm()
    assert packages(world, order) == {THEIRS: BLUE}

    world.later(minutes=1)
    world.confirm()

    assert packages(world, order) == {THEIRS: BLUE, "1ZRIGHT0000000": RED}


def test_a_box_shared_with_the_seller_is_two_packages(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    others_ship(world, order, BLUE, reference="1", tracking=OURS)

    world.confirm()

    document = world.simulator.order(order.number)
    assert [len(package["packageItems"]) for package in document["packages"]] == [1, 1]
    assert document["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_three_ordered_one_shipped_by_the_seller_one_by_us_leaves_one(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": BLUE, "quantity": 3}])
    others_ship(world, order, reference="77")
    is_downloaded(world)
    ship(world, order, BLUE)
    assert world.order(order.number).reason == "1 unit still to be shipped"
    world.confirm()
    is_downloaded(world)
    assert world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", "X2", {order.lines.get().pk: 2})])[0].shipped is (
        False
    )
    ship(world, order, BLUE, tracking="1ZOURS00000002")
    world.later(minutes=5)
    world.confirm()
    assert world.simulator.order(order.number)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert world.order(order.number).status == OrderStatus.CONFIRMED
