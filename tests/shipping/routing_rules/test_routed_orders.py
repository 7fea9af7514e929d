"""Orders of a cart that leaves it to the rules: where they go, what holds them, and what ends that."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carts.marketplaces.values import Address
from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.models import Event
from core.alerts.models import Alert
from core.common import clock
from inventory import levels
from inventory.models import StockLevel
from inventory.promised import reckon
from orders.actions import holds
from orders.models import HeldFor, Order, OrderStatus
from shipping import tasks, warehouses
from shipping.alerts import UNROUTED
from shipping.cancellation import order_hold
from shipping.delivery import releases
from shipping.locations import warehouse_records
from shipping.locations.warehouse_records import WarehouseRefused
from shipping.methods import mapping
from shipping.models import Release, Route, RoutingRule, Warehouse, release_of
from shipping.routing import make_portal_warehouse, routes_for
from shipping.routing_rules import routing_dry_run, rule_changes
from shipping.routing_rules.rule_changes import RoutingChange, WarehouseGone
from tests.factories import (
    CartFactory,
    ListingFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    StockLevelFactory,
    WarehouseFactory,
    make_person,
)
from tests.routing_rule_factory import RoutingRuleFactory
from tests.shipping.played_warehouse import Distant

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
BERLIN = Address(name="Jane Doe", line1="1 Way", city="Berlin", postal_code="10115", country="DE")
VIENNA = Address(name="Jane Doe", line1="1 Way", city="Vienna", postal_code="1010", country="AT")


class House:
    """A 3PL with a portal warehouse, one behind a wire, and a cart that leaves it to the rules."""

    def __init__(self) -> None:
        self.acme: Organization = OrganizationFactory()
        self.owner: User = make_person(self.acme)
        self.reno: Warehouse = make_portal_warehouse(self.acme, "Reno")
        self.oslo: Warehouse = WarehouseFactory(organization=self.acme, name="Oslo", kind="distant")
        self.cart: Cart = CartFactory(merchant=MerchantFactory(organization=self.acme))
        Route.objects.filter(pk=routes_for([self.cart])[self.cart.pk].pk).update(by_rules=True)

    def order(self, to: Address | None = None, **fields: Any) -> Order:
        made: Order = OrderFactory(cart=self.cart, recipient=to or BERLIN, **fields)
        return made

    def rule(self, warehouse: Warehouse, **said: Any) -> RoutingRule:
        return RoutingRule(organization=self.acme, warehouse=warehouse, made_at=clock.now(), **said)

    def say(self, kept: RoutingRule | None = None, **wanted: Any) -> rule_changes.Rerouted:
        return rule_changes.change(self.acme, RoutingChange(kept, **wanted), by=self.owner, now=clock.now())

    def stock(self, warehouse: Warehouse, on_hand: int | None) -> StockLevel:
        fields = {"merchant": self.cart.merchant, "organization": self.acme, "warehouse": warehouse}
        made: StockLevel = StockLevelFactory(**fields, on_hand=on_hand)
        return made

    def deliver(self) -> releases.Released:
        return releases.release_orders(now=clock.now())


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setitem(warehouses.WAREHOUSES, "distant", Distant)
    for kept in (Distant.created, Distant.recalled, Distant.answers):
        kept.clear()
    return House()


def fresh(order: Order) -> Order:
    found: Order = Order.objects.get(pk=order.pk)
    return found


def went(order: Order) -> Release:
    """Return by what it went, or is to go."""
    return Release.objects.select_related("warehouse", "ship_method").get(order=order)


def history(order: Order) -> list[str]:
    kinds = Event.objects.filter(subject_kind="order", subject_id=order.pk).order_by("pk")
    return list(kinds.values_list("kind", flat=True))


# -- Where they go -----------------------------------------------------------------------------------------------------
def test_each_order_goes_where_its_rule_says_and_its_history_says_by_which(house: House) -> None:
    house.say(house.rule(house.oslo, country="DE"))
    house.say(house.rule(house.reno, country="AT", postal_prefix="10"))
    berlin, vienna = house.order(BERLIN), house.order(VIENNA)

    house.deliver()

    assert (went(berlin).warehouse, went(vienna).warehouse) == (house.oslo, house.reno)
    assert (fresh(berlin).released_to, Distant.created) == (house.oslo.pk, [berlin.number])
    routed = Event.objects.get(kind="order.routed", subject_id=vienna.pk)
    assert routed.details == {"warehouse": "Reno", "how": "by the routing rule “to AT, certain postal codes”"}
    assert history(berlin)[-2:] == ["order.routed", "order.released"]


def test_what_no_rule_fits_is_held_with_the_reason_until_one_does(house: House) -> None:
    house.say(house.rule(house.oslo, country="AT"))
    order = house.order(BERLIN)
    house.deliver()
    held = fresh(order)
    assert (held.status, held.held_for, held.reason) == (OrderStatus.HELD, HeldFor.UNROUTED, "No routing rule fits it")
    assert Alert.objects.get(cause=UNROUTED, closed_at=None).cart_id == house.cart.pk

    assert house.say(house.rule(house.reno)).freed == 1
    house.deliver()

    assert (fresh(order).status, went(order).warehouse) == (OrderStatus.AT_WMS, house.reno)
    assert not Alert.objects.filter(cause=UNROUTED, closed_at=None).exists()
    assert history(order) == ["order.held", "order.warehouse_found", "order.routed", "order.released"]


def test_a_cart_that_goes_back_to_its_own_warehouse_frees_what_no_rule_fitted(house: House) -> None:
    order = house.order()
    house.deliver()

    house.say(by_rules={house.cart.pk: False})
    house.deliver()

    assert went(order).warehouse == house.reno
    assert "order.routed" not in history(order)  # no rule chose it


def test_the_ship_method_is_one_of_the_warehouse_it_goes_to(house: House) -> None:
    Route.objects.update(reject_unmapped=True)
    house.oslo.ship_methods.create(organization=house.acme, label="Bring", carrier="Bring", service="Parcel")
    Warehouse.objects.filter(pk=house.oslo.pk).update(default_method=house.oslo.ship_methods.get())
    ground = house.reno.ship_methods.get(label="UPS Ground")
    mapping.change(house.cart, mapping.MethodChange(mapped={"Standard": ground}), by=house.owner, now=clock.now())
    house.say(house.rule(house.oslo, country="DE"))
    house.say(house.rule(house.reno))
    berlin, vienna = house.order(BERLIN), house.order(VIENNA)

    house.deliver()

    assert str(went(berlin).ship_method) == "Bring"
    assert went(vienna).ship_method == ground


# -- Stock -------------------------------------------------------------------------------------------------------------
def test_orders_get_what_is_in_stock_one_after_the_other_and_stock_that_comes_in_frees_the_rest(house: House) -> None:
    oslo, reno = house.stock(house.oslo, 3), house.stock(house.reno, 2)
    house.say(house.rule(house.oslo, country="DE", in_stock=True))
    house.say(house.rule(house.reno, in_stock=True))
    orders = [house.order(BERLIN, lines={"MUG-BLUE": 2}) for _ in range(3)]

    house.deliver()

    assert [(release := release_of(fresh(each))) and release.warehouse for each in orders] == [
        house.oslo, house.reno, None,
    ]  # fmt: skip
    assert fresh(orders[2]).reason == "No warehouse that a routing rule allows has all of it in stock"
    promised = {each.warehouse_id: each.promised for each in reckon([oslo, reno], now=clock.now())}  # type: ignore[attr-defined]
    assert promised[house.oslo.pk] == 2
    StockLevel.objects.filter(pk=oslo.pk).update(on_hand=4)
    tasks.reroute_due()
    house.deliver()
    assert went(orders[2]).warehouse == house.oslo


def test_a_kit_is_in_stock_where_all_of_it_is_and_staff_can_count_in_every_warehouse_of_the_rules(house: House) -> None:
    graz = make_portal_warehouse(house.acme, "Graz")
    house.say(house.rule(graz, in_stock=True))
    ListingFactory(cart=house.cart, sku="MUG-BLUE")

    levels.count(house.cart, now=clock.now())
    assert set(StockLevel.objects.values_list("warehouse__name", "on_hand")) == {("Reno", None), ("Graz", None)}
    order = house.order()
    house.deliver()
    assert fresh(order).held_for == HeldFor.UNROUTED  # nobody has counted

    StockLevel.objects.filter(warehouse=graz).update(on_hand=1, observed_at=clock.now())
    tasks.reroute_due()
    house.deliver()
    assert went(order).warehouse == graz


# -- What others change meanwhile --------------------------------------------------------------------------------------
def test_what_waits_for_a_warehouse_that_never_heard_of_it_goes_where_a_changed_rule_sends_it(house: House) -> None:
    house.say(house.rule(house.oslo))
    waiting, asked = house.order(), house.order()
    releases.owe_new(now=clock.now())  # nobody sends it yet: the warehouse is away
    Release.objects.filter(order=asked).update(attempts=1)
    before = house.say(house.rule(house.oslo, country="DE"))  # the same place by another rule

    moved = house.say(house.rule(house.reno, country="DE", prime=False))
    house.deliver()

    assert (before.moved, moved.moved) == (0, 1)
    assert (went(waiting).warehouse, fresh(waiting).released_to) == (house.reno, house.reno.pk)
    assert went(asked).warehouse == house.oslo  # it may be there
    assert Distant.created == [asked.number]
    assert "order.rerouted" in history(waiting)


def test_one_that_was_held_before_it_went_goes_by_the_rules_of_the_day_it_is_let_go(house: House) -> None:
    house.say(house.rule(house.oslo))
    order = house.order()
    releases.owe_new(now=clock.now())
    order_hold.hold(fresh(order), by=house.owner, now=clock.now())
    house.say(house.rule(house.reno, country="DE"))
    holds.let_go(fresh(order), by=house.owner, now=clock.now())

    house.deliver()

    assert (went(order).warehouse, fresh(order).status) == (house.reno, OrderStatus.AT_WMS)
    assert (went(order).reference, Distant.created) == (order.number, [])


def test_a_warehouse_that_rules_name_is_not_archived_and_no_rule_is_kept_to_an_archived_one(house: House) -> None:
    late = house.rule(house.oslo, country="AT")
    house.say(house.rule(house.oslo))
    with pytest.raises(WarehouseRefused, match="1 routing rule sends orders there"):
        warehouse_records.archive(house.oslo, by=house.owner, now=clock.now())

    house.say(removed=RoutingRule.objects.get())
    warehouse_records.archive(house.oslo, by=house.owner, now=clock.now())

    with pytest.raises(WarehouseGone):
        house.say(late)
    assert not RoutingRule.objects.exists()


def test_a_rule_pressed_twice_is_kept_once_and_one_of_another_house_decides_nothing(house: House) -> None:
    RoutingRuleFactory(country="DE")
    house.say(house.rule(house.reno, country="DE"))
    house.say(house.rule(house.reno, country="DE"))
    order = house.order()

    house.deliver()

    assert RoutingRule.objects.filter(organization=house.acme).count() == 1
    assert went(order).warehouse == house.reno


def test_a_page_of_orders_takes_as_many_queries_as_a_few(house: House) -> None:
    house.stock(house.reno, 1000)
    house.say(house.rule(house.reno, country="DE", postal_prefix="10", in_stock=True))
    asked = []
    for count in (5, 100):
        for _ in range(count):
            house.order()
        with CaptureQueriesContext(connection) as queries:
            releases.owe_new(now=clock.now())
        asked.append([each["sql"].split()[:4] for each in queries if each["sql"].startswith("SELECT")])

    assert len(asked[0]) == len(asked[1])  # SQLite writes a hundred rows in more than one statement


# -- The dry run -------------------------------------------------------------------------------------------------------
SAID = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["", "DE", "AT"]),
        "service": st.sampled_from(["", "Standard", "NextDay"]),
        "prime": st.sampled_from([None, True]),
        "in_stock": st.booleans(),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(SAID, max_size=2), after=SAID, leaves=st.booleans())
def test_what_is_rehearsed_is_what_happens(
    house: House, before: list[dict[str, Any]], after: dict[str, Any], leaves: bool
) -> None:
    here = transaction.savepoint()
    house.stock(house.oslo, 100)
    for said in before:
        house.say(house.rule(house.oslo, **said))
    orders = [
        house.order(to, service=service, is_prime=prime)
        for to, service, prime in ((BERLIN, "Standard", True), (BERLIN, "NextDay", False), (VIENNA, "Standard", False))
    ]
    change = RoutingChange(house.rule(house.reno, **after), by_rules={house.cart.pk: leaves})
    seen = routing_dry_run.rehearse(house.acme, change, now=clock.now())

    rule_changes.change(house.acme, change, by=house.owner, now=clock.now())
    house.deliver()

    found = [release_of(fresh(order)) for order in orders]
    names = [release.warehouse.name for release in found if release is not None]
    assert {share.warehouse: share.after for share in seen.shares if share.after} == Counter(names)
    assert seen.unfit == found.count(None)
    assert seen.looked_at == len(orders)
    transaction.savepoint_rollback(here)


def test_the_dry_run_takes_no_more_queries_for_more_orders(house: House) -> None:
    house.stock(house.reno, 5)
    house.say(house.rule(house.oslo, country="AT"))
    change = RoutingChange(house.rule(house.reno, country="DE", postal_prefix="1", in_stock=True))
    asked = []
    for _ in range(2):
        for _ in range(5):
            house.order()
            house.order(status=OrderStatus.HELD, held_for=HeldFor.UNROUTED)
        releases.owe_new(now=clock.now())
        with CaptureQueriesContext(connection) as queries:
            seen = routing_dry_run.rehearse(house.acme, change, now=clock.now())
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert (seen.flows, seen.waiting, seen.unfit, seen.unfit_before) == (20, 20, 0, 20)
