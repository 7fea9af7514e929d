"""3PL Warehouse Manager beside Amazon: connected through the doors, orders there, closed there, confirmed at Amazon."""

from datetime import timedelta
from io import StringIO
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.alerts.models import Alert
from core.common import clock, shared_http
from core.common.bell import Bell
from core.common.bounded_http import BoundedHttp
from inventory import tasks as stock_tasks
from inventory.free_stock import FreeStock
from inventory.models import StockLevel
from orders.models import Order, OrderStatus
from shipping import tasks
from shipping.models import Release, Route, Shipment, Warehouse, WarehouseAccess, WarehouseAccount, WarehouseTraffic
from shipping.routing import routes_for
from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import CANCELED, add_item, shelf
from tests import factories
from tests.journeys.staff import press, shown
from tests.simulator.extensiv.warehouse_client import WarehouseClient
from tests.world import World

SECRET = "demo-secret"
SKUS = ("MUG-BLUE-11", "MUG-RED-11")


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> WarehouseSite:
    """The warehouse in this process: no socket is opened."""
    site = WarehouseSite(clock=clock.now, sleep=lambda seconds: None)
    site.world.zone = "America/New_York"
    for customer in (4, 5):
        for sku in SKUS:
            add_item(site.world, customer, sku, sku, counted=50)
    http = BoundedHttp(httpx.WSGITransport(app=site))
    monkeypatch.setattr(shared_http, "guarded", lambda networks: http)
    return site


@pytest.fixture
def owner(world: World) -> Client:
    client = Client()
    client.force_login(factories.make_person(world.organization, Role.OWNER))
    return client


def entered(**changes: str) -> dict[str, str]:
    said = {"client_id": "demo-client", "client_secret": SECRET, "user_login": "1", "facility": "1"}
    return {**said, "zone": "America/New_York", "base_url": "https://wms.test", **changes}


def connected(owner: Client, **changes: str) -> Warehouse:
    """Add the warehouse and its connection, as an owner does, and let a worker look at it."""
    owner.post(reverse("shipping:new_warehouse"), {"name": "Reno", "kind": "extensiv"})
    warehouse: Warehouse = Warehouse.objects.get(name="Reno")
    answer = owner.post(reverse("shipping:connection", args=[warehouse.pk]), entered(**changes))
    assert answer.status_code == 302, answer.content.decode()
    tasks.look_at_warehouse(warehouse_id=warehouse.pk)
    return warehouse


def send_to(world: World, warehouse: Warehouse) -> None:
    """Its orders go to this warehouse from now on."""
    route = routes_for([world.cart])[world.cart.pk]
    Route.objects.filter(pk=route.pk).update(warehouse=warehouse)


@pytest.fixture
def reno(world: World, site: WarehouseSite, owner: Client) -> Warehouse:
    """A connected warehouse that gets the orders of the world's cart."""
    warehouse = connected(owner)
    matched = {f"merchant_{world.merchant.pk}": "4"}
    owner.post(reverse("shipping:match_accounts", args=[warehouse.pk]), matched)
    send_to(world, warehouse)
    return warehouse


