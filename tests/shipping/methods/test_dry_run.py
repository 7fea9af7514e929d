"""The dry run: what it says is what happens."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carts.marketplaces.values import Address
from carts.models import Cart
from core.accounts.models import Organization, User
from core.common import clock
from orders.models import HeldFor, Order, OrderStatus, Recipient
from shipping.delivery import releases
from shipping.methods import dry_run, mapping
from shipping.methods.decision import decide, rulebooks
from shipping.methods.dry_run import Turn, rehearse
from shipping.methods.mapping import MethodChange
from shipping.models import MethodRule, Release, Route, ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from tests.factories import (
    CartFactory,
    MerchantFactory,
    MethodRuleFactory,
    OrderFactory,
    OrganizationFactory,
    make_person,
)

pytestmark = pytest.mark.django_db
BERLIN = Address(name="Jane Doe", line1="1 Way", city="Berlin", postal_code="10115", country="DE")
VIENNA = Address(name="Jane Doe", line1="1 Way", city="Vienna", postal_code="1010", country="AT")


class Shop:
    """A cart that holds what no ship method is known for, with an order of every sort."""

    def __init__(self) -> None:
        self.acme: Organization = OrganizationFactory()
        self.owner: User = make_person(self.acme)
        self.warehouse: Warehouse = make_portal_warehouse(self.acme, "Reno")
        self.cart: Cart = CartFactory(merchant=MerchantFactory(organization=self.acme))
        Route.objects.filter(pk=routes_for([self.cart])[self.cart.pk].pk).update(reject_unmapped=True)
        self.methods = list(self.warehouse.ship_methods.order_by("pk"))

    def order(self, **fields: Any) -> Order:
        made: Order = OrderFactory(cart=self.cart, **fields)
        return made

    def rehearse(self, change: MethodChange) -> dry_run.Rehearsal:
        return rehearse(self.cart, change, now=clock.now())

    def change(self, change: MethodChange, subject: Cart | Organization | None = None) -> int:
        return mapping.change(subject or self.cart, change, by=self.owner, now=clock.now())

    def rule(self, method: ShipMethod, *, of_house: bool = False, **conditions: Any) -> MethodRule:
        cart = None if of_house else self.cart
        merchant = cart.merchant if cart else None
        made = {"organization": self.acme, "merchant": merchant, "cart": cart, "made_at": clock.now()}
        return MethodRule(ship_method=method, **made, **conditions)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_it_counts_what_goes_otherwise_what_is_held_and_what_flows(shop: Shop) -> None:
    ground, air = shop.methods[:2]
    shop.change(MethodChange(mapped={"Standard": ground, "NextDay": ground}))
    otherwise, stops, flows = shop.order(), shop.order(service="NextDay"), shop.order(service="SecondDay")
    waits = shop.order(service="SecondDay", status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED)

    seen = shop.rehearse(MethodChange(mapped={"Standard": air, "NextDay": None, "SecondDay": air}))

    assert (seen.looked_at, seen.otherwise, seen.held, seen.flows, seen.waiting) == (4, 1, 1, 2, 1)
    assert {fate.order: fate.turn for fate in seen.shown} == {
        otherwise: Turn.OTHERWISE,
        stops: Turn.HELD,
        flows: Turn.FLOWS,
        waits: Turn.FLOWS,
    }


def test_what_would_go_slower_than_its_buyer_asked_for_is_counted(shop: Shop) -> None:
    ground = next(method for method in shop.methods if "Ground" in method.service)
    fast, slow = shop.order(service="SecondDay"), shop.order(service="Standard")

    seen = shop.rehearse(MethodChange(mapped={"SecondDay": ground, "Standard": ground}))

    assert seen.slower == 1
    assert {fate.order: fate.is_slower for fate in seen.shown} == {fast: True, slow: False}


def test_it_changes_nothing(shop: Shop) -> None:
    order = shop.order(status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED)

    assert (
        shop.rehearse(MethodChange(route={"default_method": shop.methods[0]}, kept=shop.rule(shop.methods[0]))).flows
        == 1
    )

    order.refresh_from_db()
    assert order.status == OrderStatus.HELD
    assert not MethodRule.objects.exists()
    assert Route.objects.get(cart=shop.cart).default_method is None


def test_only_orders_that_go_somewhere_lately_are_looked_at(shop: Shop) -> None:
    shop.order(placed_at=clock.now() - timedelta(days=31))
    shop.order(status=OrderStatus.CANCELED)
    shop.order(status=OrderStatus.SKIPPED)
    OrderFactory(cart=CartFactory(merchant=shop.cart.merchant))

    assert shop.rehearse(MethodChange(route={"default_method": shop.methods[0]})).looked_at == 0


def test_of_many_orders_the_newest_are_looked_at_and_it_says_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run, "MOST", 3)
    monkeypatch.setattr(dry_run, "SHOWN", 2)
    orders = [shop.order(placed_at=clock.now() - timedelta(hours=age)) for age in (4, 3, 2, 1)]

    seen = shop.rehearse(MethodChange(route={"default_method": shop.methods[0]}))

    assert (seen.looked_at, seen.all_of_them, seen.flows) == (3, False, 3)
    assert [fate.order for fate in seen.shown] == [orders[3], orders[2]]


def test_it_says_of_how_many_orders_the_address_is_not_known_any_more(shop: Shop) -> None:
    order = shop.order(recipient=BERLIN)
    Recipient.objects.filter(order=order).update(sealed=None)
    shop.order(recipient=VIENNA)

    seen = shop.rehearse(MethodChange(kept=shop.rule(shop.methods[0], country="DE", postal_prefix="1")))

    assert (seen.unknown, seen.changed) == (1, 0)


def test_a_rule_for_all_carts_is_tried_on_the_orders_of_each(shop: Shop) -> None:
    other = CartFactory(merchant=shop.cart.merchant)
    shop.order(is_prime=True)
    OrderFactory(cart=other, is_prime=True)
    OrderFactory(cart=CartFactory(), is_prime=True)  # of another organization

    seen = rehearse(
        shop.acme, MethodChange(kept=shop.rule(shop.methods[0], of_house=True, prime=True)), now=clock.now()
    )

    assert (seen.looked_at, seen.flows, seen.otherwise) == (2, 1, 1)


def test_it_takes_no_more_queries_for_more_orders(shop: Shop) -> None:
    change = MethodChange(kept=shop.rule(shop.methods[0], country="DE", postal_prefix="1"))
    asked = []
    for _ in range(2):
        for _ in range(5):
            shop.order(recipient=BERLIN)
        with CaptureQueriesContext(connection) as queries:
            shop.rehearse(change)
        asked.append(len(queries))

    assert asked[0] == asked[1]


# -- What it says is what happens --------------------------------------------------------------------------------------
CONDITIONS = st.fixed_dictionaries(
    {
        "service": st.sampled_from(["", "Standard", "NextDay"]),
        "prime": st.sampled_from([None, True, False]),
        "country": st.sampled_from(["", "DE", "AT"]),
        "postal_prefix": st.sampled_from(["", "10", "101"]),
        "least": st.sampled_from([None, Decimal(20)]),
        "currency": st.just("USD"),
    }
)
CHOICE = st.none() | st.integers(0, 2)
CHANGES = st.fixed_dictionaries(
    {
        "mapped": st.dictionaries(st.sampled_from(["Standard", "NextDay", "SecondDay"]), CHOICE, max_size=3),
        "reject": st.booleans(),
        "default": CHOICE,
        "rule": st.none() | st.tuples(CONDITIONS, st.integers(0, 2)),
        "removed": st.booleans(),
    }
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=CHANGES, after=CHANGES, of_house=st.booleans())
def test_rehearsed_then_kept_is_what_was_rehearsed(
    shop: Shop, before: dict[str, Any], after: dict[str, Any], of_house: bool
) -> None:
    here = transaction.savepoint()
    old = MethodRuleFactory(cart=shop.cart, ship_method=shop.methods[0], service="NextDay")
    shop.change(read(shop, before, None, of_house=not of_house))
    for service in ("Standard", "NextDay", "SecondDay"):
        for address, prime, total in ((BERLIN, True, 10), (BERLIN, False, 30), (VIENNA, False, 30)):
            shop.order(service=service, recipient=address, is_prime=prime, total=Decimal(total))
    orders = list(Order.objects.filter(cart=shop.cart).order_by("pk"))
    change = read(shop, after, old, of_house=of_house)
    # What the rehearsal does not name goes as it goes now.
    expected = decide(orders, rulebooks(routes_for([shop.cart])))
    expected |= {fate.order.pk: fate.after for fate in shop.rehearse(change).shown}

    shop.change(change)
    releases.release_orders(now=clock.now())

    for order in orders:
        order.refresh_from_db()
        release = Release.objects.filter(order=order).first()
        assert (order.status == OrderStatus.HELD) == expected[order.pk].held
        assert (release.ship_method_id if release else None) == expected[order.pk].method_id
    transaction.savepoint_rollback(here)


def read(shop: Shop, said: dict[str, Any], old: MethodRule | None, *, of_house: bool) -> MethodChange:
    def method(place: int | None) -> ShipMethod | None:
        return None if place is None else shop.methods[place]

    rule = said["rule"]
    return MethodChange(
        mapped={name: method(place) for name, place in said["mapped"].items()},
        route={"reject_unmapped": said["reject"], "default_method": method(said["default"])},
        kept=shop.rule(shop.methods[rule[1]], of_house=of_house, **rule[0]) if rule else None,
        removed=old if said["removed"] else None,
    )
