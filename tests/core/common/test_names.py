"""Names are one line wherever they come in: in forms, commands and what a marketplace says."""

from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client
from django.urls import reverse

from core.accounts.models import Merchant, Organization
from core.common.names import NameField, NameInput
from core.common.one_line import fold
from shipping.models import CartMethod, Warehouse
from tests.factories import CartFactory, MerchantFactory, OrganizationFactory, UserFactory
from tests.order_pages import acme, client_for, owner
from tests.world import World

__all__ = ["acme", "client_for", "owner"]
OURS = {"accounts", "carts", "orders", "shipping", "inventory", "alerts", "people"}
STRANGE = "Blue\r\nMug\tCo\u200b\u202e"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (STRANGE, "Blue Mug Co"),
        ("  Blue   Mug  ", "Blue Mug"),
        ("Blue\u2028Mug\u2029Co\x0bX\x85Y", "Blue Mug Co X Y"),
        ("Blue\x00Mug\x1b[31m", "Blue Mug [31m"),
        ("\u2066Blue\u2069 \u061cMug\ufeff\u00ad", "Blue Mug"),
        ("\u3164\u2800\u200d", ""),
        ("half \ud83d", "half"),
        # Joiners change words of Persian and of India, and emoji. Elsewhere they hide.
        ("کتاب\u200cهای می\u200c\u200cرود\u200c", "کتاب\u200cهای می\u200cرود"),
        ("SMS\u200cها ۱۰\u200cساله", "SMS\u200cها ۱۰\u200cساله"),
        ("ശ്രീമാന്\u200d ක්\u200dෂ क्\u200dष", "ശ്രീമാന്\u200d ක්\u200dෂ क्\u200dष"),
        ("👨\u200d👩\u200d👧 ❤️\u200d🔥 👩🏽\u200d🚀", "👨\u200d👩\u200d👧 ❤️\u200d🔥 👩🏽\u200d🚀"),
        ("Blue\u200dMug\u200c 👨\u200d \u200dهای", "BlueMug 👨 های"),
        ("Größe 煎茶 Łódź 🫖 O’Neil", "Größe 煎茶 Łódź 🫖 O’Neil"),
    ],
)
def test_a_name_is_folded_to_one_line(given: str, kept: str) -> None:
    assert fold(given) == kept
    assert fold(kept) == kept


def test_every_column_for_a_name_is_one_for_names() -> None:
    """A new model's name is folded, too."""
    called = {"name", "label", "carrier", "service", "store_name", "prime_prefix"}
    columns = [
        field
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField) and field.name in called
    ]

    assert len(columns) > 15
    assert [str(field) for field in columns if not isinstance(field, NameField)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [OrganizationFactory, MerchantFactory, CartFactory, UserFactory])
def test_it_is_stored_and_found_and_held_in_one_line(factory: Any) -> None:
    made = factory(name=STRANGE)
    type(made).objects.filter(pk=made.pk).update(name=f"{STRANGE} ")

    assert made.name == "Blue Mug Co"
    assert type(made).objects.get(name=STRANGE) == made
    assert type(made).objects.values_list("name", flat=True).get(pk=made.pk) == "Blue Mug Co"


@pytest.mark.django_db
def test_many_at_once_are_folded_as_well() -> None:
    organization = OrganizationFactory()
    made = Warehouse.objects.bulk_create([Warehouse(organization=organization, name=STRANGE)])

    assert [each.name for each in made] == ["Blue Mug Co"]
    assert Warehouse.objects.get().name == "Blue Mug Co"


def test_a_form_takes_what_shows_nothing_for_left_empty() -> None:
    with pytest.raises(Exception, match="required"):
        NameInput().clean("\u200b\u3164")
    assert NameInput(required=False).clean("\u200b") == ""
    assert NameInput().clean(STRANGE) == "Blue Mug Co"


@pytest.mark.django_db
def test_a_command_folds_what_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("Correct horse, 9 staples\n"))
    call_command("organization_create", name="North\nwind", email="a@northwind.example", stdout=StringIO())
    assert Organization.objects.get().name == "North wind"

    monkeypatch.setattr("sys.stdin", StringIO("Correct horse, 9 staples\n"))
    with pytest.raises(CommandError):
        call_command("organization_create", name="\u200b", email="b@northwind.example", stdout=StringIO())


@pytest.mark.django_db
def test_a_page_folds_what_is_typed(owner: Client, acme: Organization) -> None:
    owner.post(reverse("merchants:new"), {"name": STRANGE})
    made = Merchant.objects.get(organization=acme, name="Blue Mug Co")

    owner.post(reverse("merchants:merchant", args=[made.pk]), {"name": "Red\r\nPot\u202e", "email": ""})
    assert Merchant.objects.values_list("name", flat=True).get(pk=made.pk) == "Red Pot"

    refused = owner.post(reverse("merchants:new"), {"name": "\u200b\u3164"})
    assert Merchant.objects.filter(organization=acme).count() == 1
    assert "required" in refused.content.decode()


def test_what_amazon_calls_a_ship_method_is_one_line_and_stays_the_same(world: World) -> None:
    number = world.order_placed(service_level="Stan\tdard\n\u202ePlus")
    world.download()
    again = world.download()

    order = world.order(number)
    assert "\n" not in order.service
    assert "\u202e" not in order.service
    assert again.changed == 0
    world.deliver()
    assert CartMethod.objects.filter(name=order.service).count() <= 1
