"""Transparency codes of a stored package: corrected like the rest of it, and told to Amazon."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.activity.models import Event
from orders.models import Order, OrderStatus
from shipping.confirmation import refused_packages
from shipping.models import Package, PackageLine
from shipping.shipments.shipped_packages import Parcel
from tests.journeys.staff import CLOSE, filled_in, shown, staff
from tests.shipping.close.close_form import errors
from tests.world import World

__all__ = ["staff"]
ONE, TWO, RIGHT = "AZ:ABCDEF0123456789AB", "AZ:BCDEF0123456789ABC", "AZ:CDEF0123456789ABCD"
NUMBER = "1Z999AA10123456784"


def packed(world: World, codes: list[str], units: int = 2) -> Package:
    line = {"sku": "MUG-BLUE-11", "quantity": units, "programs": ["TRANSPARENCY"]}
    order = world.at_warehouse(lines=[line, {"sku": "TEAPOT-BLUE"}])
    mug = order.lines.get(sku="MUG-BLUE-11")
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", NUMBER, codes={mug.pk: codes})])
    found: Package = Package.objects.get(order=order)
    return found


def mug_in(package: Package) -> PackageLine:
    found: PackageLine = PackageLine.objects.select_related("line").get(package=package, line__sku="MUG-BLUE-11")
    return found


def correct(client: Client, package: Package, **said: Any) -> Any:
    fields = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": NUMBER, **said}
    return client.post(reverse("shipping:correct", args=[package.pk]), fields, follow=True)


def at_amazon(world: World, package: Package) -> list[Any]:
    (there,) = world.simulator.order(package.order.number)["packages"]
    mug = mug_in(package).line.reference
    return [item.get("transparencyCodes") for item in there["packageItems"] if item["orderItemId"] == mug]


def test_a_wrong_code_is_corrected_after_amazon_has_the_package(world: World, staff: Client) -> None:
    package = packed(world, [ONE, TWO])
    world.confirm()
    field = f"codes_{mug_in(package).line_id}"
    assert ONE in staff.get(reverse("shipping:correct", args=[package.pk])).content.decode()

    correct(staff, package, **{field: f"{ONE}\n{RIGHT}"})
    world.confirm()

    assert mug_in(package).codes == [ONE, RIGHT]
    assert at_amazon(world, package) == [[ONE, RIGHT]]
    assert Event.objects.filter(kind="package.recoded", subject_id=package.order_id).count() == 1
    assert world.order(package.order.number).status == OrderStatus.CONFIRMED


@pytest.mark.parametrize("stored", [[], [ONE]])
def test_codes_amazon_missed_are_asked_for_where_the_refusal_leads(
    world: World, staff: Client, stored: list[str]
) -> None:
    package = packed(world, stored)
    world.confirm()
    order = world.order(package.order.number)
    assert order.status == OrderStatus.ERROR
    assert "Correct the Transparency codes first" in shown(staff, order)
    assert refused_packages.hopeless(order) is not None

    correct(staff, package, **{f"codes_{mug_in(package).line_id}": f"{ONE}, {TWO}"})
    world.confirm()

    assert at_amazon(world, package) == [[ONE, TWO]]
    assert world.order(order.number).status == OrderStatus.CONFIRMED


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        (ONE, "2 units of MUG-BLUE-11 need one Transparency code each, and 1 is here."),
        ("", "2 units of MUG-BLUE-11 need one Transparency code each, and none is here."),
        (f"{ONE} {TWO} {RIGHT}", "2 units of MUG-BLUE-11 need one Transparency code each, and 3 are here."),
        (f"{ONE} {ONE}", "A code is here twice: each unit has its own."),
        (f"{ONE} ab", "“ab” is not a Transparency code."),
    ],
)
def test_codes_that_amazon_would_refuse_are_not_stored(world: World, staff: Client, codes: str, why: str) -> None:
    package = packed(world, [ONE, TWO])

    answer = correct(staff, package, **{f"codes_{mug_in(package).line_id}": codes})

    assert why in answer.content.decode()
    assert mug_in(package).codes == [ONE, TWO]


def test_codes_go_with_the_units_that_are_taken_out(world: World, staff: Client) -> None:
    package = packed(world, [ONE, TWO])
    mug = mug_in(package)
    tea = package.order.lines.get(sku="TEAPOT-BLUE")
    units = {f"units_{mug.line_id}": 1, f"units_{tea.pk}": 1}

    answer = correct(staff, package, **units, **{f"codes_{mug.line_id}": f"{ONE} {TWO}"})
    assert "1 unit of MUG-BLUE-11 needs one Transparency code, and 2 are here." in answer.content.decode()
    correct(staff, package, **units, **{f"codes_{mug.line_id}": TWO})
    world.confirm()

    assert at_amazon(world, package) == [[TWO]]


def test_who_says_nothing_of_codes_changes_none(world: World, staff: Client) -> None:
    package = packed(world, [ONE, TWO])

    correct(staff, package, service="Next Day Air")

    assert mug_in(package).codes == [ONE, TWO]
    assert not Event.objects.filter(kind="package.recoded").exists()


def test_what_has_codes_and_no_tracking_number_is_asked_about_first(world: World, staff: Client) -> None:
    line = {"sku": "MUG-BLUE-11", "programs": ["TRANSPARENCY"]}
    order: Order = world.at_warehouse(lines=[line])
    field = f"codes_{order.lines.get().pk}_{order.pk}"
    letter = {f"tracking_{order.pk}": "", f"untracked_{order.pk}": "letter", field: ONE}

    page = staff.post(CLOSE, filled_in(world, [order], **letter))

    assert errors(page) == {}
    assert "only together with a tracking number" in page.content.decode()
    assert not Package.objects.filter(order=order).exists()
