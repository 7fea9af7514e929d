"""Whose a package at the marketplace is, and how many units others shipped: each unit counted once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carts.marketplaces.values import DispatchLine, SentPackage
from shipping.shipments.others_packages import OwnPackage, PackageOwnership
from tests.world import World

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLIER, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


def own(number: int = 1, tracking: str = "T1", told_at: datetime | None = None, **units: int) -> OwnPackage:
    return OwnPackage(number, frozenset({tracking}), units, told_at)


def sent(reference: str, tracking: str, **units: int) -> SentPackage:
    lines = tuple(DispatchLine(line, quantity) for line, quantity in units.items())
    return SentPackage(reference, "UPS", tracking, lines)


# -- Whose it is -----------------------------------------------------------------------------------------------------
def test_a_package_is_ours_by_its_tracking_number_and_not_by_its_number() -> None:
    ours, theirs = sent("2", "t-1"), sent("1", "T9")
    found = PackageOwnership([own()], [ours, theirs], NOON)
    assert found.others == [theirs]
    assert found.is_anothers(1)


@pytest.mark.parametrize("reference", ["1", "01", " 1 "])
def test_a_number_is_taken_however_it_is_written(reference: str) -> None:
    assert PackageOwnership([own()], [sent(reference, "T9")], NOON).is_anothers(1)


def test_what_is_no_number_takes_none() -> None:
    found = PackageOwnership([own()], [sent("ABC", "T8"), sent("", "T9"), sent("9" * 40, "T7")], NOON)
    assert (found.is_anothers(1), found.free_number(), len(found.others)) == (False, 2, 3)


def test_a_free_number_is_none_of_ours_nor_of_theirs() -> None:
    assert PackageOwnership([own(3)], [sent("77", "T9"), sent("3", "T8")], NOON).free_number() == 78


def test_a_package_without_tracking_number_is_ours_when_its_number_was_told() -> None:
    assert PackageOwnership([own(told_at=EARLIER)], [sent("1", "")], NOON).others == []
    assert PackageOwnership([own()], [sent("1", "")], NOON).is_anothers(1)


# -- Units -----------------------------------------------------------------------------------------------------------
def test_others_units_are_in_their_packages() -> None:
    found = PackageOwnership([own(blue=1)], [sent("77", "T9", blue=1)], NOON)
    assert found.others_units({"blue": 1}) == {"blue": 1}


def test_units_that_no_package_lists_are_others() -> None:
    assert PackageOwnership([], [], NOON).others_units({"blue": 1}) == {"blue": 1}
    assert PackageOwnership([own(blue=1)], [], NOON).others_units({"blue": 1}) == {"blue": 1}


def test_units_that_no_package_lists_are_ours_as_far_as_we_told_them_before() -> None:
    assert PackageOwnership([own(told_at=EARLIER, blue=1)], [], NOON).others_units({"blue": 1}) == {}
    assert PackageOwnership([own(told_at=EARLIER, blue=1)], [], NOON).others_units({"blue": 2}) == {"blue": 1}
    assert PackageOwnership([own(told_at=LATER, blue=1)], [], NOON).others_units({"blue": 1}) == {"blue": 1}


def test_a_package_that_does_not_say_what_it_holds_holds_what_is_counted() -> None:
    assert PackageOwnership([own(blue=2)], [sent("1", "T1")], NOON).others_units({"blue": 3}) == {"blue": 1}


@given(
    ours=st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["told", "lost", "owed"])), max_size=4),
    theirs=st.lists(st.integers(1, 3), max_size=4),
    lists=st.booleans(),
    contents=st.booleans(),
)
def test_each_unit_counts_once_whatever_amazon_lists(
    ours: list[tuple[int, str]], theirs: list[int], lists: bool, contents: bool
) -> None:
    """What others shipped is found out exactly: whether packages are listed, with contents, or only counted.

    Only where nothing is listed can a package whose answer was lost not be known as ours: then too little is offered
    rather than too much.
    """
    mine = [
        own(n, f"T{n}", EARLIER if state == "told" else None, blue=units)
        for n, (units, state) in enumerate(ours, start=1)
    ]
    there = [sent(str(n), f"T{n}", blue=units) for n, (units, state) in enumerate(ours, start=1) if state != "owed"]
    there += [sent(str(90 + n), f"X{n}", blue=units) for n, units in enumerate(theirs)]
    counted = Counter({"blue": sum(line.quantity for each in there for line in each.lines)})
    shown = [each if contents else SentPackage(each.reference, "", each.tracking_number) for each in there]
    found = PackageOwnership(mine, shown if lists else [], NOON).others_units(counted).get("blue", 0)
    lost = sum(units for units, state in ours if state == "lost")
    assert found == sum(theirs) + (0 if lists else lost)


# -- As it is stored -------------------------------------------------------------------------------------------------
def test_what_amazon_shows_of_packages_is_stored_with_the_order_and_follows_it(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE", "quantity": 3}])
    assert order.packages_there == []
    world.simulator.ship_units(order.number, {"MUG-BLUE": 1}, reference="77", tracking="1ZSELLER")
    world.later(minutes=5)
    world.download()
    order.refresh_from_db()
    assert [(each["reference"], each["tracking_number"]) for each in order.packages_there] == [("77", "1ZSELLER")]
    assert list(order.packages_there[0]["lines"].values()) == [1]
