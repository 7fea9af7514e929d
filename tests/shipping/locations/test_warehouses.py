"""Settings, Warehouses: one more, its address, and one that nothing goes to any more."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Organization
from core.activity.models import Event
from shipping.models import Route, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LIST = "/shipping/warehouses/"
RENO = {
    "name": "Reno",
    "line1": "1 Lake Street",
    "line2": "",
    "city": "Reno",
    "state": "NV",
    "postal_code": "89501",
    "country": "United States",
}


@pytest.fixture
def acme() -> Organization:
    return factories.OrganizationFactory()


@pytest.fixture
def reno(acme: Organization) -> Warehouse:
    return make_portal_warehouse(acme, "Reno")


@pytest.fixture
def desk(acme: Organization) -> Client:
    client = Client()
    client.force_login(factories.make_person(acme))
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def cart_of(acme: Organization, **fields: Any) -> Any:
    return factories.CartFactory(merchant__organization=acme, **fields)


def test_a_second_warehouse_is_added_with_its_first_ship_methods(desk: Client, reno: Warehouse) -> None:
    answer = desk.post(f"{LIST}new/", {**RENO, "name": "Oslo", "country": "no"}, follow=True)

    oslo = Warehouse.objects.get(name="Oslo")
    assert "Oslo was added" in text(answer)
    assert oslo.address_lines == ["1 Lake Street", "Reno NV 89501", "NO"]
    assert oslo.ship_methods.exists()
    assert Event.objects.get(kind="warehouse.added").details == {"name": "Oslo"}
    cart = cart_of(oslo.organization)
    assert "Oslo" in text(desk.get(reverse("carts:settings", args=[cart.pk])))


def test_a_warehouse_gets_its_address(desk: Client, reno: Warehouse) -> None:
    desk.post(f"{LIST}{reno.pk}/", RENO)

    reno.refresh_from_db()
    assert reno.address_lines == ["1 Lake Street", "Reno NV 89501", "US"]
    assert Event.objects.get(kind="warehouse.changed").details == {"name": "Reno", "fields": "address"}
    assert "1 Lake Street" in text(desk.get(LIST))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "oslo"}, "There is already a warehouse called"),
        ({"name": ""}, "Enter the warehouse&#x27;s name."),
        ({"country": "Narnia"}, "“Narnia” is not a country we know."),
    ],
)
def test_what_is_wrong_is_said(desk: Client, reno: Warehouse, fields: dict[str, str], said: str) -> None:
    make_portal_warehouse(reno.organization, "Oslo")

    for address in (f"{LIST}{reno.pk}/", f"{LIST}new/"):
        answer = desk.post(address, {**RENO, **fields})
        assert (answer.status_code, said in text(answer)) == (422, True), address


def test_an_archived_warehouse_is_offered_nowhere_and_comes_back(desk: Client, reno: Warehouse) -> None:
    oslo = make_portal_warehouse(reno.organization, "Oslo")
    cart = cart_of(reno.organization)
    routes_for([cart])

    assert "Oslo is archived." in text(desk.post(f"{LIST}{oslo.pk}/archive/", follow=True))

    for address in (reverse("carts:settings", args=[cart.pk]), reverse("shipping:shipping"), reverse("shipping:rules")):
        assert "Oslo" not in text(desk.get(address)), address
    assert "Oslo" in text(desk.get(LIST))
    desk.post(f"{LIST}{oslo.pk}/restore/")
    assert "Oslo" in text(desk.get(reverse("shipping:shipping")))
    assert list(Event.objects.filter(kind__startswith="warehouse.").values_list("kind", flat=True)) == [
        "warehouse.archived",
        "warehouse.restored",
    ]


def test_a_warehouse_that_a_cart_sends_to_is_not_archived(desk: Client, reno: Warehouse) -> None:
    make_portal_warehouse(reno.organization, "Oslo")
    cart = cart_of(reno.organization, name="Amazon.com")
    routes_for([cart])

    answer = desk.post(f"{LIST}{reno.pk}/archive/", follow=True)

    assert "It gets the orders of Amazon.com." in text(answer)
    assert Warehouse.objects.in_use().filter(pk=reno.pk).exists()


def test_a_warehouse_with_orders_on_the_bench_is_not_archived(desk: Client, reno: Warehouse) -> None:
    oslo = make_portal_warehouse(reno.organization, "Oslo")
    order = factories.OrderFactory(cart=cart_of(reno.organization))
    factories.ReleaseFactory(order=order, warehouse=reno)
    routes_for([order.cart])
    Route.objects.filter(cart=order.cart).update(warehouse=oslo)

    answer = desk.post(f"{LIST}{reno.pk}/archive/", follow=True)

    assert "1 unshipped order is still there" in text(answer)


def test_the_only_warehouse_is_not_archived(desk: Client, reno: Warehouse) -> None:
    answer = desk.post(f"{LIST}{reno.pk}/archive/", follow=True)

    assert "It is the only warehouse" in text(answer)


def test_a_new_cart_goes_to_a_warehouse_in_use(desk: Client, reno: Warehouse) -> None:
    oslo = make_portal_warehouse(reno.organization, "Oslo")
    desk.post(f"{LIST}{reno.pk}/archive/")

    assert routes_for([cart := cart_of(reno.organization)])[cart.pk].warehouse == oslo


def test_a_carts_pages_lead_to_the_ship_methods_of_its_own_warehouse(desk: Client, reno: Warehouse) -> None:
    make_portal_warehouse(reno.organization, "Oslo")
    cart = cart_of(reno.organization)
    routes_for([cart])

    page = text(desk.get(reverse("shipping:methods", args=[cart.pk])))
    wanted = f"{reverse('shipping:shipping')}?warehouse={reno.pk}"

    assert wanted in page
    assert "Oslo" not in text(desk.get(wanted))
    assert "Only showing the ship methods of Reno." in text(desk.get(wanted))


def test_the_list_takes_no_more_queries_for_more_warehouses(
    desk: Client, reno: Warehouse, django_assert_max_num_queries: Any
) -> None:
    for name in ("Oslo", "Lyon", "Bonn", "Bath"):
        routes_for([cart_of(reno.organization)])
        make_portal_warehouse(reno.organization, name)

    with django_assert_max_num_queries(14):
        desk.get(LIST)


def test_a_warehouse_whose_wms_calls_us_says_how_to_connect(desk: Client, acme: Organization, reno: Warehouse) -> None:
    answer = desk.post(f"{LIST}new/", {**RENO, "name": "Oslo", "country": "no", "kind": "api"}, follow=True)

    oslo = Warehouse.objects.get(name="Oslo")
    assert oslo.kind == "api"
    assert answer.redirect_chain[-1][0] == reverse("shipping:warehouse", args=[oslo.pk])
    assert f"wh_{oslo.pk}" in text(answer)
    assert "/api/v1</code>" in text(answer)
    assert "Claimed, not acknowledged yet" in text(answer)
    assert "Claimed, not acknowledged yet" not in text(desk.get(reverse("shipping:warehouse", args=[reno.pk])))
