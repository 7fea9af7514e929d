"""A tracking number comes in by many doors and in many spellings, and is one: kept, compared, found and told so."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from core.activity.models import Event
from orders.models import Order
from shipping.carriers.tracking_numbers import ups_number
from shipping.close.preflight import preflight
from shipping.close.ship_and_close import Closing
from shipping.models import Package
from shipping.shipments import shipped_packages
from shipping.shipments.shipped_packages import Parcel
from tests.factories import PackageFactory
from tests.journeys.staff import CLOSE, filled_in, staff
from tests.world import World

__all__ = ["staff"]  # a fixture
NUMBER = "9205590141079401000009"
PASTED = "9205 5901 4107 9401 0000 09"
SCANNED = f"42090210\x1d{NUMBER}"
USPS = {"carrier": "USPS", "scac": "", "service": "Ground Advantage"}


def numbers(world: World) -> list[str]:
    return [entry["tracking"] for entry in world.told()]


@pytest.mark.parametrize(
    "typed", [PASTED, SCANNED, "９２０５５９０１４１０７９４０１００００09", f"\u200b{NUMBER}\u00a0"]
)
def test_it_is_kept_and_told_in_its_carriers_form(world: World, staff: Client, typed: str) -> None:
    order = world.at_warehouse()

    staff.post(CLOSE, filled_in(world, [order]) | USPS | {f"tracking_{order.pk}": typed})
    world.confirm()

    assert Package.objects.get(order=order).tracking_number == NUMBER
    assert numbers(world) == [NUMBER]
    assert world.order(order.number).reason == "Tracking sent"


def test_a_pasted_column_and_a_package_with_a_carrier_of_its_own_are_put_into_form(world: World, staff: Client) -> None:
    first, second = world.at_warehouse(), world.at_warehouse()
    form = filled_in(world, [first, second]) | {"column": f"{ups_number('999AA1', 7).lower()}\n{PASTED}", "spread": "1"}
    own = {f"packages_{second.pk}": "1", f"carrier_{second.pk}": "USPS"}

    filled = staff.post(CLOSE, form | own).context["dialog"]
    typed = {f"tracking_{order.pk}": filled.said[f"tracking_{order.pk}"] for order in (first, second)}
    answer = staff.post(CLOSE, filled_in(world, [first, second]) | own | typed)

    assert answer.status_code == 302
    kept = dict(Package.objects.values_list("order", "tracking_number"))
    assert kept == {first.pk: ups_number("999AA1", 7), second.pk: NUMBER}
    assert Package.objects.get(order=second).scac == ""  # UPSN is the other carrier's


def test_the_number_of_another_order_is_seen_in_any_spelling(world: World, staff: Client) -> None:
    shipped, order = world.at_warehouse(), world.at_warehouse()
    world.ship(shipped, parcels=[Parcel("USPS", "USPS", "Ground", PASTED)])

    page = staff.post(CLOSE, filled_in(world, [order]) | USPS | {f"tracking_{order.pk}": SCANNED})

    assert [each.message for each in page.context["dialog"].warnings] == [
        f"Order {shipped.number} was shipped with this tracking number. Continue if both orders are in one box."
    ]


def test_one_number_in_two_spellings_on_one_form_is_said_twice(world: World, staff: Client) -> None:
    first, second = world.at_warehouse(), world.at_warehouse()
    typed = {f"tracking_{first.pk}": PASTED, f"tracking_{second.pk}": NUMBER}

    page = staff.post(CLOSE, filled_in(world, [first, second]) | USPS | typed)

    assert [each.message for each in page.context["dialog"].warnings] == [
        f"This tracking number is already used for {first.number}. Continue if both orders are in one box."
    ]


def test_the_same_parcel_said_again_in_another_spelling_ships_nothing_twice(world: World, staff: Client) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    line = order.lines.get()
    world.ship(order, parcels=[Parcel("USPS", "", "Ground", PASTED, {line.pk: 1})])
    again = Closing(order, [Parcel("USPS", "", "Ground", SCANNED, {line.pk: 1})], world.now)

    assert preflight([again], now=world.now) == []
    world.ship(order, parcels=again.parcels)

    assert Package.objects.filter(order=order).count() == 1


def test_a_warehouse_that_reports_the_barcode_reports_the_same_parcel(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    line = order.lines.get()
    said = [Parcel("USPS", "USPS", "Ground", number, {line.pk: 1}) for number in (NUMBER, SCANNED)]

    stored = [
        shipped_packages.store_shipment(order, [each], shipped_at=world.now, by=None, now=world.now) for each in said
    ]

    assert stored[0] is not None
    assert stored[1] is None


def test_a_correction_is_put_into_form_and_another_spelling_is_no_correction(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", ups_number("999AA1", 1))])
    package = Package.objects.get(order=order)
    address = reverse("shipping:correct", args=[package.pk])

    staff.post(address, USPS | {"tracking_number": PASTED})
    again = staff.post(address, USPS | {"tracking_number": SCANNED}, follow=True)

    package.refresh_from_db()
    assert (package.carrier, package.scac, package.tracking_number) == ("USPS", "", NUMBER)
    assert "the package is just so already" in again.content.decode()
    assert Event.objects.filter(kind="package.corrected").count() == 1


@pytest.mark.parametrize("asked", [NUMBER, PASTED, SCANNED, "9205 5901 4107", "92055901-41079401"])
def test_the_list_finds_it_however_it_is_asked_for(world: World, staff: Client, asked: str) -> None:
    order = world.at_warehouse()
    world.at_warehouse()
    world.ship(order, parcels=[Parcel("USPS", "", "Ground", SCANNED)])

    found = staff.get("/orders/", {"tab": "all", "q": asked}).context["listing"].rows

    assert [each.number for each in found] == [order.number]


def test_numbers_kept_before_are_put_into_form_where_nothing_else_has_it(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order, parcels=[Parcel("USPS", "", "Ground", "1")])
    old = Package.objects.get(order=order)
    Package.objects.filter(pk=old.pk).update(tracking_number=PASTED)
    twice = PackageFactory(shipment=old.shipment, carrier="USPS", tracking_number=SCANNED)
    odd = PackageFactory(shipment=old.shipment, carrier="Mule", tracking_number="BOX 7 of 12")

    import_module("shipping.migrations.0004_tracking_form").put_in_form(apps, None)

    kept = dict(Package.objects.values_list("pk", "tracking_number"))
    assert kept == {old.pk: NUMBER, twice.pk: SCANNED, odd.pk: "BOX 7 of 12"}


@pytest.mark.parametrize("shown", [PASTED, f"42090210{NUMBER}", NUMBER])
def test_amazon_may_show_what_it_was_told_before_the_form(world: World, shown: str) -> None:
    order = world.at_warehouse()
    world.ship(order, parcels=[Parcel("USPS", "", "Ground", NUMBER)])
    Package.objects.update(tracking_number=shown)  # as it was kept and told in former days
    world.confirm()
    Package.objects.update(tracking_number=NUMBER)

    world.later(minutes=20)
    told = world.confirm()

    confirmation = world.confirmation(order)
    assert (told.confirmed, confirmation.unseen, confirmation.last_error) == (0, 0, "")


# -- The SCAC ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("carrier", ["UPS", "Correos", "Mule & Sons"])
def test_nobody_has_to_invent_a_scac(world: World, staff: Client, carrier: str) -> None:
    order: Order = world.at_warehouse()
    form: dict[str, Any] = filled_in(world, [order]) | {"carrier": carrier, "scac": " "}

    answer = staff.post(CLOSE, form)
    if answer.status_code == 200:  # a carrier nobody knows is asked about, by its name alone
        warnings = answer.context["dialog"].warnings
        assert warnings  # its number may be another carrier's, too
        assert all(carrier in each.message for each in warnings)
        answer = staff.post(CLOSE, form | {"anyway": answer.context["dialog"].warned})
    world.confirm()

    assert answer.status_code == 302
    assert Package.objects.get(order=order).scac == ""
    assert [entry["order_id"] for entry in world.told()] == [order.number]
    page = staff.get(order.get_absolute_url()).content.decode()
    assert carrier.replace("&", "&amp;") in page
