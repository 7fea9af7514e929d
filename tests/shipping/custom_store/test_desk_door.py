"""Who comes in at a desk's door, and what is refused there."""

import pytest
from django.test import Client

from core.api import keys
from core.api.models import ApiCall
from core.api.scopes import Scope
from shipping.models import Package, Warehouse
from shipping.routing import make_portal_warehouse
from tests import factories
from tests.shipping.custom_store.played_desk import Desk
from tests.world import World

pytestmark = pytest.mark.django_db
EXPORT = {"action": "export"}


def test_without_a_key_a_desk_is_asked_for_one(world: World, desk: Desk) -> None:
    for path in (desk.path, "/shipstation/wh_999999/", "/shipstation/nonsense/"):
        answer = Client().get(path, EXPORT)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic realm=")
    for header in ("Basic", "Basic !!!", "Basic Og==", "Bearer x", "Basic aW1fYWJjZGVmZ2hpajp4"):
        assert Client().get(desk.path, EXPORT, headers={"Authorization": header}).status_code == 401


def test_a_key_opens_its_own_store_alone_and_others_are_not_there(world: World, desk: Desk) -> None:
    elsewhere = factories.OrganizationFactory()
    theirs = Warehouse.objects.create(organization=elsewhere, kind="shipstation", name="Theirs")
    second = Warehouse.objects.create(organization=world.organization, kind="shipstation", name="Second")
    portal = make_portal_warehouse(world.organization, "By hand")

    def asked(path: str) -> tuple[int, bytes]:
        answer = desk.client.get(path, EXPORT, headers={"Authorization": desk.basic})
        return answer.status_code, answer.content

    absent = asked("/shipstation/wh_999999/")
    assert absent[0] == 404
    for pk in (theirs.pk, second.pk, portal.pk):
        assert asked(f"/shipstation/wh_{pk}/") == absent
    assert asked("/shipstation/12/") == absent
    assert asked(f"/shipstation/wh_{desk.warehouse.pk}")[0] == 200  # without the slash
    whole = Desk(world, warehouse_id=None)
    whole.path = desk.path
    assert whole.get(**EXPORT).status_code == 404


def test_a_key_of_another_scope_or_one_that_ended_opens_nothing(world: World, desk: Desk) -> None:
    reader = Desk.__new__(Desk)
    reader.__dict__ |= Desk(world, Scope.ORDERS_CLAIM).__dict__

    assert reader.get(**EXPORT).status_code == 200
    refused = reader.notify("113-1")
    assert (refused.status_code, b"shipments:write" in refused.content) == (403, True)
    keys.revoke(desk.key, by=None, now=world.now)
    assert desk.get(**EXPORT).status_code == 401


def test_every_call_stands_in_the_keys_log_without_what_it_said(world: World, desk: Desk) -> None:
    desk.get(**EXPORT)
    desk.notify("113-1", tracking_number="1Z999AA10123456784")

    calls = list(ApiCall.objects.order_by("pk").values_list("method", "path", "status"))
    assert calls == [("GET", desk.path, 200), ("POST", desk.path, 404)]


def test_each_action_has_its_method(desk: Desk) -> None:
    wrong = desk.get(action="shipnotify", order_number="1")
    assert (wrong.status_code, wrong["Allow"]) == (405, "POST")
    other = desk.client.post(desk.path, query_params=EXPORT, headers={"Authorization": desk.basic})
    assert (other.status_code, other["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("said", "body", "status", "why"),
    [
        ({}, "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><ShipNotice>&y;</ShipNotice>", 400, "document"),
        ({}, "x" * 1_000_001, 413, "larger"),
        ({}, "<ShipNotice", 400, "not XML"),
        ({"order_number": "999-9"}, "", 404, "never handed"),
        ({"order_number": "\x00"}, "", 400, "order_number"),
        ({"tracking_number": "=1+1"}, "", 422, "Nothing was stored"),
        ({}, "<ShipNotice><ShipDate>01/01/2035</ShipDate></ShipNotice>", 422, "future"),
    ],
)
def test_a_bad_notice_stores_nothing_and_says_why(
    world: World, desk: Desk, said: dict[str, str], body: str, status: int, why: str
) -> None:
    order = world.at_warehouse()
    desk.latest()

    answer = desk.notify(said.pop("order_number", order.number), body, **said)

    assert (answer.status_code, why in answer.content.decode()) == (status, True), answer.content
    assert not Package.objects.exists()


def test_two_orders_of_one_number_are_told_apart_by_their_id(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    other = factories.CartFactory(merchant=world.merchant, grant=None, name="Other")
    twin = factories.OrderFactory(cart=other, number=order.number, status="at_wms")
    factories.LineFactory(order=twin)
    desk.latest()
    release = order.releases.get()
    release.pk, release._state.adding = None, True
    release.order, release.released_at = twin, world.now
    release.save(force_insert=True)

    unclear = desk.notify(order.number)
    clear = desk.notify(order.number, f"<ShipNotice><OrderID>ord_{order.pk}</OrderID></ShipNotice>")

    assert (unclear.status_code, clear.status_code) == (409, 200)
    assert [each.order_id for each in Package.objects.all()] == [order.pk]


def test_what_a_notice_leaves_out_is_as_the_order_was_to_go(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    desk.latest()

    desk.notify(order.number, service="", carrier="FedEx", tracking_number="123456789012")

    package = Package.objects.get(order=order)
    assert (package.carrier, package.scac, package.service) == ("FedEx", "FDEG", "Standard")
