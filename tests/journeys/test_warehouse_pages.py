"""The pages about one warehouse: what it refused is mended at once, its goods are compared, its clock is doubted."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.alerts.models import Alert
from orders.models import OrderStatus
from shipping import tasks
from shipping.models import ItemAlias, KitComponent, Release, Warehouse, WarehouseAccount
from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import add_bundle, add_item
from tests import factories
from tests.journeys.test_extensiv_warehouse import bench, entered, handed, owner, page_of, reno, site, sweep
from tests.world import World

__all__ = ["owner", "reno", "site"]  # fixtures
LACKING = "3PL Warehouse Manager: ItemIdentifier.Sku “TEAPOT-BLUE” doesn’t exist there."


def test_what_was_refused_for_one_reason_is_sent_again_at_once_and_counted_before_and_after(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    for _ in range(3):
        handed(world, reno, lines=[{"sku": "TEAPOT-BLUE"}])
    page = page_of(owner, reno, "warehouse_status")
    assert LACKING in page
    assert "Send 3 again" in page
    assert "Refused orders" in owner.get(reverse("shipping:warehouses")).content.decode()

    add_item(site.world, 4, "TEAPOT-BLUE", "Teapot", counted=9)  # its staff mended it
    again = reverse("shipping:send_refused", args=[reno.pk])
    assert "3 refused orders are being sent" in owner.post(again, {"reason": LACKING}, follow=True).content.decode()
    sweep(world, reno)

    assert set(Release.objects.values_list("order__status", flat=True)) == {OrderStatus.AT_WMS}
    assert len(site.journal("order")) == 3
    page = page_of(owner, reno, "warehouse_status")
    assert '<td class="num" data-label="Before">3</td>' in page
    assert '<td class="num" data-label="Now">0</td>' in page
    assert "3 refused orders sent again" in page_of(owner, reno, "warehouse_timeline")
    assert "No order is refused" in owner.post(again, {"reason": LACKING}, follow=True).content.decode()


def test_all_that_wait_for_a_later_try_are_sent_now(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    site.fail("POST /orders", "503", times=3)
    orders = [world.order_placed() for _ in range(2)]
    world.download()
    tasks.release_due()
    for _ in range(3):
        tasks.hand_over(warehouse_id=reno.pk)
        world.later(seconds=20)
    assert "Orders wait" not in page_of(owner, reno, "warehouse_status")
    waiting = Release.objects.filter(due_at__gt=world.now).count()
    assert waiting

    said = owner.post(reverse("shipping:send_waiting", args=[reno.pk]), follow=True).content.decode()
    tasks.hand_over(warehouse_id=reno.pk)

    assert f"{waiting} waiting order" in said
    assert {world.order(number).status for number in orders} == {OrderStatus.AT_WMS}
    assert "sent at once" in page_of(owner, reno, "warehouse_timeline")


def test_goods_are_compared_and_what_the_warehouse_calls_them_is_taken_over_after_a_look(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    factories.ListingFactory(cart=world.cart, sku="MUG-BLUE-11")
    factories.ListingFactory(cart=world.cart, sku="GIFT-SET")
    site.world.items[4]["MUG-BLUE-11"]["aliases"].append("MUG-B")
    add_bundle(site.world, 4, "GIFT-SET", {"MUG-BLUE-11": 1, "MUG-RED-11": 2})
    tasks.look_at_warehouse(warehouse_id=reno.pk)
    mapping = page_of(owner, reno, "warehouse_mapping")
    assert "GIFT-SET" in mapping
    assert "2 to take over" in mapping
    assert "1 SKU is not known there." in page_of(owner, reno, "warehouse_status")

    offered = owner.get(reverse("inventory:offered_names", args=[world.merchant.pk])).content.decode()
    assert "1 × MUG-BLUE-11, 2 × MUG-RED-11" in offered
    sheet = offered.split('tabindex="-1">')[1].split("</textarea>")[0]
    owner.post(reverse("inventory:item_import", args=[world.merchant.pk]), {"sheet": sheet})

    assert ItemAlias.objects.get().name == "MUG-B"
    assert set(KitComponent.objects.values_list("kit", "sku", "quantity")) == {
        ("GIFT-SET", "MUG-BLUE-11", 1),
        ("GIFT-SET", "MUG-RED-11", 2),
    }
    tasks.look_at_warehouse(warehouse_id=reno.pk)
    assert "All 2 SKUs are known there." in page_of(owner, reno, "warehouse_status")


@pytest.mark.parametrize(
    ("zone", "said"), [("Asia/Tokyo", "before it was bought"), ("Pacific/Honolulu", "in the future")]
)
def test_a_wrong_time_zone_is_seen_by_what_was_shipped(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client, zone: str, said: str
) -> None:
    owner.post(reverse("shipping:connection", args=[reno.pk]), entered(client_secret="", zone=zone))
    order = handed(world, reno)
    bench(site, order, "close", carrier="UPS", scac="UPSN", service="Ground", tracking="1Z999AA10123456784")
    sweep(world, reno)
    alert = Alert.objects.get(closed_at=None, cause="warehouse.wrong_zone")
    assert said in alert.message
    assert zone in alert.message

    owner.post(reverse("shipping:connection", args=[reno.pk]), entered(client_secret=""))

    assert not Alert.objects.filter(closed_at=None, cause="warehouse.wrong_zone").exists()


def test_the_list_of_steps_names_what_is_missing_before_it_goes_live(
    world: World, site: WarehouseSite, reno: Warehouse, owner: Client
) -> None:
    other = factories.CartFactory(merchant__organization=world.organization, merchant__name="Nobody matched")
    factories.RouteFactory(cart=other, warehouse=reno)
    factories.OrderFactory(cart=other, placed_at=world.now - timedelta(days=20), status=OrderStatus.HELD)

    page = page_of(owner, reno, "warehouse_status")

    assert "Without a customer there: Nobody matched" in page
    assert "1 order older than a week would be sent." in page
    assert "Send one order first" in page
    staff = Client()
    staff.force_login(factories.make_person(world.organization, Role.STAFF))
    assert "Before it goes live" not in page_of(staff, reno, "warehouse_status")


def test_two_organizations_with_the_same_customer_ids_never_mix(
    world: World, site: WarehouseSite, reno: Warehouse
) -> None:
    """They are clients of one WMS with other credentials, or of two that number their customers alike."""
    stranger = factories.CartFactory()
    theirs = factories.WarehouseFactory(organization=stranger.organization, kind="extensiv", settings=reno.settings)
    WarehouseAccount.objects.create(
        organization=stranger.organization, merchant=stranger.merchant, warehouse=theirs, account="4", due_at=world.now
    )
    order = handed(world, reno)
    factories.ReleaseFactory(
        order=factories.OrderFactory(cart=stranger, number=order.number, status=OrderStatus.AT_WMS),
        warehouse=theirs,
        reference="9999",
    )
    bench_order = Release.objects.get(warehouse=reno)
    assert bench_order.order == order
    bench(site, order, "close", carrier="UPS", scac="UPSN", service="Ground", tracking="1Z999AA10123456784")
    sweep(world, reno)

    assert world.order(order.number).status == OrderStatus.SHIPPED
    assert Release.objects.get(warehouse=theirs).order.status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(organization=stranger.organization).exists()
