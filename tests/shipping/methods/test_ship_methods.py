"""A warehouse's ship methods: what is added, changed and removed, and what is never lost with one."""

from dataclasses import replace
from typing import Any

import pytest

from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.models import Event
from core.activity.timeline import tell
from core.common import clock
from core.common.errands import ErrandState
from orders.models import OrderStatus
from shipping.methods import ship_methods
from shipping.methods.ship_methods import LabelTaken, StillUsed
from shipping.models import CartMethod, ChosenMethod, MethodRule, Release, Route, ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from shipping.warehouses.base import MethodChoice
from tests.factories import (
    CartFactory,
    CartMethodFactory,
    MerchantFactory,
    MethodRuleFactory,
    OrderFactory,
    OrganizationFactory,
    ReleaseFactory,
    make_person,
)

pytestmark = pytest.mark.django_db
SAVER = MethodChoice("UPS Saver", "UPS", "UPSN", "Saver")


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory()


@pytest.fixture
def owner(acme: Organization) -> User:
    return make_person(acme)


@pytest.fixture
def warehouse(acme: Organization) -> Warehouse:
    return make_portal_warehouse(acme, "Reno")


@pytest.fixture
def cart(acme: Organization, warehouse: Warehouse) -> Cart:
    made: Cart = CartFactory(merchant=MerchantFactory(organization=acme), name="Amazon US")
    routes_for([made])
    return made


@pytest.fixture
def saver(warehouse: Warehouse, owner: User) -> ShipMethod:
    return ship_methods.add(warehouse, SAVER, by=owner, now=clock.now())


def history() -> list[str]:
    return [str(tell(event).sentence) for event in Event.objects.order_by("pk")]


def refused(method: ShipMethod, owner: User) -> str:
    with pytest.raises(StillUsed) as why:
        ship_methods.remove(method, by=owner, now=clock.now())
    assert ShipMethod.objects.filter(pk=method.pk).exists()
    return str(why.value)


def test_each_step_is_written_down(warehouse: Warehouse, owner: User, saver: ShipMethod) -> None:
    ship_methods.change(saver, replace(SAVER, label="Saver", service="Overnight"), by=owner, now=clock.now())
    saver.refresh_from_db()
    ship_methods.remove(saver, by=owner, now=clock.now())

    assert not ShipMethod.objects.filter(pk=saver.pk).exists()
    assert history() == [
        "Ship method <strong>UPS Saver</strong> added to Reno",
        "Ship method <strong>UPS Saver</strong> of Reno changed: label, service",
        "Ship method <strong>Saver</strong> removed from Reno",
    ]
    assert set(Event.objects.values_list("actor", "subject_kind")) == {(owner.pk, "organization")}


def test_saving_what_is_there_already_writes_nothing_down(saver: ShipMethod, owner: User) -> None:
    before = history()

    assert ship_methods.change(saver, SAVER, by=owner, now=clock.now()) is False

    assert history() == before


def test_a_name_is_taken_whatever_its_case(warehouse: Warehouse, owner: User, saver: ShipMethod) -> None:
    ground = warehouse.ship_methods.get(label="UPS Ground")

    with pytest.raises(LabelTaken, match="Reno already has a ship method with this name"):
        ship_methods.add(warehouse, replace(SAVER, label="ups saver"), by=owner, now=clock.now())
    with pytest.raises(LabelTaken):
        ship_methods.change(ground, replace(ground.choice, label="ups SAVER"), by=owner, now=clock.now())

    assert warehouse.ship_methods.filter(label__iexact="UPS Saver").count() == 1
    assert len(history()) == 1


def test_its_own_name_may_change_its_case(owner: User, saver: ShipMethod) -> None:
    assert ship_methods.change(saver, replace(SAVER, label="ups saver"), by=owner, now=clock.now())


def test_what_somebody_removed_meanwhile_is_neither_changed_nor_removed_again(owner: User, saver: ShipMethod) -> None:
    ship_methods.remove(saver, by=owner, now=clock.now())
    stale = ShipMethod(pk=9_999_999, organization=saver.organization, warehouse=saver.warehouse)

    assert ship_methods.change(stale, SAVER, by=owner, now=clock.now()) is False
    assert ship_methods.remove(stale, by=owner, now=clock.now()) is False
    assert len(history()) == 2


def test_a_mapping_is_not_emptied(owner: User, cart: Cart, saver: ShipMethod) -> None:
    mapped = CartMethodFactory(cart=cart, name="Standard", ship_method=saver)

    assert refused(saver, owner) == (
        "UPS Saver was not removed. It is still used for Standard of Amazon US. "
        "Choose another ship method for them first."
    )
    assert CartMethod.objects.get(pk=mapped.pk).ship_method == saver


def test_rules_are_not_lost(owner: User, cart: Cart, acme: Organization, saver: ShipMethod) -> None:
    MethodRuleFactory(cart=cart, organization=acme, ship_method=saver, service="SecondDay")
    MethodRuleFactory(cart=None, organization=acme, ship_method=saver, service="", country="DE")

    assert "the rule “SecondDay” of Amazon US; the rule “to DE” of all carts" in refused(saver, owner)
    assert MethodRule.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "named"), [("prime_method", "Prime orders of Amazon US"), ("default_method", "the default of Amazon US")]
)
def test_a_route_does_not_lose_what_it_goes_by(
    owner: User, cart: Cart, saver: ShipMethod, field: str, named: str
) -> None:
    Route.objects.filter(cart=cart).update(**{field: saver})

    assert named in refused(saver, owner)
    assert getattr(Route.objects.get(cart=cart), field) == saver


def test_a_warehouse_does_not_lose_its_default(owner: User, warehouse: Warehouse, saver: ShipMethod) -> None:
    Warehouse.objects.filter(pk=warehouse.pk).update(default_method=saver)

    assert "the default for Reno" in refused(saver, owner)


def test_what_a_person_chose_for_an_order_is_not_forgotten(owner: User, cart: Cart, saver: ShipMethod) -> None:
    order = OrderFactory(cart=cart, number="1")
    of: dict[str, Any] = {"organization": cart.organization, "merchant": cart.merchant, "order": order}
    ChosenMethod.objects.create(**of, ship_method=saver, by=owner, at=clock.now())

    assert "It is still used for 1 unshipped order." in refused(saver, owner)
    assert ChosenMethod.objects.exists()


def test_orders_on_their_way_go_by_it_until_they_are_shipped(owner: User, cart: Cart, saver: ShipMethod) -> None:
    orders = [OrderFactory(cart=cart, number=str(number), status=OrderStatus.AT_WMS) for number in range(2)]
    for order in orders:
        ReleaseFactory(order=order, warehouse=saver.warehouse, ship_method=saver, state=ErrandState.DONE)

    assert "2 unshipped orders" in refused(saver, owner)

    for order in orders:
        type(order).objects.filter(pk=order.pk).update(status=OrderStatus.SHIPPED, shipped_at=clock.now())
    assert ship_methods.remove(saver, by=owner, now=clock.now())
    assert Release.objects.filter(ship_method=None).count() == 2


def test_many_that_go_by_it_are_counted(owner: User, cart: Cart, saver: ShipMethod) -> None:
    for name in ("Expedited", "NextDay", "SameDay", "SecondDay", "Standard", "Weekend"):
        CartMethodFactory(cart=cart, name=name, ship_method=saver)

    assert "SecondDay of Amazon US; 2 more. Choose" in refused(saver, owner)
