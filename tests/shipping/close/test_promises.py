"""Ship and Close: what was promised to the buyer and is not kept is named before it ships."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core.common import clock
from orders.models import Order
from shipping.models import CartMethod, ChosenMethod, Package, Shipment, ShipMethod
from tests.factories import ShipMethodFactory, UserFactory
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, said

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def air(method: ShipMethod) -> ShipMethod:
    return ShipMethodFactory(
        warehouse=method.warehouse, label="UPS Next Day Air", carrier="UPS", scac="UPSN", service="Next Day Air"
    )


def maps(order: Order, name: str, method: ShipMethod) -> None:
    CartMethod.objects.create(
        organization_id=order.organization_id, merchant_id=order.merchant_id, cart=order.cart, name=name,
        ship_method=method,
    )  # fmt: skip


def warned(page: Any) -> list[str]:
    return [each.message for each in page.context["dialog"].warnings]


@pytest.mark.parametrize("service", ["NextDay", "SecondDay", "SameDay", "Expedited", "Priority"])
def test_a_fast_service_by_ground_is_named_and_ships_when_a_person_says_so(
    owner: Client, at_warehouse: AtWarehouse, service: str
) -> None:
    fast, slow = at_warehouse("1", service=service), at_warehouse("2", service="Standard")

    page = owner.post(URL, said([fast, slow]))

    assert warned(page) == [f"Asked for {service}, goes by UPS Ground."]
    assert b"Check these first" in page.content
    assert not Shipment.objects.exists()
    owner.post(URL, said([fast, slow], anyway=page.context["dialog"].warned))
    assert Shipment.objects.count() == 2


def test_what_its_service_is_mapped_to_is_named_with_it(
    owner: Client, at_warehouse: AtWarehouse, air: ShipMethod
) -> None:
    order = at_warehouse("1", service="NextDay")
    maps(order, "NextDay", air)

    page = owner.post(URL, said([order]))

    assert warned(page) == ["Asked for NextDay, goes by UPS Ground. NextDay goes by UPS Next Day Air here."]


@pytest.mark.parametrize(
    ("service", "carried", "kept"),
    [
        ("Expedited", "2nd Day Air", True),
        ("NextDay", "2nd Day Air", False),
        ("SecondDay", "Next Day Air", True),
        ("SameDay", "Next Day Air", False),
        ("NextDay", "Overnight", True),
        ("NextDay", "Something of theirs", True),  # nobody knows
        ("Standard", "Media Mail", True),
        ("FreeEconomy", "Ground", True),
        ("", "Ground", True),
    ],
)
def test_a_typed_service_is_judged_by_its_name(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod, service: str, carried: str, kept: bool
) -> None:
    order = at_warehouse("1", service=service)
    order.releases.update(ship_method=None)

    page = owner.post(URL, said([order], service=carried))

    assert Shipment.objects.exists() is kept
    if not kept:
        assert warned(page) == [f"Asked for {service}, goes by UPS {carried}."]


def test_a_slow_method_is_named_whoever_chose_it(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod, air: ShipMethod
) -> None:
    mapped, chosen = at_warehouse("1", service="NextDay"), at_warehouse("2", service="SecondDay")
    maps(mapped, "NextDay", method)
    maps(chosen, "SecondDay", air)
    ChosenMethod.objects.create(
        organization_id=chosen.organization_id, merchant_id=chosen.merchant_id, order=chosen, ship_method=method,
        by=UserFactory(), at=clock.now(),
    )  # fmt: skip

    page = owner.post(URL, said([mapped, chosen]))

    assert warned(page) == [
        "Asked for NextDay, goes by UPS Ground.",
        "Asked for SecondDay, goes by UPS Ground. SecondDay goes by UPS Next Day Air here.",
    ]
    assert not Shipment.objects.exists()


def test_what_the_house_maps_is_believed_where_its_name_says_nothing(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod
) -> None:
    blue = ShipMethodFactory(warehouse=method.warehouse, label="Blue", carrier="UPS", scac="UPSN", service="Blue")
    order = at_warehouse("1", service="NextDay")
    maps(order, "NextDay", blue)
    maps(order, "SecondDay", blue)

    owner.post(URL, said([order], service="Blue"))

    assert Shipment.objects.count() == 1


def test_where_names_say_nothing_the_mapping_tells_which_is_slower(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod
) -> None:
    blue = ShipMethodFactory(warehouse=method.warehouse, label="Blue", carrier="UPS", scac="UPSN", service="Blue")
    red = ShipMethodFactory(warehouse=method.warehouse, label="Red", carrier="UPS", scac="UPSN", service="Red")
    next_day, second_day = at_warehouse("1", service="NextDay"), at_warehouse("2", service="SecondDay")
    maps(next_day, "NextDay", red)
    maps(next_day, "SecondDay", blue)

    slower = owner.post(URL, said([next_day], service="Blue"))
    owner.post(URL, said([second_day], service="Red"))

    assert warned(slower) == ["Asked for NextDay, goes by Blue. NextDay goes by Red here."]
    assert Package.objects.get().service == "Red"


def test_an_appointment_goes_by_what_it_is_mapped_to(owner: Client, at_warehouse: AtWarehouse, air: ShipMethod) -> None:
    order = at_warehouse("1", service="Scheduled")
    maps(order, "Scheduled", air)

    page = owner.post(URL, said([order]))

    assert warned(page) == ["Asked for Scheduled, goes by UPS Ground. Scheduled goes by UPS Next Day Air here."]


@pytest.mark.parametrize(("days", "named"), [(1, True), (2, False), (-1, False)])
def test_a_service_that_arrives_after_the_last_day_is_named(
    owner: Client, at_warehouse: AtWarehouse, days: int, named: bool
) -> None:
    order = at_warehouse("1", service="Standard", deliver_by=clock.now() + timedelta(days=days))

    page = owner.post(URL, said([order], service="2nd Day Air"))

    assert Shipment.objects.exists() is not named
    if named:
        assert warned(page)[0].startswith("It must be delivered by ")
