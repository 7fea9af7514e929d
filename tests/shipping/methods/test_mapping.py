"""What is said about ship methods, and the orders that waited for it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carts.marketplaces.values import Address
from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.models import Event
from core.activity.timeline import tell
from core.alerts.models import Alert
from core.common import clock
from orders.models import HeldFor, Order, OrderStatus, Recipient
from shipping.alerts import UNMAPPED
from shipping.delivery import held_new, releases
from shipping.methods import mapping
from shipping.methods.decision import decide, rulebooks
from shipping.methods.mapping import MethodChange
from shipping.models import ChosenMethod, MethodRule, Release, Route, ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from tests.factories import (
    CartFactory,
    MerchantFactory,
    MethodRuleFactory,
    OrderFactory,
    OrganizationFactory,
    ShipMethodFactory,
    WarehouseFactory,
    make_person,
)

pytestmark = pytest.mark.django_db
BERLIN = Address(name="Jane Doe", line1="1 Way", city="Berlin", postal_code="10115", country="DE")


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
def ground(warehouse: Warehouse) -> ShipMethod:
    found: ShipMethod = warehouse.ship_methods.get(label="UPS Ground")
    return found


@pytest.fixture
def air(warehouse: Warehouse) -> ShipMethod:
    found: ShipMethod = warehouse.ship_methods.get(label="UPS 2nd Day Air")
    return found


@pytest.fixture
def cart(acme: Organization, warehouse: Warehouse) -> Cart:
    """A cart that holds what no ship method is known for."""
    made: Cart = CartFactory(merchant=MerchantFactory(organization=acme), name="Amazon DE")
    Route.objects.filter(pk=routes_for([made])[made.pk].pk).update(reject_unmapped=True)
    return made


def release(now_cart: Cart) -> None:
    releases.release_orders(now=clock.now(), cart=now_cart)


def new_rule(cart: Cart | None, ship_method: ShipMethod, **conditions: object) -> MethodRule:
    """A rule not kept yet."""
    made = {"organization_id": ship_method.organization_id, "cart": cart, "made_at": clock.now(), **conditions}
    return MethodRule(ship_method=ship_method, merchant=cart.merchant if cart else None, **made)


def status(order: Order) -> str:
    return str(Order.objects.values_list("status", flat=True).get(pk=order.pk))


def alerts() -> int:
    return Alert.objects.filter(cause=UNMAPPED, closed_at=None).count()


# -- Held, then flowing ------------------------------------------------------------------------------------------------
def test_a_rule_lets_the_orders_flow_it_fits_and_no_other(cart: Cart, owner: User, ground: ShipMethod) -> None:
    here, there = OrderFactory(cart=cart, recipient=BERLIN), OrderFactory(cart=cart)
    release(cart)
    assert (status(here), status(there), alerts()) == (OrderStatus.HELD, OrderStatus.HELD, 1)

    freed = mapping.change(
        cart, MethodChange(kept=new_rule(cart, ground, country="DE", postal_prefix="10")), by=owner, now=clock.now()
    )
    release(cart)

    assert freed == 1
    assert (status(here), status(there), alerts()) == (OrderStatus.AT_WMS, OrderStatus.HELD, 1)
    told = Event.objects.filter(subject_kind="order", subject_id=here.pk).order_by("pk")
    assert [event.kind for event in told] == ["order.held", "order.method_found", "order.released"]
    assert "by the cart&#x27;s rule “to DE, certain postal codes”" in tell(told[2]).sentence
    assert "10115" not in str([event.details for event in told])


def test_the_default_of_a_cart_lets_everything_flow_and_calms_the_alert(
    cart: Cart, owner: User, ground: ShipMethod
) -> None:
    waiting = [OrderFactory(cart=cart, service=name) for name in ("Standard", "NextDay", "")]
    release(cart)
    assert alerts() == 3

    freed = mapping.change(cart, MethodChange(route={"default_method": ground}), by=owner, now=clock.now())

    assert (freed, alerts()) == (3, 0)
    release(cart)
    assert {status(order) for order in waiting} == {OrderStatus.AT_WMS}
    assert set(Release.objects.values_list("chosen_by", flat=True)) == {"by the cart's default"}


def test_what_is_said_for_all_carts_lets_the_orders_of_each_flow(
    acme: Organization, cart: Cart, owner: User, ground: ShipMethod, air: ShipMethod
) -> None:
    other = CartFactory(merchant=MerchantFactory(organization=acme))
    Route.objects.filter(pk=routes_for([other])[other.pk].pk).update(reject_unmapped=True)
    orders = [OrderFactory(cart=cart, is_prime=True), OrderFactory(cart=other), OrderFactory(cart=other, is_prime=True)]
    releases.release_orders(now=clock.now())

    by_rule = mapping.change(acme, MethodChange(kept=new_rule(None, air, prime=True)), by=owner, now=clock.now())
    by_default = mapping.change(acme, MethodChange(defaults={ground.warehouse_id: ground}), by=owner, now=clock.now())
    releases.release_orders(now=clock.now())

    assert (by_rule, by_default) == (2, 1)
    assert [Release.objects.get(order=order).ship_method for order in orders] == [air, ground, air]
    assert set(Event.objects.filter(subject_kind="organization").values_list("kind", flat=True)) == {
        "method_rule.kept",
        "method_default.changed",
    }


def test_a_rule_for_all_carts_leaves_other_organizations_alone(cart: Cart, owner: User) -> None:
    stranger = OrganizationFactory()
    theirs = ShipMethodFactory(warehouse=WarehouseFactory(organization=stranger))
    mapping.change(stranger, MethodChange(kept=new_rule(None, theirs, service="Standard")), by=owner, now=clock.now())
    order = OrderFactory(cart=cart)

    release(cart)

    assert status(order) == OrderStatus.HELD


def test_orders_held_for_another_reason_stay_held(cart: Cart, owner: User, ground: ShipMethod) -> None:
    held = OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.PERSON)

    assert mapping.change(cart, MethodChange(route={"default_method": ground}), by=owner, now=clock.now()) == 0
    assert status(held) == OrderStatus.HELD


def test_a_change_made_while_a_worker_looks_at_an_order_is_not_missed(
    cart: Cart, owner: User, ground: ShipMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = OrderFactory(cart=cart)
    hold = held_new.hold_unmapped

    def meanwhile(held: list[Order], now: object) -> int:
        mapping.change(cart, MethodChange(route={"default_method": ground}), by=owner, now=clock.now())
        return hold(held, clock.now())

    monkeypatch.setattr(held_new, "hold_unmapped", meanwhile)
    release(cart)
    monkeypatch.undo()
    release(cart)

    assert status(order) == OrderStatus.AT_WMS
    assert not Event.objects.filter(kind="order.held").exists()


# -- Who decides -------------------------------------------------------------------------------------------------------
def test_what_a_person_chose_goes_before_prime_and_rules(
    cart: Cart, owner: User, ground: ShipMethod, air: ShipMethod
) -> None:
    Route.objects.filter(cart=cart).update(prime_method=ground)
    MethodRuleFactory(cart=cart, ship_method=ground, service="Standard")
    order = OrderFactory(cart=cart, is_prime=True)
    ChosenMethod.objects.create(
        organization=order.organization, merchant=order.merchant, order=order, ship_method=air, by=owner, at=clock.now()
    )

    release(cart)

    assert Release.objects.get(order=order).ship_method == air


def test_a_ship_method_changed_after_a_hold_is_the_one_it_goes_by(
    cart: Cart, owner: User, ground: ShipMethod, air: ShipMethod
) -> None:
    mapping.change(cart, MethodChange(route={"default_method": ground}), by=owner, now=clock.now())
    order = OrderFactory(cart=cart)
    release(cart)
    assert order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.NEW, now=clock.now())

    mapping.change(cart, MethodChange(route={"default_method": air}), by=owner, now=clock.now())
    release(cart)

    assert Release.objects.get(order=order).ship_method == air


def test_the_default_of_a_warehouse_the_cart_left_goes_with_it(
    acme: Organization, cart: Cart, owner: User, ground: ShipMethod
) -> None:
    mapping.change(cart, MethodChange(route={"default_method": ground}), by=owner, now=clock.now())
    oslo = WarehouseFactory(organization=acme, name="Oslo")

    mapping.change_route(routes_for([cart])[cart.pk], {"warehouse": oslo}, by=owner, now=clock.now())

    assert Route.objects.get(cart=cart).default_method is None


def test_a_rule_that_is_sent_twice_is_kept_once(cart: Cart, owner: User, ground: ShipMethod, air: ShipMethod) -> None:
    for ship_method in (ground, ground, air):
        made = new_rule(cart, ship_method, country="DE", least=Decimal("10"), currency="EUR")
        mapping.change(cart, MethodChange(kept=made), by=owner, now=clock.now())

    assert list(MethodRule.objects.order_by("pk").values_list("ship_method__label", flat=True)) == [
        ground.label,
        air.label,
    ]


def test_a_rule_removed_meanwhile_is_not_brought_back(cart: Cart, owner: User, ground: ShipMethod) -> None:
    kept = MethodRuleFactory(cart=cart, ship_method=ground, service="Standard")
    MethodRule.objects.all().delete()

    with pytest.raises(mapping.RuleGone):
        mapping.change(cart, MethodChange(kept=kept), by=owner, now=clock.now())

    assert not MethodRule.objects.exists()


# -- In bulk -----------------------------------------------------------------------------------------------------------
def test_a_page_of_orders_is_decided_with_the_same_few_queries(cart: Cart, ground: ShipMethod) -> None:
    MethodRuleFactory(cart=cart, ship_method=ground, country="DE", postal_prefix="10")
    MethodRuleFactory(cart=cart, ship_method=ground, least=Decimal(5), currency="USD")
    orders = [OrderFactory(cart=cart, recipient=BERLIN) for _ in range(12)]
    asked = []

    for count in (3, 12):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            decisions = decide(orders[:count], rulebooks(routes_for([cart])))
        asked.append(len(queries))
        assert {decision.method for decision in decisions.values()} == {ground}

    assert asked[0] == asked[1] <= 6


def test_no_address_is_opened_where_no_rule_asks_for_it(
    cart: Cart, ground: ShipMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Recipient] = []
    really = Recipient.open

    def open_and_tell(recipient: Recipient) -> Any:
        opened.append(recipient)
        return really(recipient)

    monkeypatch.setattr(Recipient, "open", open_and_tell)
    MethodRuleFactory(cart=cart, ship_method=ground, country="AT", postal_prefix="10")
    MethodRuleFactory(cart=cart, ship_method=ground, country="DE", prime=True)
    orders = [OrderFactory(cart=cart, recipient=BERLIN), OrderFactory(cart=cart, recipient=BERLIN, is_prime=True)]

    decisions = decide(orders, rulebooks(routes_for([cart])))

    assert [decisions[order.pk].held for order in orders] == [True, False]
    assert opened == []


def test_an_erased_address_fits_no_rule_that_asks_for_it(cart: Cart, ground: ShipMethod) -> None:
    MethodRuleFactory(cart=cart, ship_method=ground, country="DE", postal_prefix="10")
    order = OrderFactory(cart=cart, recipient=BERLIN)
    Recipient.objects.filter(order=order).update(sealed=None, erased_at=clock.now() + timedelta(0))

    assert decide([order], rulebooks(routes_for([cart])))[order.pk].held
