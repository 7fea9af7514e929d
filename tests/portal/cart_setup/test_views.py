"""A cart's Setup as one form, and parting with a cart."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from carts.models import Cart, Grant
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.event_log import record
from core.activity.models import Event
from core.common import clock
from core.common.bell import Bell
from core.common.errands import ErrandState
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import CartMethod, Confirmation, Route, ShipMethod
from shipping.routing import routes_for
from tests.carts.conftest import SETTINGS
from tests.factories import (
    CartFactory,
    CartMethodFactory,
    ConfirmationFactory,
    OrderFactory,
    ReleaseFactory,
    RouteFactory,
    ShipMethodFactory,
    WarehouseFactory,
)
from tests.order_pages import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
Save = Callable[..., Any]


@pytest.fixture
def route(cart: Cart, method: ShipMethod) -> Route:
    return RouteFactory(cart=cart, warehouse=method.warehouse)


def fields(cart: Cart, **changes: Any) -> dict[str, Any]:
    """What the page's form sends, with these changes; None takes a field out, as an unchecked box."""
    route = routes_for([cart])[cart.pk]
    sent = {**SETTINGS, "name": cart.name, "warehouse": route.warehouse_id, "prime_method": route.prime_method_id or ""}
    sent |= {"reject_unmapped": "on" if route.reject_unmapped else None} | changes
    return {name: value for name, value in sent.items() if value is not None}


def save(client: Client, cart: Cart, **changes: Any) -> Any:
    return client.post(reverse("carts:settings", args=[cart.pk]), fields(cart, **changes), follow=True)


def held(cart: Cart, **about: Any) -> Order:
    return OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED, **about)


# -- One form, one save ------------------------------------------------------------------------------------------------
def test_cart_and_route_are_saved_at_once_and_the_events_name_what_changed(
    owner: Client, cart: Cart, route: Route, method: ShipMethod
) -> None:
    answer = save(owner, cart, name="Mugs US", prime_prefix="PRIME-", prime_method=method.pk, reject_unmapped="on")

    assert "The settings were saved." in answer.content.decode()
    cart.refresh_from_db()
    route.refresh_from_db()
    assert (cart.name, cart.prime_prefix) == ("Mugs US", "PRIME-")
    assert (route.prime_method, route.reject_unmapped) == (method, True)
    assert Event.objects.get(kind="cart.changed").details["fields"] == "order source name, Prime prefix"
    changed = Event.objects.get(kind="route.changed").details["fields"]
    assert changed == "hold orders without a ship method, ship Prime orders by"


def test_saving_without_a_change_writes_nothing_down(owner: Client, cart: Cart, route: Route) -> None:
    answer = save(owner, cart)

    assert "Nothing was changed." in answer.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize("wrong", ["PRI ME", "PRIME#", "é", "a/b", "ELEVENLONG-"])
def test_a_prefix_has_letters_digits_and_dashes_only(owner: Client, cart: Cart, route: Route, wrong: str) -> None:
    answer = save(owner, cart, prime_prefix=f"x{wrong}")

    assert answer.status_code == 422
    cart.refresh_from_db()
    assert cart.prime_prefix == ""


def test_a_prime_method_of_another_warehouse_is_taken_out_and_said(
    owner: Client, acme: Organization, cart: Cart, route: Route, method: ShipMethod
) -> None:
    oslo = WarehouseFactory(organization=acme, name="Oslo")
    Route.objects.filter(pk=route.pk).update(prime_method=method)

    refused = save(owner, cart, warehouse=oslo.pk, prime_method=method.pk)

    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "UPS Ground belongs to Reno, not Oslo, so it was removed." in shown
    assert f'<option value="{method.pk}" selected>' not in shown
    route.refresh_from_db()
    assert (route.warehouse, route.prime_method) == (method.warehouse, method)

    save(owner, cart, warehouse=oslo.pk, prime_method="")
    route.refresh_from_db()
    assert (route.warehouse, route.prime_method) == (oslo, None)


def test_mappings_to_the_warehouse_it_left_are_said_to_be_gone(
    owner: Client, acme: Organization, cart: Cart, route: Route, method: ShipMethod
) -> None:
    CartMethodFactory(cart=cart, name="Standard", ship_method=method)
    ReleaseFactory(order=OrderFactory(cart=cart, status=OrderStatus.AT_WMS), warehouse=method.warehouse)

    answer = save(owner, cart, warehouse=WarehouseFactory(organization=acme, name="Oslo").pk)

    assert "1 order stays at Reno. Only new ones go to Oslo." in answer.content.decode()

    assert "1 ship method was mapped to one of the previous warehouse. Map it again." in answer.content.decode()
    assert CartMethod.objects.get(cart=cart, name="Standard").ship_method is None


