"""Cancels at every stage, through the doors: what staff see, press, and what Amazon and the warehouse then have."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.activity.models import Event
from core.alerts.models import Alert
from core.common import clock
from orders.models import OrderStatus
from shipping import tasks
from shipping.models import Reconciliation
from tests import factories
from tests.journeys.staff import press, seen_to, shown, staff, workers
from tests.shipping.conftest import distant
from tests.shipping.played_warehouse import Distant
from tests.world import World

__all__ = ["distant", "staff"]  # fixtures


def test_a_buyers_request_is_granted(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    world.later(minutes=5)
    world.download()
    page = shown(staff, order)
    assert "Cancel it on Amazon.com" in page
    assert "Ship it anyway" in page

    form = staff.get(reverse("orders:cancel", args=[order.pk])).content.decode()
    assert '<option value="BuyerCanceled" selected>' in form
    said = press(staff, order, "cancel", reason="BuyerCanceled")
    assert "It goes no further here" in said
    workers(world)

    assert world.order(order.number).status == OrderStatus.CANCELED
    assert world.simulator.journal("cancellation")[0]["reason"] == "BUYER_CANCELLED"
    assert "pull it from packing" in shown(staff, order)
    seen_to(staff, order)
    assert "pull it from packing at" not in shown(staff, order).partition("History")[0]
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_buyers_request_is_refused(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    world.later(minutes=5)
    world.download()

    press(staff, order, "let_go")
    workers(world)
    world.ship(world.order(order.number))
    workers(world, times=1)

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert world.simulator.order(order.number)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert "The buyer asked to cancel, but it ships anyway" in shown(staff, order)


def test_canceled_at_amazon_before_during_and_after(world: World, staff: Client) -> None:
    before = world.order_placed()
    world.download()
    world.simulator.cancel(before)
    world.later(minutes=5)
    world.download()
    during, after = world.at_warehouse(), world.at_warehouse()
    world.ship(after)
    for each in (during, after):
        world.simulator.cancel(each.number)
    world.later(minutes=5)
    world.download()
    assert "do not ship" in shown(staff, during)

    workers(world)

    assert world.order(before).status == OrderStatus.CANCELED
    assert not Event.objects.filter(kind="order.released", subject_id=world.order(before).pk).exists()
    assert world.order(during.number).status == OrderStatus.CANCELED
    assert "pull it from packing" in shown(staff, during)
    assert "canceled it after it was shipped" in shown(staff, after)


def test_what_the_warehouse_cannot_give_back_waits_for_a_person(
    world: World, staff: Client, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distant, "can_recall", False)
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    workers(world, times=1)
    assert "The warehouse stopped it" in shown(staff, order)

    assert "the warehouse won&#x27;t ship it" in press(staff, order, "stopped")
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert "Nobody was waiting for that" in press(staff, order, "stopped")


def test_a_reason_is_needed_and_what_is_shipped_is_not_canceled(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    url = reverse("orders:cancel", args=[order.pk])
    assert "Cancel on Amazon.com</a>" in shown(staff, order)

    assert staff.post(url, {"reason": ""}).status_code == 422
    assert staff.post(url, {"reason": "Whatever"}).status_code == 422
    world.ship(order)
    assert "Cancel on Amazon.com</a>" not in shown(staff, order)
    assert "already been shipped" in staff.get(url, follow=True).content.decode()
    assert world.order(order.number).status == OrderStatus.SHIPPED


def test_who_may_only_look_decides_nothing(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    world.later(minutes=5)
    world.download()
    viewer = Client()
    viewer.force_login(factories.make_person(world.organization, Role.VIEWER))

    page = shown(viewer, order)

    assert "Somebody who ships orders has to decide." in page
    assert "Ship it anyway" not in page
    for button in ("cancel", "stopped", "seen_to"):
        assert viewer.post(reverse(f"orders:{button}", args=[order.pk])).status_code == 403
    reconcile = reverse("shipping:reconcile", args=[world.cart.pk])
    assert viewer.get(reconcile).status_code == 200
    assert viewer.post(reconcile).status_code == 403
    assert not Reconciliation.objects.exists()


def test_a_cart_is_compared_on_demand_and_the_page_says_what_differed(world: World, staff: Client) -> None:
    lost = world.at_warehouse()
    world.ship(lost)
    world.confirm()
    world.simulator.unship(lost.number)
    missed = world.simulator.place_order(created_at=clock.now().replace(hour=3))
    world.later(minutes=45)
    world.download()
    url = reverse("shipping:reconcile", args=[world.cart.pk])
    assert "Not compared yet" in staff.get(url).content.decode()

    assert "The comparison has started." in staff.post(url, follow=True).content.decode()
    assert "A run is in progress" in staff.post(url, follow=True).content.decode()
    tasks.reconcile(reconciliation_id=Reconciliation.objects.get().pk)

    page = staff.get(url).content.decode()
    assert "It was missing here" in page
    assert "It is shipped here, but unshipped there" in page
    assert "2 fixed" in page
    assert world.order(missed).status == OrderStatus.NEW
    workers(world, times=1)
    assert world.order(lost.number).status == OrderStatus.CONFIRMED