def page_of(owner: Client, warehouse: Warehouse, page: str = "connection") -> str:
    answer = owner.get(reverse(f"shipping:{page}", args=[warehouse.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def handed(world: World, warehouse: Warehouse, **wish: Any) -> Order:
    number = world.order_placed(**wish)
    world.download()
    sweep(world, warehouse)
    return world.order(number)


def sweep(world: World, warehouse: Warehouse) -> None:
    world.later(minutes=6)
    tasks.release_due()
    tasks.recall_due()
    tasks.hand_over(warehouse_id=warehouse.pk)
    tasks.pick_up_due()
    for account in WarehouseAccount.objects.due(world.now).in_turn():
        tasks.pick_up(account_id=account.pk)


def bench(site: WarehouseSite, order: Order, act: str, **told: Any) -> None:
    number = Release.objects.get(order=order).reference
    answer = WarehouseClient(site).http.post(f"/_bench/orders/{number}/{act}", json=told)
    assert answer.status_code == 204, answer.text


def test_an_order_goes_there_is_closed_there_and_confirmed_at_amazon_at_once(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cart.objects.update(shipments_every=60, shipments_due_at=world.now + timedelta(hours=9))  # its turn is far off
    order = handed(world, reno)
    assert order.status == OrderStatus.AT_WMS
    (there,) = site.world.orders.values()
    assert there["referenceNum"] == order.number
    assert there["customerIdentifier"]["id"] == 4

    bench(
        site, order, "close", carrier="UPS", scac="UPSN", service="Ground", tracking="1Z999AA10123456784", charge="2.50"
    )
    rung: list[dict[str, Any]] = []
    with monkeypatch.context() as bells:
        bells.setattr(Bell, "ring", lambda bell, **ids: rung.append(ids))
        sweep(world, reno)
    assert {"grant_id": world.cart.grant_id, "order_ids": [order.pk]} in rung
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    (told,) = world.told()
    assert told["tracking"] == "1Z999AA10123456784"
    assert "2.50" in shown(owner, order)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_told_again_and_again_it_is_one_shipment(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    order = handed(world, reno)
    bench(site, order, "close", carrier="UPS", scac="UPSN", service="Ground", tracking="1Z999AA10123456784")
    for _ in range(3):
        WarehouseAccount.objects.update(cursor="")
        sweep(world, reno)

    assert Shipment.objects.filter(order=order).count() == 1


@pytest.mark.parametrize("kind", ["lost_answer", "truncated"])
def test_a_lost_answer_leaves_one_order_there(world: World, site: WarehouseSite, reno: Warehouse, kind: str) -> None:
    site.world.refuses_duplicates = False
    site.fail("POST /orders", kind)

    order = handed(world, reno)
    for _ in range(3):
        sweep(world, reno)

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert len(site.journal("order")) == 1


def test_a_cancel_at_amazon_comes_back_or_is_too_late(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    back, late = handed(world, reno), handed(world, reno)
    bench(site, late, "pack", tracking="1Z999AA10123456784")
    for order in (back, late):
        world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    for _ in range(2):
        sweep(world, reno)

    assert world.order(back.number).status == OrderStatus.CANCELED
    states = {each["referenceNum"]: each["readOnly"]["status"] for each in site.world.orders.values()}
    assert states[back.number] == CANCELED
    assert "Call Reno" in shown(owner, late)

    there = site.world.orders[int(Release.objects.get(order=late).reference)]
    there["readOnly"]["packDoneDate"] = None  # somebody there unpacked it, without being called
    bench(site, late, "cancel")
    sweep(world, reno)
    assert world.order(late.number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None, subject_id=late.pk).exists()


def test_a_shipment_without_tracking_is_said_and_taken_once_it_is_corrected_there(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    order = handed(world, reno)
    bench(site, order, "close", carrier="UPS", scac="UPSN", service="Ground")
    sweep(world, reno)
    assert "its shipment can’t be sent" in shown(owner, order).replace("&#x27;", "'")

    number = Release.objects.get(order=order).reference
    api = WarehouseClient(site)
    etag = api.http.get(f"/orders/{number}").headers["etag"]
    api.act(int(number), "routing", {"trackingNumber": "1Z999AA10123456784"}, etag, "PUT")
    sweep(world, reno)
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert not Alert.objects.filter(closed_at=None, cause="order.shipment_not_taken").exists()


def test_an_order_the_warehouse_cancels_waits_for_a_person_who_sends_it_again_or_cancels_it(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    again, given_up, ours = (handed(world, reno) for _ in range(3))
    world.simulator.cancel(ours.number)  # what we asked back was canceled there, too, and nobody is alarmed
    world.later(minutes=5)
    world.download()
    for order in (again, given_up):
        bench(site, order, "cancel")
    for _ in range(3):
        sweep(world, reno)

    assert world.order(ours.number).status == OrderStatus.CANCELED
    raised = Alert.objects.filter(closed_at=None, cause="order.canceled_there")
    assert {alert.subject_id for alert in raised} == {again.pk, given_up.pk}
    listed = owner.get(reverse("orders:orders"), {"tab": "attention"}).content.decode()
    assert again.number in listed
    page = shown(owner, again)
    assert "Reno canceled it there" in page
    assert "canceled it in its own system" in page
    assert "Send to warehouse again" in page
    assert "Ship and Close" not in page

    press(owner, again, "send_again")
    owner.post(reverse("orders:cancel", args=[given_up.pk]), {"reason": "NoInventory"})
    sweep(world, reno)
    open_there = [each["referenceNum"] for each in site.world.orders.values() if each["readOnly"]["status"] != CANCELED]
    assert open_there == [f"{again.number}-R2"]
    bench(site, again, "close", carrier="UPS", scac="UPSN", service="Ground", tracking="1Z999AA10123456784")
    sweep(world, reno)
    world.confirm()
    assert world.order(again.number).status == OrderStatus.CONFIRMED
    assert not raised.filter(subject_id=again.pk).exists()


def test_a_merchant_without_a_customer_waits_for_a_person_who_matches_it(
    world: World, site: WarehouseSite, owner: Client
) -> None:
    warehouse = connected(owner)
    send_to(world, warehouse)
    order = handed(world, warehouse)
    assert "No customer of 3PL Warehouse Manager" in shown(owner, order)

    owner.post(reverse("shipping:match_accounts", args=[warehouse.pk]), {f"merchant_{world.merchant.pk}": "4"})
    press(owner, order, "send_again")
    sweep(world, warehouse)

    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_a_wrong_secret_is_named_and_orders_flow_after_the_right_one(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    site.world.credentials["demo-client"].client_secret = "another"
    site.world.tokens.clear()
    order = handed(world, reno)
    assert world.order(order.number).status == OrderStatus.NEW
    alert = Alert.objects.get(closed_at=None, cause="warehouse.refused")
    assert "Manage Credentials" in alert.message

    owner.post(reverse("shipping:connection", args=[reno.pk]), entered(client_secret="another"))
    for _ in range(2):
        sweep(world, reno)

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(closed_at=None).exists()


def test_the_test_names_what_is_wrong_and_offers_customers_and_ship_methods(
    world: World, site: WarehouseSite, owner: Client
) -> None:
    warehouse = connected(owner, facility="9")
    page = page_of(owner, warehouse)
    assert "There is no facility 9. These credentials see 1 (Reno), 2 (Columbus)." in page
    assert SECRET not in page
    assert "Acme Audio (5)" in page_of(owner, warehouse, "warehouse_mapping")

    owner.post(reverse("shipping:connection", args=[warehouse.pk]), entered(client_secret="", facility="1"))
    tasks.look_at_warehouse(warehouse_id=warehouse.pk)
    assert "There is no facility" not in page_of(owner, warehouse)

    owner.post(reverse("shipping:add_methods", args=[warehouse.pk]), {"method": ["UPS Ground", "No such one"]})
    assert list(warehouse.ship_methods.values_list("label", "scac")) == [("UPS Ground", "UPSN")]
    assert WarehouseTraffic.objects.get(warehouse=warehouse).calls > 5


def test_what_is_entered_wrongly_is_named_and_nothing_is_stored(
    world: World, site: WarehouseSite, owner: Client
) -> None:
    owner.post(reverse("shipping:new_warehouse"), {"name": "Reno", "kind": "extensiv"})
    warehouse = Warehouse.objects.get(name="Reno")
    wrong = entered(client_id="", facility="first", zone="Mars", base_url="http://127.0.0.1/")

    answer = owner.post(reverse("shipping:connection", args=[warehouse.pk]), wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("Enter the client ID.", "“first” is not a number", "“Mars” is not a time zone", "https://"):
        assert sentence in page, sentence
    assert not WarehouseAccess.objects.exists()


def test_one_customer_is_one_merchant(world: World, site: WarehouseSite, owner: Client) -> None:
    warehouse = connected(owner)
    other = factories.MerchantFactory(organization=world.organization)
    both = {f"merchant_{each.pk}": "4" for each in (world.merchant, other)}

    answer = owner.post(reverse("shipping:match_accounts", args=[warehouse.pk]), both)

    assert "One customer is one merchant." in answer.content.decode()
    assert not WarehouseAccount.objects.exists()


def test_what_is_on_the_shelves_there_is_what_can_be_sold(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    (account,) = WarehouseAccount.objects.all()
    stock_tasks.stock_due()
    stock_tasks.pick_up_stock(account_id=account.pk)
    assert stock_of(reno) == {"MUG-BLUE-11": 50, "MUG-RED-11": 50}

    handed(world, reno, lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    site.world.on_hand[shelf(4, 1, "MUG-RED-11")] = 7
    world.later(minutes=16)
    stock_tasks.pick_up_stock(account_id=account.pk)

    assert stock_of(reno) == {"MUG-BLUE-11": 47, "MUG-RED-11": 7}
    free = FreeStock.of(world.merchant.pk, now=world.now)
    assert free.available(reno.pk, "MUG-BLUE-11") == 47  # what orders hold there is not taken off twice


def test_a_stock_list_that_breaks_off_changes_nothing(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    (account,) = WarehouseAccount.objects.all()
    stock_tasks.pick_up_stock(account_id=account.pk)
    for fault in ("truncated", "html_200", "500"):
        site.fail("GET /inventory", fault)
        world.later(minutes=16)
        stock_tasks.pick_up_stock(account_id=account.pk)

    assert stock_of(reno) == {"MUG-BLUE-11": 50, "MUG-RED-11": 50}


def stock_of(warehouse: Warehouse) -> dict[str, int | None]:
    rows = StockLevel.objects.filter(warehouse=warehouse, sku__in=SKUS)
    return dict(rows.values_list("sku", "on_hand"))


def test_another_3pls_warehouse_is_not_there(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    stranger = Client()
    stranger.force_login(factories.make_person(factories.OrganizationFactory(), Role.OWNER))

    for name in ("connection", "test_connection", "match_accounts", "add_methods"):
        assert stranger.post(reverse(f"shipping:{name}", args=[reno.pk])).status_code == 404


def test_secrets_stand_nowhere_in_clear(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    handed(world, reno)
    access = WarehouseAccess.objects.get(warehouse=reno)
    reno.refresh_from_db()

    assert access.token is not None
    assert SECRET.encode() not in bytes(access.secrets)
    assert SECRET not in str(reno.settings)
    assert len(site.journal("token")) == 2  # the test fetched one to prove the credentials, and the rest share another


def test_its_services_can_be_run_by_hand(world: World, site: WarehouseSite, reno: Warehouse) -> None:
    order = handed(world, reno)
    bench(site, order, "close", carrier="UPS", scac="UPSN", service="Ground", tracking="1Z999AA10123456784")

    call_command("service", "shipping-confirmations", stdout=(said := StringIO()))
    call_command("service", "inventory", stdout=said)

    assert "1 shipped, 0 held, 0 refused" in said.getvalue()
    assert "SKUs read from Reno" in said.getvalue()
    assert world.order(order.number).status == OrderStatus.SHIPPED