def test_a_warehouse_and_a_method_of_others_are_no_choice(owner: Client, cart: Cart, route: Route) -> None:
    assert save(owner, cart, warehouse=WarehouseFactory().pk).status_code == 422
    assert save(owner, cart, prime_method=ShipMethodFactory().pk).status_code == 422


def test_orders_flow_when_unmapped_ones_are_no_longer_held(
    owner: Client, cart: Cart, route: Route, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    save(owner, cart, reject_unmapped="on")
    orders = [held(cart, service="Standard"), held(cart, service="NextDay")]

    with django_capture_on_commit_callbacks() as rung:
        answer = save(owner, cart, reject_unmapped=None)

    assert "2 held orders are on their way." in answer.content.decode()
    assert Order.objects.filter(pk__in=[order.pk for order in orders], status=OrderStatus.NEW).count() == 2
    assert Bell.RELEASE_DUE in [call.args[0] for call in rung if hasattr(call, "args")]


def test_prime_orders_flow_when_they_get_a_method(owner: Client, cart: Cart, route: Route, method: ShipMethod) -> None:
    save(owner, cart, reject_unmapped="on")
    prime, other = held(cart, is_prime=True), held(cart)

    answer = save(owner, cart, prime_method=method.pk)

    assert "1 held order is on its way." in answer.content.decode()
    prime.refresh_from_db()
    other.refresh_from_db()
    assert (prime.status, other.status) == (OrderStatus.NEW, OrderStatus.HELD)


def test_staff_change_the_cart_and_not_where_its_orders_go(
    client_for: ClientFor, acme: Organization, cart: Cart, route: Route, method: ShipMethod
) -> None:
    staff = client_for(Role.STAFF)
    oslo = WarehouseFactory(organization=acme, name="Oslo")

    save(staff, cart, name="Mugs US", warehouse=oslo.pk, prime_prefix="X", prime_method=method.pk, reject_unmapped="on")

    cart.refresh_from_db()
    route.refresh_from_db()
    assert (cart.name, cart.prime_prefix) == ("Mugs US", "")
    assert (route.warehouse, route.prime_method, route.reject_unmapped) == (method.warehouse, None, False)
    shown = staff.get(reverse("carts:settings", args=[cart.pk])).content.decode()
    assert "Your role can't change the warehouse" in shown


def test_the_tabs_lead_to_the_pages_of_the_cart(owner: Client, cart: Cart) -> None:
    tabs = owner.get(cart.get_absolute_url()).context["tabs"]

    labels = ["Overview", "Settings", "Ship methods", "Filters", "Inventory", "Reconciliation", "History"]
    assert [tab.label for tab in tabs] == labels
    for tab in tabs:
        page = owner.get(tab.url)
        assert page.status_code == 200
        assert f'<a href="{tab.url}" aria-current="page">{tab.label}</a>' in page.content.decode()


def test_the_page_says_when_the_authorization_lapses_and_warns_in_time(owner: Client, cart: Cart) -> None:
    assert cart.grant
    Cart.objects.filter(pk=cart.pk).update(store_name="Blue Mugs & More")
    for gone, tone in ((10, "calm"), (310, "warn"), (359, "bad")):
        Grant.objects.filter(pk=cart.grant.pk).update(authorized_at=cart.grant.authorized_at - timedelta(days=gone))
        shown = owner.get(cart.get_absolute_url()).content.decode()
        left = 365 - gone
        assert re.search(rf'<span class="pill tone-{tone}">.*?{left} days left</span>', shown, re.DOTALL)
        assert f"{left} days left" in owner.get(reverse("carts:carts")).content.decode()
    assert "Blue Mugs &amp; More" in shown


def test_the_page_notices_an_authorization_given_elsewhere(owner: Client, cart: Cart) -> None:
    Grant.objects.filter(carts=cart).update(state=Grant.State.ENDED)
    address = reverse("carts:state", args=[cart.pk])
    assert f"{address}?asked=1" in owner.get(cart.get_absolute_url()).content.decode()
    waits = owner.get(address, {"asked": 1}).content.decode()
    tired = [owner.get(address, {"asked": asked}).content.decode() for asked in ("120", "²", "")]

    Grant.objects.filter(carts=cart).update(state=Grant.State.CONNECTED)
    done = owner.get(address, {"asked": 2}).content.decode()

    assert "?asked=2" in waits
    assert not any("hx-get" in each for each in tired)
    assert "has authorized us" not in waits
    assert "has authorized us" in done
    assert "hx-get" not in done


# -- Parting -----------------------------------------------------------------------------------------------------------
def test_before_and_after_disconnecting_people_see_what_is_owed(owner: Client, cart: Cart, route: Route) -> None:
    for status in (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.AT_WMS, OrderStatus.CONFIRMED):
        OrderFactory(cart=cart, status=status)
    address = reverse("carts:disconnect", args=[cart.pk])

    before = owner.get(address).content.decode()
    cart.refresh_from_db()
    assert cart.state == Cart.State.LIVE
    after = owner.post(address, follow=True).content.decode()

    cart.refresh_from_db()
    assert cart.state == Cart.State.DISCONNECTED
    for shown in (before, after):
        assert "2 orders not with the warehouse yet" in shown
        assert f"?tab=wms&amp;cart={cart.pk}" in shown
        assert "1 order at the warehouse" in shown
        assert "to send" not in shown
    assert "Disconnected" in after
    assert "1. Grant us API access" in after
    assert "not connected, so nothing was changed" in owner.post(address, follow=True).content.decode()


def test_a_live_cart_is_not_archived_by_hand(owner: Client, cart: Cart, route: Route) -> None:
    address = reverse("carts:archive", args=[cart.pk])

    assert owner.get(address)["location"] == cart.get_absolute_url()
    assert "is live. Pause or disconnect it first." in owner.post(address, follow=True).content.decode()


def test_an_archived_cart_is_kept_under_archived_and_can_only_be_looked_at(
    owner: Client, cart: Cart, route: Route
) -> None:
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.PAUSED)
    order = OrderFactory(cart=cart)
    address = reverse("carts:archive", args=[cart.pk])
    assert "1 order not with the warehouse yet" in owner.get(address).content.decode()

    owner.post(address)

    carts = reverse("carts:carts")
    assert cart.get_absolute_url() not in owner.get(carts).content.decode()
    assert cart.get_absolute_url() in owner.get(carts, {"tab": "archived"}).content.decode()
    shown = owner.get(cart.get_absolute_url()).content.decode()
    assert "This cart is archived." in shown
    assert "Save settings" not in shown
    assert owner.get(order.get_absolute_url()).status_code == 200
    save(owner, cart, name="Changed")
    for button in ("test", "ok", "pause", "resume", "download", "disconnect", "archive"):
        owner.post(reverse(f"carts:{button}", args=[cart.pk]))
    cart.refresh_from_db()
    assert (cart.state, cart.name, cart.checks) == (Cart.State.ARCHIVED, "Amazon US", [])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
