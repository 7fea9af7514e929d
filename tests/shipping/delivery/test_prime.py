"""Prime orders: their own ship method, and their own number at the warehouse."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.alerts.models import Alert
from orders.models import HeldFor, OrderStatus
from shipping.alerts import OFF_THE_BENCH
from shipping.delivery import recall
from shipping.delivery.handover import delivery
from shipping.models import CartMethod, Release, Route, ShipMethod
from shipping.routing import routes_for
from tests.factories import ShipMethodFactory, WarehouseFactory
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def prime(world: World) -> ShipMethod:
    """The cart's orders are held when their method is not mapped; Prime ones go by air, as PRIME-…"""
    route = routes_for([world.cart])[world.cart.pk]
    method: ShipMethod = route.warehouse.ship_methods.get(label="UPS 2nd Day Air")
    Route.objects.filter(pk=route.pk).update(prime_method=method, reject_unmapped=True)
    Cart.objects.filter(pk=world.cart.pk).update(prime_prefix="PRIME-")
    return method


def release_of(order: Any) -> Release:
    return Release.objects.select_related("order__cart", "warehouse", "ship_method").get(order=order)


def test_a_prime_order_goes_by_the_prime_method_under_its_own_number(world: World, prime: ShipMethod) -> None:
    order = world.at_warehouse(prime=True)
    other = world.at_warehouse()

    assert (order.is_prime, order.status) == (True, OrderStatus.AT_WMS)
    release = release_of(order)
    assert release.ship_method == prime
    assert (release.reference, delivery(release).reference) == (f"PRIME-{order.number}",) * 2
    assert (other.status, other.held_for) == (OrderStatus.HELD, HeldFor.UNMAPPED)


def test_an_order_that_is_not_prime_keeps_method_and_number(world: World, prime: ShipMethod) -> None:
    ground = prime.warehouse.ship_methods.get(label="UPS Ground")
    number = world.order_placed()
    world.download()
    CartMethod.objects.create(
        organization=world.organization,
        merchant=world.merchant,
        cart=world.cart,
        name=world.order(number).service,
        ship_method=ground,
    )
    world.deliver()

    release = release_of(world.order(number))
    assert (release.ship_method, release.number, delivery(release).reference) == (ground, "", number)


def test_the_number_is_the_same_when_it_is_handed_over_again(world: World, prime: ShipMethod) -> None:
    order = world.at_warehouse(prime=True)

    Cart.objects.filter(pk=world.cart.pk).update(prime_prefix="P2-")

    assert delivery(release_of(order)).reference == f"PRIME-{order.number}"


def test_a_prime_method_of_a_warehouse_the_cart_left_is_none(world: World, prime: ShipMethod) -> None:
    elsewhere = ShipMethodFactory(warehouse=WarehouseFactory(organization=world.organization, name="Oslo"))
    Route.objects.update(prime_method=elsewhere)

    order = world.at_warehouse(prime=True)

    assert order.status == OrderStatus.HELD


def test_who_takes_it_off_the_bench_is_told_both_numbers(world: World, prime: ShipMethod) -> None:
    order = world.at_warehouse(prime=True)
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()

    recall.recall_orders(now=world.now)

    message = Alert.objects.get(cause=OFF_THE_BENCH, subject_id=order.pk).message
    assert f"Order {order.number} is canceled" in message
    assert f"pull it from packing at Warehouse, where it is PRIME-{order.number}." in message


def test_the_confirmation_goes_to_the_order_the_cart_knows(world: World, prime: ShipMethod) -> None:
    order = world.at_warehouse(prime=True)

    world.ship(order)
    world.confirm()

    assert [told["order_id"] for told in world.told()] == [order.number]


def test_the_order_is_found_by_the_warehouses_number_and_shows_it(world: World, prime: ShipMethod) -> None:
    order, other = world.at_warehouse(prime=True), world.at_warehouse(prime=True)
    browser = Client()
    browser.force_login(world.person)

    found = browser.get(reverse("orders:orders"), {"tab": "all", "q": f"PRIME-{order.number}"}).content.decode()

    assert order.get_absolute_url() in found
    assert other.get_absolute_url() not in found
    assert f"PRIME-{order.number}" in browser.get(order.get_absolute_url()).content.decode()
