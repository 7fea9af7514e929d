"""What Amazon is told for what the warehouses call a carrier."""

import pytest
from django.test import Client
from django.utils.html import escape

from carts import connections
from carts.marketplaces.amazon.adapter import Amazon
from carts.marketplaces.amazon.carriers import CODES, OTHER
from carts.marketplaces.values import SentPackage
from core.accounts.access import Role
from core.activity.models import Event
from core.common.errands import ErrandState
from orders.models import OrderStatus
from shipping.carriers.carrier_codes import Carrier, choose, codes_for, list_carriers
from shipping.confirmation import fulfillment_feed
from shipping.confirmation.dispatches import dispatch
from shipping.models import CarrierCode, Confirmation, Package, Warehouse
from shipping.shipments.shipped_packages import Parcel
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrganizationFactory,
    PackageFactory,
    ShipMethodFactory,
    make_person,
)
from tests.world import World

pytestmark = pytest.mark.django_db
MULE = "Mule & Sons"
ADDRESS = "/shipping/carriers/"


def carrier(world: World, name: str) -> Carrier:
    return next(each for each in list_carriers(world.organization) if each.kept.carrier == name)


def ship_by_mule(world: World) -> Package:
    order = world.at_warehouse()
    world.ship(order, parcels=[Parcel(MULE, "MULE", "Cart", "M-1")])
    found: Package = Package.objects.select_related("order__cart", "shipment").get(order=order)
    return found


def said_to_amazon(world: World) -> dict[str, object]:
    told = world.told()[-1]
    return {name: told.get(name) for name in ("carrier", "carrier_code")}


# -- Telling -----------------------------------------------------------------------------------------------------------
def test_a_carrier_nobody_chose_a_code_for_is_told_by_its_name(world: World) -> None:
    ship_by_mule(world)
    world.confirm()

    assert said_to_amazon(world) == {"carrier": MULE, "carrier_code": OTHER}
    assert CarrierCode.objects.get(carrier=MULE).seen_at == world.now


def test_a_chosen_code_is_what_amazon_is_told(world: World) -> None:
    package = ship_by_mule(world)
    choose(carrier_seen(world, package), "DPD", "", by=world.person, now=world.now)

    world.confirm()

    assert said_to_amazon(world) == {"carrier": "DPD", "carrier_code": "DPD"}


def test_a_name_chosen_for_the_buyer_goes_with_the_code_of_all_others(world: World) -> None:
    package = ship_by_mule(world)
    choose(carrier_seen(world, package), OTHER, "The Mule", by=world.person, now=world.now)

    world.confirm()

    assert said_to_amazon(world) == {"carrier": "The Mule", "carrier_code": OTHER}


def carrier_seen(world: World, package: Package) -> Carrier:
    codes_for([package], now=world.now)
    return carrier(world, package.carrier)


def test_one_organizations_choice_is_not_anothers(world: World) -> None:
    package = ship_by_mule(world)
    CarrierCode.objects.create(organization=OrganizationFactory(), kind="amazon", carrier=MULE, code="DPD")

    assert dispatch(package).carrier_code == ""


def test_a_feed_tells_the_same_with_one_query_for_all_codes(world: World) -> None:
    package = ship_by_mule(world)
    choose(carrier_seen(world, package), "GLS", "", by=world.person, now=world.now)
    fulfillment_feed._make(world.cart, list(Confirmation.objects.values_list("pk", flat=True)), world.now)
    feed = Confirmation.objects.get(package=package).feed
    assert feed is not None

    assert [told.carrier_code for told in fulfillment_feed._messages(feed, world.now).values()] == ["GLS"]


@pytest.mark.parametrize(("shown", "same"), [("DPD", True), ("dpd uk", True), ("UPS", False), (MULE, False)])
def test_what_amazon_shows_is_compared_with_what_it_was_told(world: World, shown: str, same: bool) -> None:
    package = ship_by_mule(world)
    choose(carrier_seen(world, package), "DPD", "", by=world.person, now=world.now)
    assert world.cart.grant is not None

    with connections.marketplace(world.cart.grant) as marketplace:
        wrong = marketplace.compare(dispatch(package), SentPackage("1", shown, "M-1"))

    assert (not wrong) is same


