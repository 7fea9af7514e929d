"""The organization to try the product with, and what a start does to somebody who works in it already."""

from pathlib import Path
from typing import Any

import pytest

from core.accounts.models import Merchant, Organization, User
from integration_manager.management import demo_data
from shipping.models import ShipMethod, Warehouse
from tests.factories import OrganizationFactory, make_person

pytestmark = pytest.mark.django_db

CHOSEN = "Harbor-Lantern-42x!"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def person() -> User:
    return User.objects.get(email=demo_data.EMAIL)


def choose_a_password() -> None:
    user = person()
    user.set_password(CHOSEN)
    user.save()


def test_the_password_is_made_once_and_told_at_every_start() -> None:
    first, second = demo_data.furnish(), demo_data.furnish()

    assert first.password
    assert second.password == first.password
    assert person().check_password(first.password)


def test_a_password_somebody_chose_outlives_the_next_start() -> None:
    demo_data.furnish()
    choose_a_password()

    again = demo_data.furnish()

    assert again.password is None, "nothing is told that no longer opens"
    assert person().check_password(CHOSEN)


def test_a_copy_without_the_file_of_the_password_gets_a_new_one(folder: Path) -> None:
    demo_data.furnish()
    choose_a_password()
    (folder / "demo_password").unlink()

    again = demo_data.furnish()

    assert again.password
    assert person().check_password(again.password)


@pytest.mark.parametrize("kept", [True, False])
def test_an_owner_who_logs_in_by_another_address_is_the_same_one_at_the_next_start(folder: Path, kept: bool) -> None:
    demo_data.furnish()
    User.objects.update(email="maria@harbor.example")
    if not kept:  # without the file only the organization's name is left to go by
        (folder / "demo_password").unlink()

    again = demo_data.furnish()

    assert again.user.email == "maria@harbor.example"
    assert User.objects.count() == Organization.objects.count() == 1
    assert again.password


def test_a_house_that_is_no_demo_gets_the_demo_beside_it() -> None:
    theirs = make_person(OrganizationFactory(name="Harbor 3PL"))

    demo = demo_data.furnish()

    assert demo.user != theirs
    assert demo.user.email == demo_data.EMAIL


def test_what_was_renamed_or_removed_does_not_come_back() -> None:
    demo = demo_data.furnish()
    Organization.objects.update(name="Harbor 3PL")
    Merchant.objects.filter(name="Blue Mug Co").update(name="Red Cup Co")
    Warehouse.objects.update(name="Sparks")
    ShipMethod.objects.order_by("pk")[:1].get().delete()
    methods = ShipMethod.objects.count()

    again = demo_data.furnish()

    assert again.organization == demo.organization
    assert [each.name for each in Organization.objects.all()] == ["Harbor 3PL"]
    assert sorted(each.name for each in Merchant.objects.all()) == ["Nordlicht Kerzen", "Red Cup Co"]
    assert [each.name for each in Warehouse.objects.all()] == ["Sparks"]
    assert ShipMethod.objects.count() == methods
