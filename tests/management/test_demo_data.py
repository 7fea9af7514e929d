"""The organization to try the product with, and what a start does to somebody who works in it already."""

from pathlib import Path
from typing import Any

import pytest

from core.accounts.models import Merchant, Organization, User
from integration_manager.management import demo_data
from shipping.models import ShipMethod, Warehouse

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
