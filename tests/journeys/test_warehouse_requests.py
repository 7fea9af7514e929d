"""What was said to a warehouse's system, request by request: found from the order and from the warehouse's page."""

import re

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from core.accounts.access import Role
from core.activity import kept_exchanges
from core.activity.models import Exchange
from core.api import keys
from core.api.scopes import Scope
from core.common import clock
from orders.models import OrderStatus
from shipping.connection import kept_requests
from shipping.models import Warehouse
from simulator.extensiv.site import WarehouseSite
from tests import factories
from tests.journeys.test_extensiv_warehouse import SECRET, handed, owner, page_of, reno, site
from tests.world import World

__all__ = ["owner", "reno", "site"]  # fixtures
pytestmark = pytest.mark.django_db
CANARY = "canary"


def said(warehouse: Warehouse) -> list[Exchange]:
    return list(Exchange.objects.filter(connection=kept_requests.name_of(warehouse)).order_by("pk"))


def test_each_request_is_kept_in_order_with_what_it_weighed(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    order = handed(world, reno)

    (told,) = [each for each in said(reno) if each.subject_id == order.pk]
    assert (told.operation, told.method, told.path) == ("POST /orders", "POST", "/orders")
    assert told.status is not None
    assert 200 <= told.status < 300
    assert told.sent
    assert told.received
    assert "referenceNum" in told.request
    assert order.number in told.request
    assert '"orderId"' in told.answer


def test_nothing_of_a_person_and_no_secret_is_kept(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    personal = ("name", "companyName", "addressLine1", "addressLine2", "city", "stateOrRegion", "postalCode")
    number = world.order_placed(
        lines=[{"sku": "MUG-BLUE-11", "gift_message": f"{CANARY} with love"}],
        address={name: f"{CANARY} {name}" for name in personal} | {"phone": "+49 221 5550199"},
        overrides={"buyer": {"buyerPurchaseOrderNumber": f"{CANARY}-7"}},
    )
    world.download()
    world.deliver()
    assert world.order(number).status == OrderStatus.AT_WMS
    there = next(iter(site.world.orders.values()))
    assert CANARY in str(there)  # it got there

    kept = "".join(each.path + each.request + each.answer for each in said(reno))

    assert "referenceNum" in kept
    assert not re.search(f'{CANARY}|5550199|{SECRET}|demo-client|access_token": "[^…]', kept)


def test_a_refusal_is_found_from_the_order_and_from_the_warehouse(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    order = handed(world, reno, lines=[{"sku": "NOBODY-KNOWS-IT"}])
    assert order.status == OrderStatus.ERROR

    order_page = " ".join(strip_tags(owner.get(order.get_absolute_url()).content.decode()).split())
    history, _, requests = order_page.partition("Notes")
    assert "POST /orders" in history  # under the event that came of it
    assert "POST /orders" in requests
    assert "Reno" in requests
    log = reverse("shipping:warehouse_requests", args=[reno.pk])
    assert log in page_of(owner, reno, "warehouse_status")
    failed = owner.get(log, {"requests": "failed"}).context["rows"]
    assert [(row["said"].operation, row["order"]) for row in failed] == [("POST /orders", order)]
    assert "DoesNotExist" in failed[0]["said"].answer
    assert [row["order"] for row in owner.get(log, {"q": order.number}).context["rows"]] == [order]
    assert owner.get(log, {"q": "nothing-of-it"}).context["rows"] == []


def test_a_lost_answer_and_the_look_after_it_are_one_talk(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    site.fail("POST /orders", "lost_answer")
    order = handed(world, reno)
    world.later(minutes=6)
    world.deliver()

    assert world.order(order.number).status == OrderStatus.AT_WMS
    talk = [(each.operation, each.status) for each in said(reno) if each.subject_id == order.pk]
    assert talk == [("POST /orders", 504), ("GET /orders", 200)]


def test_where_it_cannot_be_kept_the_order_goes_all_the_same(
    world: World, site: WarehouseSite, reno: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(row: Exchange) -> None:
        raise DatabaseError("full")

    monkeypatch.setattr(kept_exchanges, "_insert", full)

    assert handed(world, reno).status == OrderStatus.AT_WMS


def test_of_one_that_calls_us_its_calls_are_shown(world: World, owner: Client) -> None:
    desk = factories.WarehouseFactory(organization=world.organization, kind="api", name="Desk")
    other = factories.WarehouseFactory(organization=world.organization, kind="api", name="Other")
    key, secret = keys.issue(
        world.organization, name="Desk", scopes=[Scope.ORDERS_CLAIM], by=None, now=clock.now(), warehouse_id=desk.pk
    )
    Client().get("/api/v1/cancel-requests", headers={"authorization": f"Bearer {secret}"})

    calls = [
        owner.get(reverse("shipping:warehouse_requests", args=[each.pk])).context["rows"] for each in (desk, other)
    ]

    assert [[(call.key, call.method) for call in each] for each in calls] == [[(key, "GET")], []]


def test_a_portal_warehouse_has_no_requests_and_viewers_see_none(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    here = factories.WarehouseFactory(organization=world.organization)
    viewer = Client()
    viewer.force_login(factories.make_person(world.organization, Role.VIEWER))

    assert owner.get(reverse("shipping:warehouse_requests", args=[here.pk])).status_code == 404
    assert viewer.get(reverse("shipping:warehouse_requests", args=[reno.pk])).status_code == 403
    assert "/requests/" not in page_of(viewer, reno, "warehouse_status")