def test_a_changed_code_sends_refused_trackings_again(world: World) -> None:
    package = ship_by_mule(world)
    seen = carrier_seen(world, package)
    package.order.advance(frm=[OrderStatus.SHIPPED], to=OrderStatus.ERROR, now=world.now, reason="Tracking was refused")
    Confirmation.objects.filter(package=package).update(state=ErrandState.STUCK, last_error="No such carrier.")
    other = PackageFactory(shipment__order__cart=world.cart)
    still = Confirmation.objects.create(
        organization=other.organization,
        merchant=other.merchant,
        package=other,
        cart=world.cart,
        state=ErrandState.STUCK,
        due_at=world.now,
        due_by=world.now,
    )

    again = choose(seen, "UPS", "", by=world.person, now=world.now)
    world.confirm()

    assert [told.package for told in again] == [package]
    assert world.order(package.order.number).status == OrderStatus.CONFIRMED
    assert Event.objects.filter(kind="order.sent_again", subject_id=package.order_id).exists()
    still.refresh_from_db()
    assert still.state == ErrandState.STUCK


# -- The page ----------------------------------------------------------------------------------------------------------
def client(world: World, role: Role = Role.OWNER) -> Client:
    browser = Client()
    seller_of = world.merchant if role == Role.SELLER else None
    browser.force_login(make_person(world.organization, role, merchant=seller_of))
    return browser


def test_the_carriers_of_ship_methods_are_listed_before_the_first_package(world: World) -> None:
    ShipMethodFactory(warehouse=Warehouse.objects.get(organization=world.organization), carrier=MULE)
    CartFactory(
        kind="csv", place_id="csv", grant=None, merchant=world.merchant
    )  # its client gets the warehouse's own words

    shown = client(world).get(ADDRESS).content.decode()

    assert "What Amazon is told for each carrier name your warehouses use" in shown
    assert "CSV files" not in shown
    assert "Some carriers are sent by name only" in shown
    assert "Matched by name: UPS" in shown
    assert "Not recognized: sent by name" in shown


def test_a_code_is_chosen_on_the_page(world: World) -> None:
    package = ship_by_mule(world)
    kept = carrier_seen(world, package).kept
    Confirmation.objects.filter(package=package).update(state=ErrandState.STUCK)

    answer = client(world).post(
        ADDRESS,
        {f"code_{each.kept.pk}": "" for each in list_carriers(world.organization)} | {f"code_{kept.pk}": "TNT"},
        follow=True,
    )

    kept.refresh_from_db()
    assert kept.code == "TNT"
    assert "1 refused tracking number is being sent again" in answer.content.decode()
    assert Confirmation.objects.get(package=package).state == ErrandState.DUE


def test_a_name_written_for_an_unknown_carrier_is_what_the_buyer_sees(world: World) -> None:
    package = ship_by_mule(world)
    kept = carrier_seen(world, package).kept

    client(world).post(ADDRESS, {f"code_{kept.pk}": "", f"name_{kept.pk}": "The Mule"})

    kept.refresh_from_db()
    assert (kept.code, kept.name) == (OTHER, "The Mule")


def test_a_code_that_is_not_on_our_list_is_kept_with_a_warning_and_told(world: World) -> None:
    """The list ages, and must not close the way out."""
    package = ship_by_mule(world)
    kept = carrier_seen(world, package).kept

    answer = client(world).post(
        ADDRESS, {f"code_{kept.pk}": " Pigeon  Post ", f"name_{kept.pk}": "The Pigeon"}, follow=True
    )
    world.confirm()

    shown = answer.content.decode()
    assert "Not on the list we know: “Pigeon Post”. The marketplace may show it as Other." in shown
    assert "Not on the list we know: Amazon may show it as Other" in shown
    kept.refresh_from_db()
    assert (kept.code, kept.name) == ("Pigeon Post", "The Pigeon")
    assert said_to_amazon(world)["carrier_code"] == "Pigeon Post"
    assert world.order(package.order.number).status == OrderStatus.CONFIRMED


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("PUROLATOR", "PUROLATOR"),
        ("Purolator", "PUROLATOR"),
        ("royal-mail", "Royal Mail"),
        ("yurtici kargo", "Yurtiçi Kargo"),
        ("SENDLE", "SENDLE"),
        ("other", OTHER),
    ],
)
def test_a_code_is_kept_as_amazon_spells_it(world: World, entered: str, kept: str) -> None:
    code = carrier(world, "UPS").kept

    answer = client(world).post(ADDRESS, {f"code_{code.pk}": entered}, follow=True)

    code.refresh_from_db()
    assert code.code == kept
    assert "Not on the list we know" not in answer.content.decode()


