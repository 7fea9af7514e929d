"""A WMS over the API: orders claimed and answered for, cancels, changes, shipments; from Amazon to Amazon."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Organization
from core.api.scopes import Scope
from orders.models import Order, OrderStatus
from shipping.delivery import recall
from shipping.models import Package, ShipmentReport, Warehouse
from tests import factories
from tests.api_client import Program
from tests.world import World

NUMBER, OTHER = "1Z999AA10123456784", "1Z999AA10123456793"


@pytest.fixture
def warehouse(world: World) -> Warehouse:
    Warehouse.objects.update(kind="api")
    return Warehouse.objects.get()


@pytest.fixture
def wms(world: World, warehouse: Warehouse) -> Program:
    return Program(world.organization, warehouse_id=warehouse.pk)


def offered(world: World, **wish: Any) -> Order:
    number = world.order_placed(**wish)
    world.download()
    world.deliver()
    return world.order(number)


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def claimed(wms: Program, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(wms.post("claims", asked))["orders"]
    return found


def outcome(answer: Any) -> str:
    [result] = ok(answer)["results"]
    return str(result["outcome"])


def acknowledge(wms: Program, order: dict[str, Any], **said: Any) -> str:
    given = {"order": order["id"], "accepted": True, **said}
    return outcome(wms.post("acknowledgments", {"orders": [given]}))


def parcel(number: str = NUMBER, **said: Any) -> dict[str, Any]:
    return {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": number, **said}


def shipment(order: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"order": order["id"], "reference": "S-1", "packages": [parcel()], **said}


def test_an_order_goes_from_amazon_to_the_wms_and_its_tracking_back(world: World, wms: Program) -> None:
    order = offered(world, lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])

    [there] = claimed(wms)
    [line] = there["lines"]
    assert (there["number"], line["sku"], line["units"]) == (order.number, "MUG-BLUE-11", 2)
    assert there["ship_to"]["line1"]
    assert claimed(wms) == []
    assert acknowledge(wms, there, reference="W-1") == "accepted"
    world.later(hours=1)
    packed = parcel(lines=[{"line": line["line"], "sku": line["sku"], "units": 2}])
    charges = [{"label": "Packing", "amount": "1.50"}]
    report = {"shipments": [shipment(there, packages=[packed], charges=charges)]}
    assert outcome(wms.post("shipments", report)) == "stored"
    world.later(minutes=3)
    assert outcome(wms.post("shipments", report)) == "again"
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED

    assert Package.objects.get().tracking_number == NUMBER


def test_a_rejected_order_comes_again_once_a_person_sends_it(world: World, wms: Program, client: Client) -> None:
    order = offered(world)
    [there] = claimed(wms)

    assert acknowledge(wms, there, accepted=False, reason="Unknown SKU") == "rejected"
    assert "Unknown SKU" in world.order(order.number).reason
    refused = wms.post("acknowledgments", {"orders": [{"order": there["id"], "accepted": False}]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/orders/0/reason"
    assert claimed(wms) == []
    client.force_login(world.person)
    assert "Unknown SKU" in client.get(order.get_absolute_url()).content.decode()
    client.post(reverse("orders:send_again", args=[order.pk]))
    [again] = claimed(wms)
    assert (again["id"], again["number"]) == (there["id"], there["number"])
    assert acknowledge(wms, again, reference="W-1") == "accepted"
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_an_order_canceled_while_it_is_claimed_is_asked_back_and_answered(world: World, wms: Program) -> None:
    order = offered(world)
    [there] = claimed(wms)
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)

    [asked] = ok(wms.get("cancel-requests"))["data"]
    assert (asked["order"], asked["number"]) == (there["id"], order.number)
    assert acknowledge(wms, there, reference="W-1") == "canceled"
    answer = {"answers": [{"order": there["id"], "answer": "recalled"}]}
    assert outcome(wms.post("cancel-answers", answer)) == "done"
    assert outcome(wms.post("cancel-answers", answer)) == "again"
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_what_is_packed_otherwise_is_stored_and_held(world: World, wms: Program) -> None:
    offered(world, lines=[{"sku": "MUG-BLUE-11"}])
    [there] = claimed(wms)
    acknowledge(wms, there)
    world.later(hours=1)
    wrong = shipment(there, packages=[parcel(lines=[{"sku": "KETTLE", "units": 1}])])

    assert outcome(wms.post("shipments", {"shipments": [wrong]})) == "held"
    assert ShipmentReport.objects.get().state == "held"


def test_of_many_shipments_each_has_its_outcome(world: World, wms: Program) -> None:
    offered(world), offered(world)
    first, second = claimed(wms)
    world.later(hours=1)
    good, bad = shipment(first), shipment(second, packages=[parcel(OTHER), parcel("")])

    answer = ok(wms.post("shipments", {"shipments": [good, bad]}), 207)

    assert [each["outcome"] for each in answer["results"]] == ["stored", "refused"]
    assert answer["results"][1]["errors"][0]["pointer"] == "#/shipments/1/packages/1/tracking_number"
    alone = wms.post("shipments", {"shipments": [bad]})
    assert alone.status_code == 422
    assert alone.json()["errors"][0]["pointer"] == "#/shipments/0/packages/1/tracking_number"


def test_a_claim_sent_again_with_its_key_is_answered_with_the_same_orders(world: World, wms: Program) -> None:
    offered(world)

    first = ok(wms.post("claims", {}, Idempotency_Key="a"))
    assert len(first["orders"]) == 1
    assert ok(wms.post("claims", {}, Idempotency_Key="a")) == first


def test_only_what_is_this_warehouses_own_is_there(world: World, wms: Program, warehouse: Warehouse) -> None:
    order = offered(world)
    other = Warehouse.objects.create(organization=world.organization, name="Other", kind="api")
    portal = Warehouse.objects.create(organization=world.organization, name="Bench", kind="portal")
    theirs = Program(world.organization, warehouse_id=other.pk)
    stranger: Organization = factories.OrganizationFactory()
    house = Program(world.organization)

    assert claimed(theirs) == []
    foreign = {"orders": [{"order": f"ord_{order.pk}", "accepted": True}]}
    absent = {"orders": [{"order": "ord_99999999", "accepted": True}]}
    assert outcome(theirs.post("acknowledgments", foreign)) == outcome(theirs.post("acknowledgments", absent))
    assert wms.post("claims", {"warehouse": f"wh_{other.pk}"}).status_code == 404
    assert Program(stranger).post("claims", {"warehouse": f"wh_{warehouse.pk}"}).status_code == 404
    assert (
        Program(world.organization, merchant=world.merchant)
        .post("claims", {"warehouse": f"wh_{warehouse.pk}"})
        .status_code
        == 404
    )
    assert house.post("claims", {}).status_code == 409
    assert house.post("claims", {"warehouse": f"wh_{portal.pk}"}).status_code == 409
    assert len(ok(house.post("claims", {"warehouse": f"wh_{warehouse.pk}"}))["orders"]) == 1
    assert Program(world.organization, Scope.ORDERS_READ).post("claims", {}).status_code == 403


BAD = [
    ("claims", {"most": "5"}, "#/most"),
    ("claims", {"mots": 5}, "#/mots"),
    ("acknowledgments", {"orders": []}, "#/orders"),
    ("acknowledgments", {"orders": [{"order": 7, "accepted": True}]}, "#/orders/0/order"),
    (
        "acknowledgments",
        {"orders": [{"order": "ord_1", "accepted": True}, {"order": "ord_1", "accepted": True}]},
        "#/orders/1/order",
    ),
    ("cancel-answers", {"answers": [{"order": "ord_1", "answer": "maybe"}]}, "#/answers/0/answer"),
    ("shipments", {"shipments": [{"order": "ord_1", "reference": "S", "packages": []}]}, "#/shipments/0/packages"),
    ("shipments", {"shipments": [{"reference": "S", "packages": [parcel()]}]}, "#/shipments/0/order"),
    (
        "shipments",
        {"shipments": [{"order": "ord_1", "reference": "S", "packages": [parcel()], "shipped_at": "2026-11-29"}]},
        "#/shipments/0/shipped_at",
    ),
    (
        "shipments",
        {"shipments": [{"order": "ord_1", "reference": "S", "packages": [parcel(lines=[{"sku": "A", "units": 0}])]}]},
        "#/shipments/0/packages/0/lines/0/units",
    ),
]


@pytest.mark.parametrize(("path", "body", "pointer"), BAD)
def test_what_cannot_be_meant_is_refused_with_the_place_it_stands_at(
    wms: Program, path: str, body: Any, pointer: str
) -> None:
    answer = wms.post(path, body)

    assert answer.status_code == 422, answer.content
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
