"""An order is confirmed when Amazon says all of it is shipped; else in part, and it says whose the rest is."""

from django.test import Client
from django.urls import reverse

from carts import connections
from orders.models import Line, Order, OrderStatus
from shipping.models import Confirmation, Reconciliation
from shipping.reconcile import reconciliations
from tests.shipping.confirmation.test_package_numbers import (
    BLUE,
    OURS,
    RED,
    THEIRS,
    both,
    is_downloaded,
    others_ship,
    packages,
    ship,
)
from tests.world import World


def left_to_others(world: World) -> Order:
    """An order of which RED goes to our warehouse, and BLUE is left out."""
    order = both(world)
    Line.objects.filter(order=order, sku=BLUE).update(left_out=True)
    ship(world, order, RED)
    return order


def test_an_order_with_a_line_left_out_is_confirmed_in_part_until_others_ship_it(world: World) -> None:
    order = left_to_others(world)
    world.confirm()
    partly = world.order(order.number)
    assert (partly.status, partly.confirmed_at) == (OrderStatus.PARTLY, None)
    assert partly.reason == f"Still open on Amazon.com: 1 × {BLUE} (left out here)"

    others_ship(world, order, reference="9")
    is_downloaded(world)

    whole = world.order(order.number)
    assert (whole.status, whole.state_there) == (OrderStatus.CONFIRMED, "shipped")
    assert whole.confirmed_at == world.now


def test_what_others_shipped_before_makes_it_whole_at_once(world: World) -> None:
    order = left_to_others(world)
    others_ship(world, order, reference="9")
    is_downloaded(world)

    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_a_package_of_others_that_goes_opens_the_order_again_and_says_whose_it_is(world: World) -> None:
    order = both(world)
    others_ship(world, order, reference="9")
    is_downloaded(world)
    ship(world, order, RED)
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED

    world.later(minutes=1)
    world.simulator.drop_package(order.number, "9")
    is_downloaded(world)
    world.confirm()

    partly = world.order(order.number)
    assert partly.status == OrderStatus.PARTLY
    assert f"1 × {BLUE} (not packed here" in partly.reason


def test_our_package_that_another_tool_replaced_is_told_again_beside_it(world: World) -> None:
    order = both(world)
    ship(world, order, RED)
    Line.objects.filter(order=order, sku=BLUE).update(left_out=True)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.SHIPPED)
    world.confirm()
    world.later(minutes=1)
    others_ship(world, order, reference="1")
    is_downloaded(world)

    world.confirm()
    world.later(minutes=1)
    world.confirm()

    assert packages(world, order) == {OURS: RED, THEIRS: BLUE}
    is_downloaded(world)
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def compare(world: World) -> dict[str, tuple[str, bool]]:
    made = reconciliations.begin(world.cart, by=None, now=world.now)
    assert made
    assert world.cart.grant
    with connections.marketplace(world.cart.grant) as marketplace:
        reconciliations.run(made, marketplace, now=world.now)
    run = Reconciliation.objects.get(pk=made.pk)
    return {entry["number"]: (entry["drift"], entry["mended"]) for entry in run.drift}


def test_the_nightly_compare_takes_up_a_package_of_others_and_tells_ours_again(world: World) -> None:
    order = both(world)
    others_ship(world, order, reference="1")
    is_downloaded(world)
    Order.objects.update(packages_there=[])  # as one from before packages were kept
    world.cart.refresh_from_db()
    world.later(hours=1)
    assert compare(world) == {order.number: ("others_package", True)}
    assert [each["tracking_number"] for each in world.order(order.number).packages_there] == [THEIRS]
    assert compare(world) == {}


def test_the_nightly_compare_tells_a_person_whose_tracking_was_replaced(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": RED}])
    ship(world, order, RED)
    world.confirm()
    world.later(minutes=30)
    world.simulator.ship_units(order.number, {}, reference="1", tracking=THEIRS)
    is_downloaded(world)
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED

    world.later(hours=1)
    assert compare(world) == {order.number: ("replaced", False)}
    assert packages(world, order) == {THEIRS: RED}
    assert Confirmation.objects.get().is_done


def test_the_page_lists_others_packages_and_the_list_finds_what_is_confirmed_in_part(
    world: World, client: Client
) -> None:
    client.force_login(world.person)
    order = left_to_others(world)
    others_ship(world, order, reference="9", tracking="1ZTHEIRS0001")
    world.confirm()
    Order.objects.update(status=OrderStatus.PARTLY)
    is_downloaded(world)
    Order.objects.update(status=OrderStatus.PARTLY, reason=f"Still open on Amazon.com: 1 × {BLUE} (left out here)")

    page = client.get(order.get_absolute_url()).content.decode()
    assert "1ZTHEIRS0001" in page
    assert "Not ours" in page
    assert "Confirmed, in part" in page
    found = client.get(reverse("orders:orders"), {"tab": "shipped", "status": OrderStatus.PARTLY})
    assert order.number in found.content.decode()
