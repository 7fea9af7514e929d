"""Pages of many choices that two people have open at once, or one in two tabs."""

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from shipping.models import CarrierCode, CartMethod, Route, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from tests.factories import CartFactory, MerchantFactory, OrganizationFactory, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CARRIERS = "/shipping/carriers/"


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory()


@pytest.fixture
def warehouse(acme: Organization) -> Warehouse:
    return make_portal_warehouse(acme, "Reno")


@pytest.fixture
def cart(acme: Organization, warehouse: Warehouse) -> Cart:
    return CartFactory(merchant=MerchantFactory(organization=acme), name="Amazon US")


@pytest.fixture
def owner(acme: Organization) -> Client:
    browser = Client()
    browser.force_login(make_person(acme))
    return browser


def address(cart: Cart) -> str:
    return reverse("shipping:methods", args=[cart.pk])


def rejecting(cart: Cart) -> None:
    Route.objects.filter(pk=routes_for([cart])[cart.pk].pk).update(reject_unmapped=True)


def shown(client: Client, url: str) -> dict[str, object]:
    """What the page would send, were it sent as it stands: with what it showed."""
    form = client.get(url).context["form"]
    values = {each.html_name: each.value() for each in form}
    return {name: value for name, value in values.items() if value is not False} | {
        each.html_initial_name: str(each.value()) for each in form
    }


def test_what_somebody_else_mapped_since_the_page_was_shown_stays(
    owner: Client, cart: Cart, warehouse: Warehouse
) -> None:
    air, ground = (warehouse.ship_methods.get(label=label) for label in ("UPS 2nd Day Air", "UPS Ground"))
    stale = shown(owner, address(cart))
    standard, second = (CartMethod.objects.get(cart=cart, name=name) for name in ("Standard", "SecondDay"))
    seen_since = CartMethod.objects.create(
        organization=cart.organization, merchant=cart.merchant, cart=cart, name="Scheduled", ship_method=air
    )
    CartMethod.objects.filter(pk=second.pk).update(ship_method=air)
    Route.objects.update(reject_unmapped=True, default_method=ground)

    owner.post(address(cart), stale | {f"method_{standard.pk}": ground.pk})

    for each in (standard, second, seen_since):
        each.refresh_from_db()
    assert (standard.ship_method, second.ship_method, seen_since.ship_method) == (ground, air, air)
    assert Route.objects.values_list("reject_unmapped", "default_method").get() == (True, ground.pk)


def test_the_page_brings_back_what_it_showed_through_the_dry_run(owner: Client, cart: Cart) -> None:
    sent = shown(owner, address(cart))

    answer = owner.post(address(cart), sent | {"reject": "on", "action": "preview"})

    posted = dict(answer.context["posted"])
    assert posted.items() >= {"reject": "on", "initial-reject": "False"}.items()
    owner.post(address(cart), posted | {"action": "save"})
    assert Route.objects.get().reject_unmapped


def test_what_was_checked_is_unchecked(owner: Client, cart: Cart) -> None:
    rejecting(cart)
    sent = shown(owner, address(cart))
    assert sent.pop("reject") is True

    owner.post(address(cart), sent)

    assert not Route.objects.get().reject_unmapped


def test_another_warehouses_default_that_somebody_chose_meanwhile_stays(
    owner: Client, acme: Organization, warehouse: Warehouse
) -> None:
    oslo = make_portal_warehouse(acme, "Oslo")
    ground, theirs = warehouse.ship_methods.get(label="UPS Ground"), oslo.ship_methods.get(label="UPS Ground")
    stale = shown(owner, reverse("shipping:rules"))
    Warehouse.objects.filter(pk=oslo.pk).update(default_method=theirs)

    owner.post(reverse("shipping:rules"), stale | {f"default_{warehouse.pk}": ground.pk})

    assert dict(Warehouse.objects.values_list("name", "default_method")) == {"Reno": ground.pk, "Oslo": theirs.pk}


def test_a_carrier_that_somebody_else_chose_a_code_for_meanwhile_keeps_it(
    owner: Client, acme: Organization, cart: Cart
) -> None:
    stale = shown(owner, CARRIERS)
    mine, theirs = CarrierCode.objects.get(carrier="FedEx"), CarrierCode.objects.get(carrier="UPS")
    CarrierCode.objects.filter(pk=theirs.pk).update(code="USPS")
    CarrierCode.objects.create(organization=acme, kind="amazon", carrier="Zeppelin", code="DPD")

    owner.post(CARRIERS, stale | {f"code_{mine.pk}": "TNT"})

    codes = dict(CarrierCode.objects.values_list("carrier", "code"))
    assert (codes["FedEx"], codes["UPS"], codes["Zeppelin"]) == ("TNT", "USPS", "DPD")