@pytest.mark.parametrize("name", ["disconnect", "archive"])
def test_who_may_not_connect_parts_with_nothing(client_for: ClientFor, cart: Cart, role: Role, name: str) -> None:
    browser = client_for(role, merchant=cart.merchant if role == Role.SELLER else None)
    address = reverse(f"carts:{name}", args=[cart.pk])

    assert (browser.get(address).status_code, browser.post(address).status_code) == (403, 403)


def test_more_orders_ask_the_database_no_more_often(
    owner: Client, cart: Cart, route: Route, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        OrderFactory(cart=cart)
        CartFactory(merchant=cart.merchant, place_id=f"X{_}", grant=cart.grant)
    Cart.objects.exclude(pk=cart.pk).update(place_id="A1PA6795UKMFR9", state=Cart.State.ARCHIVED)
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.DISCONNECTED)

    with django_assert_max_num_queries(24):
        owner.get(cart.get_absolute_url())


def test_a_seller_sees_their_authorization_and_no_settings_of_the_warehouse(
    client_for: ClientFor, cart: Cart, route: Route, method: ShipMethod
) -> None:
    Route.objects.filter(pk=route.pk).update(prime_method=method)

    shown = client_for(Role.SELLER, merchant=cart.merchant).get(cart.get_absolute_url()).content.decode()

    assert "Your authorization" in shown
    assert reverse("carts:grant", args=[cart.pk]) in shown
    assert "</option>" not in shown
    assert method.label not in shown


