"""The pages of routing: rules tried and kept, carts that leave it to them, what is held, and who may do any of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from carts.marketplaces.values import Address
from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.models import Event
from core.common import clock
from orders.models import HeldFor, Order, OrderStatus
from shipping import tasks
from shipping.models import Release, Route, RoutingRule, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    make_person,
)
from tests.routing_rule_factory import RoutingRuleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ROUTING = reverse("shipping:routing")
NEW = reverse("shipping:new_routing_rule")


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory()


@pytest.fixture
def reno(acme: Organization) -> Warehouse:
    return make_portal_warehouse(acme, "Reno")


@pytest.fixture
def cart(acme: Organization, reno: Warehouse) -> Cart:
    made: Cart = CartFactory(merchant=MerchantFactory(organization=acme), name="Amazon.de")
    routes_for([made])
    return made


@pytest.fixture
def browse(acme: Organization) -> Callable[..., Client]:
    def client(role: Role = Role.OWNER, **fields: object) -> Client:
        browser = Client()
        browser.force_login(make_person(acme, role, **fields))  # type: ignore[arg-type]
        return browser

    return client


def test_a_house_routes_its_orders_by_rules_from_the_first_rule_to_the_last(
    browse: Callable[..., Client], acme: Organization, cart: Cart, reno: Warehouse
) -> None:
    owner, oslo = browse(), make_portal_warehouse(acme, "Oslo")
    orders = [OrderFactory(cart=cart) for _ in range(2)]
    leaving = {f"cart_{cart.pk}": "on", f"initial-cart_{cart.pk}": ""}

    # The cart leaves it to the rules, and there are none yet: its orders would be held.
    tried = owner.post(ROUTING, leaving | {"action": "preview"}).content.decode()
    assert "2 of 2 orders would have gone differently" in tried
    assert not Route.objects.get(cart=cart).by_rules
    owner.post(ROUTING, leaving | {"action": "save"})
    tasks.release_due()
    page = owner.get(ROUTING).content.decode()
    assert "2 orders are held: no routing rule fits them." in page
    order_page = owner.get(orders[0].get_absolute_url()).content.decode()
    assert "No routing rule fits it" in order_page
    assert "Check again" in order_page

    # A rule is tried, kept, and everything that waited is on its way.
    said = {"service": "Standard", "warehouse": oslo.pk}
    tried = owner.post(NEW, said | {"action": "preview"}).content.decode()
    assert "2, including 2 held right now, released at once" in tried
    assert not RoutingRule.objects.exists()
    kept = owner.post(NEW, said | {"action": "save"}, follow=True).content.decode()
    assert "Orders (Standard) go to Oslo. 2 held orders are on their way." in kept
    tasks.release_due()
    assert {release.warehouse for release in Release.objects.all()} == {oslo}
    assert "by the routing rule “Standard”" in owner.get(orders[0].get_absolute_url()).content.decode()
    assert owner.get(reverse("shipping:warehouses")).content.decode().count("1 routing rule") == 1

    # It is changed, and removed.
    rule = reverse("shipping:routing_rule", args=[RoutingRule.objects.get().pk])
    owner.post(rule, said | {"in_stock": "on", "warehouse": reno.pk, "action": "save"})
    changed = RoutingRule.objects.get()
    assert (changed.warehouse, changed.in_stock) == (reno, True)
    assert "Rules that test the stock are tried with today" in (
        owner.post(rule, {"action": "preview_remove"}).content.decode()
    )
    owner.post(rule, {"action": "remove"})
    assert not RoutingRule.objects.exists()
    kinds = Event.objects.filter(subject_kind="organization", kind__startswith="routing").order_by("pk")
    assert [each.kind.removeprefix("routing_rule.") for each in kinds] == ["kept", "kept", "removed"]


def test_checking_again_says_what_came_of_it(browse: Callable[..., Client], cart: Cart, reno: Warehouse) -> None:
    Route.objects.filter(cart=cart).update(by_rules=True)
    order = OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.UNROUTED)
    owner, again = browse(), {"action": "look_again"}

    assert "No routing rule fits any of them yet." in owner.post(ROUTING, again, follow=True).content.decode()
    RoutingRuleFactory(warehouse=reno)
    assert "1 held order is on its way." in owner.post(ROUTING, again, follow=True).content.decode()
    assert Order.objects.get(pk=order.pk).status == OrderStatus.NEW


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"country": "Atlantis"}, "is not a country we know"),
        ({"postal_prefix": "10"}, "Enter the country, too"),
        ({"warehouse": ""}, "Choose the warehouse these orders go to."),
        ({"cart": "999999"}, "isn&#x27;t offered any more"),
    ],
)
def test_a_rule_that_says_nonsense_is_refused(
    browse: Callable[..., Client], reno: Warehouse, said: dict[str, str], wrong: str
) -> None:
    answer = browse().post(NEW, {"warehouse": reno.pk, **said, "action": "save"})

    assert answer.status_code == 422
    assert wrong in answer.content.decode()
    assert not RoutingRule.objects.exists()


def test_the_warehouses_and_carts_of_others_are_not_offered(browse: Callable[..., Client], reno: Warehouse) -> None:
    theirs = make_portal_warehouse(OrganizationFactory(), "Theirs")

    assert browse().post(NEW, {"warehouse": theirs.pk, "action": "save"}).status_code == 422
    assert "Theirs" not in browse().get(NEW).content.decode()


def test_staff_look_at_rules_and_sellers_do_not(browse: Callable[..., Client], cart: Cart, reno: Warehouse) -> None:
    RoutingRuleFactory(warehouse=reno, service="FreeEconomy")
    staff, seller = browse(Role.STAFF), browse(Role.SELLER, merchant=cart.merchant)

    assert "FreeEconomy" in staff.get(ROUTING).content.decode()
    assert staff.post(ROUTING, {"action": "look_again"}).status_code == 403
    assert staff.get(NEW).status_code == 403
    assert seller.get(ROUTING).status_code == 404


def test_more_rules_and_carts_make_no_more_queries(
    browse: Callable[..., Client], cart: Cart, reno: Warehouse, django_assert_max_num_queries: Any
) -> None:
    owner = browse()

    def grow() -> None:
        for _ in range(3):
            more = CartFactory(merchant=MerchantFactory(organization=cart.organization))
            RoutingRuleFactory(warehouse=reno, cart=more, country="DE")
        owner.get(ROUTING)  # makes the routes of new carts

    grow()
    with CaptureQueriesContext(connection) as queries:
        owner.get(ROUTING)
    few = len(queries)
    grow()
    with django_assert_max_num_queries(few):
        owner.get(ROUTING)


def test_the_page_numbers_the_rules_as_they_are_asked_and_says_what_becomes_of_the_rest(
    browse: Callable[..., Client], acme: Organization, cart: Cart, reno: Warehouse
) -> None:
    Route.objects.filter(cart=cart).update(by_rules=True)
    namesake = CartFactory(merchant=MerchantFactory(organization=acme, name="Nordic Lamps"), name="Amazon.de")
    RoutingRuleFactory(warehouse=reno, country="DE")
    RoutingRuleFactory(warehouse=reno, country="DE", cart=namesake, in_stock=True)

    def rows() -> list[str]:
        page = browse().get(ROUTING).content.decode()
        table = page.partition("Routing rules in the order they are asked")[2].partition("</table>")[0]
        return [" ".join(strip_tags(row.replace("<", " <")).split()) for row in table.split("<tr>")[2:]]

    first, second, rest = rows()
    assert first.startswith(f"1 To DE, in stock there Only {namesake.full_name} Reno ▲ No cart asks it")
    assert second.startswith("2 To DE Reno Change")
    assert rest.startswith("3 All other orders Held Until a rule fits them Add a rule")

    RoutingRuleFactory(warehouse=reno)
    assert [row[:20] for row in rows()][2:] == ["3 All other orders R"]


def test_a_rule_for_what_is_held_is_begun_with_its_cart_and_country(
    browse: Callable[..., Client], acme: Organization, cart: Cart, reno: Warehouse
) -> None:
    Route.objects.filter(cart=cart).update(by_rules=True)
    berlin = Address(name="Jane Doe", line1="1 Way", city="Berlin", postal_code="10115", country="DE")
    for _ in range(3):
        OrderFactory(cart=cart, recipient=berlin)
    OrderFactory(cart=cart)
    tasks.release_due()
    owner = browse()

    most, least = owner.get(ROUTING).context["held_groups"]
    assert (most.count, most.country, most.reason, least.count) == (3, "DE", "No routing rule fits it", 1)
    begun = owner.get(most.url).context["form"]
    assert (begun["cart"].value(), begun["country"].value()) == (cart.pk, "DE")
    owner.post(most.url, {"cart": cart.pk, "country": "DE", "warehouse": reno.pk, "seen": "new", "action": "save"})
    assert [each.count for each in owner.get(ROUTING).context["held_groups"]] == [1]
    strange = CartFactory()
    assert owner.get(f"{NEW}?cart={strange.pk}&country=Atlantis").context["form"]["cart"].value() is None
    staff = browse(Role.STAFF)
    assert "Held orders" in staff.get(ROUTING).content.decode()
    assert NEW not in staff.get(ROUTING).content.decode()


def test_the_preview_shows_what_changes_before_what_no_rule_fits_anyway(
    browse: Callable[..., Client], cart: Cart, reno: Warehouse
) -> None:
    Route.objects.filter(cart=cart).update(by_rules=True)
    OrderFactory(cart=cart, placed_at=clock.now() - timedelta(days=3), is_prime=True, number="PRIME")
    OrderFactory(cart=cart, number="PLAIN")

    page = browse().post(NEW, {"prime": "yes", "warehouse": reno.pk, "action": "preview"})

    said = " ".join(strip_tags(page.content.decode().replace("<", " <")).split())
    assert "Reno 0 1 +1 No rule fits: held 2 1 −1" in said
    before, _, after = said.partition("Orders that no rule fits, now or then")
    assert "PRIME" in before
    assert "PLAIN" not in before
    assert "PLAIN" in after
    assert said.index("Save") < said.index("PRIME")
