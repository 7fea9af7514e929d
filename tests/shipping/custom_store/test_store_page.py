"""The page where a store is set up."""

import base64

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from shipping.models import Warehouse
from tests import factories
from tests.shipping.custom_store.played_desk import Desk
from tests.world import World

pytestmark = pytest.mark.django_db
SAID = {
    "paid": "Awaiting Shipment",
    "on_hold": "Hold",
    "shipped": "Shipped",
    "cancelled": "Cancelled",
    "custom_field_1": "number",
    "custom_field_2": "",
    "custom_field_3": "programs",
    "prices": "on",
}


@pytest.fixture
def owner(world: World) -> Client:
    client = Client()
    client.force_login(factories.make_person(world.organization, Role.OWNER))
    return client


def page_of(desk: Desk) -> str:
    return reverse("shipping:custom_store", args=[desk.warehouse.pk])


def test_a_new_warehouse_of_this_kind_leads_to_its_page(world: World, owner: Client) -> None:
    answer = owner.post(reverse("shipping:new_warehouse"), {"name": "Desk", "kind": "shipstation"})
    made = Warehouse.objects.get(name="Desk")

    assert answer["Location"] == reverse("shipping:custom_store", args=[made.pk])
    assert f"/shipstation/wh_{made.pk}/" in owner.get(answer["Location"]).content.decode()
    assert made.ship_methods.exists()


def test_a_key_is_shown_once_opens_the_store_and_can_be_ended(world: World, desk: Desk, owner: Client) -> None:
    made = owner.post(reverse("shipping:make_store_key", args=[desk.warehouse.pk]))
    user, password = made.context["user"], made.context["password"]
    header = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def asked() -> int:
        return desk.client.get(desk.path, {"action": "export"}, headers={"Authorization": header}).status_code

    assert password in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    later = owner.get(page_of(desk)).content.decode()
    assert (user in later, password in later) == (True, False)
    assert asked() == 200
    key = next(each for each in made.context["keys"] if each.public_id == user)
    owner.post(reverse("shipping:end_store_key", args=[desk.warehouse.pk, key.pk]))
    assert asked() == 401


def test_the_desks_words_are_kept_as_they_are_written(world: World, desk: Desk, owner: Client) -> None:
    order = world.at_warehouse()

    assert owner.post(page_of(desk), SAID).status_code == 302
    fetched = desk.latest()[order.number]

    assert fetched.findtext("OrderStatus") == "Awaiting Shipment"
    assert fetched.findtext("CustomField1") == order.number
    assert fetched.findtext("OrderTotal") != "0.00"
    assert b"Nothing was changed" in owner.post(page_of(desk), SAID, follow=True).content


@pytest.mark.parametrize("wrong", [{"paid": ""}, {"paid": "Hold"}, {"paid": "x" * 51}, {"custom_field_1": "secrets"}])
def test_words_that_mean_two_things_or_nothing_are_not_kept(desk: Desk, owner: Client, wrong: dict[str, str]) -> None:
    assert owner.post(page_of(desk), {**SAID, **wrong}).status_code == 422
    assert Warehouse.objects.get(pk=desk.warehouse.pk).settings == {}