# -- Step by step, then how it is doing --------------------------------------------------------------------------------
def test_of_the_three_steps_the_next_one_stands_open(owner: Client, cart: Cart) -> None:
    def open_steps() -> list[str]:
        page = owner.get(cart.get_absolute_url()).content.decode()
        return re.findall(r'<details class="card step" id="([\w-]+)" open>', page)

    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.SETUP, live_at=None, grant=None, checks=[])
    assert open_steps() == ["step-1"]

    Cart.objects.filter(pk=cart.pk).update(grant=cart.grant)
    assert open_steps() == ["test"]

    passed = {"name": "Orders", "passed": True, "known": True, "away": False, "essential": True}
    checks = [{**passed, "outcome": "Orders can be read.", "remedy": ""}]
    Cart.objects.filter(pk=cart.pk).update(checks=checks, checked_at=clock.now())
    assert open_steps() == ["step-3"]


def test_an_ended_authorization_offers_the_setup_link_first(owner: Client, cart: Cart) -> None:
    Grant.objects.update(state=Grant.State.ENDED, ended_at=clock.now())

    page = owner.get(cart.get_absolute_url()).content.decode()

    assert page.index("Send setup link") < page.index("Grant us API access")


def test_each_service_says_what_it_did_last_and_what_it_owes(owner: Client, cart: Cart) -> None:
    now = clock.now()
    Cart.objects.filter(pk=cart.pk).update(inventory_on=False, live_at=now - timedelta(days=1))
    Grant.objects.update(pulled_at=now - timedelta(minutes=4))
    for number in range(2):
        ConfirmationFactory(package__order=OrderFactory(cart=cart, number=f"1-{number}"), state=ErrandState.DUE)

    orders, shipments, inventory = owner.get(cart.get_absolute_url()).context["services"]

    assert (orders.state[0], orders.last_at) == ("Done", now - timedelta(minutes=4))
    assert shipments.state[0] == "Sending"
    assert shipments.result == "2 packages are waiting to be told."
    assert inventory.state[0] == "Turned off"


def test_what_waits_is_sent_before_its_turn_and_pressing_again_rests(owner: Client, cart: Cart) -> None:
    later = clock.now() + timedelta(minutes=50)
    Cart.objects.filter(pk=cart.pk).update(live_at=clock.now(), shipments_due_at=later)
    order = OrderFactory(cart=cart, number="1-1")
    waits = ConfirmationFactory(package__order=order, cart=cart, state=ErrandState.DUE, due_at=later)
    page = owner.get(cart.get_absolute_url()).content.decode()
    assert "Send now" in page

    address = reverse("shipping:send", args=[cart.pk])
    said = owner.post(address, follow=True).content.decode()
    again = owner.post(address, follow=True).content.decode()

    waits.refresh_from_db()
    assert waits.due_at <= clock.now()
    assert "1 package is being sent now." in said
    assert "We are sending already" in again
    waits.reopen(now=clock.now())
    Confirmation.objects.finish()
    assert "Send now" not in owner.get(cart.get_absolute_url()).content.decode()


def test_a_refused_package_is_what_the_shipment_upload_shows_first(owner: Client, cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(live_at=clock.now() - timedelta(days=1))
    OrderFactory(cart=cart, status=OrderStatus.ERROR, shipped_at=clock.now())

    shipments = owner.get(cart.get_absolute_url()).context["services"][1]

    assert shipments.state == ("Needs attention", "bad")
    assert shipments.result.startswith("1 order was refused.")
    assert owner.get(shipments.url).context["listing"].total == 1


def test_orders_a_day_are_drawn_and_stand_beside_it_as_figures(owner: Client, cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(live_at=clock.now() - timedelta(days=1))
    for days in (0, 1, 1, 20):
        OrderFactory(cart=cart, placed_at=clock.now() - timedelta(days=days))

    sold = owner.get(cart.get_absolute_url()).context["sold"]

    assert [bar.number for bar in sold.days] == [0] * 12 + [2, 1]
    assert sold.total == 3


def test_a_cart_is_live_since_it_first_was_and_says_when_it_resumed(owner: Client, cart: Cart) -> None:
    began, resumed = clock.now() - timedelta(hours=5), clock.now()
    for at in (began, resumed):
        record("cart.turned_on", cart, now=at)
    Cart.objects.filter(pk=cart.pk).update(live_at=resumed)

    answer = owner.get(reverse("carts:cart", args=[cart.pk]))

    assert answer.context["live_since"] == began
    assert ", resumed" in answer.content.decode()