def test_every_code_of_the_list_can_be_chosen_and_the_list_stands_on_the_page_once(world: World) -> None:
    shown = client(world).get(ADDRESS).content.decode()

    assert shown.count('<option value="PUROLATOR">') == 1
    assert all(f'<option value="{escape(code)}">' in shown for code in CODES)


def test_a_package_by_purolator_is_told_by_its_own_code(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order, parcels=[Parcel("Purolator", "", "Express", "332 745 600 123")])

    world.confirm()

    assert said_to_amazon(world) == {"carrier": "PUROLATOR", "carrier_code": "PUROLATOR"}
    assert world.told()[-1]["tracking"] == "332745600123"
    assert world.confirmation(order).seen_at or world.order(order.number).status == OrderStatus.CONFIRMED


def test_who_may_not_map_may_look_and_sellers_find_nothing(world: World) -> None:
    ship_by_mule(world)

    assert b"<datalist" not in client(world, Role.VIEWER).get(ADDRESS).content
    assert client(world, Role.VIEWER).post(ADDRESS, {}).status_code == 403
    assert client(world, Role.SELLER).get(ADDRESS).status_code == 404


def test_another_organizations_carriers_are_not_listed(world: World) -> None:
    CarrierCode.objects.create(organization=MerchantFactory().organization, kind="amazon", carrier="Zeppelin")
    CartFactory(merchant=world.merchant)

    assert "Zeppelin" not in client(world).get(ADDRESS).content.decode()


def test_every_code_is_found_by_its_own_name() -> None:
    assert {code for code in CODES if Amazon.guess_carrier(code) == OTHER} == set()
    assert Amazon.guess_carrier(MULE) == OTHER


def test_many_carriers_come_by_pages_and_each_page_is_saved_by_itself(world: World) -> None:
    CarrierCode.objects.bulk_create(
        CarrierCode(organization=world.organization, kind="amazon", carrier=f"Mule {number:03}")
        for number in range(120)
    )
    browser = client(world)

    shown: list[str] = []
    address = ADDRESS
    while address:
        page = browser.get(address)
        shown += [carrier.kept.carrier for carrier in page.context["form"].carriers]
        last, address = address, page.context["listing"].query_older and ADDRESS + page.context["listing"].query_older
    kept = page.context["form"].carriers[-1].kept
    answer = browser.post(last, {f"code_{kept.pk}": "TNT"})

    assert shown == sorted(set(shown))
    assert len(shown) >= 120
    assert answer.headers["Location"] == last
    assert list(CarrierCode.objects.filter(code="TNT").values_list("pk", flat=True)) == [kept.pk]


def test_two_people_who_choose_for_the_same_carrier_are_told(world: World) -> None:
    kept = carrier(world, "UPS").kept
    field = f"code_{kept.pk}"
    client(world).post(ADDRESS, {field: "TNT", f"initial-{field}": ""})

    refused = client(world).post(ADDRESS, {field: "DHL", f"initial-{field}": ""})
    again = {field: "DHL", f"initial-{field}": refused.context["form"].data[f"initial-{field}"]}

    assert refused.status_code == 422
    assert "Somebody else changed this after you opened the page" in refused.content.decode()
    kept.refresh_from_db()
    assert kept.code == "TNT"
    client(world).post(ADDRESS, again)
    kept.refresh_from_db()
    assert kept.code == "DHL"
