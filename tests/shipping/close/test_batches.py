"""Batches of Ship and Close: a thousand orders in parts, and nothing lost when a part fails or a worker is killed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart, Grant
from core.alerts.models import Alert
from core.alerts.raised import raise_alert
from core.common import clock
from core.common.bell import Bell
from core.common.errands import ErrandState
from orders.models import Line, Order, OrderStatus
from shipping import tasks
from shipping.close import drafts, shipment_batches
from shipping.close.outcomes import CarrierTotal
from shipping.models import (
    BatchedOrder,
    BatchResult,
    Charge,
    Confirmation,
    Package,
    Release,
    Shipment,
    ShipmentBatch,
    ShipMethod,
)
from shipping.shipments import shipped_packages
from tests.factories import OrderFactory, UserFactory
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, errors, number_of, said, sent_back

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
Make = Callable[[int], list[Order]]


class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture
def many(cart: Cart, method: ShipMethod) -> Make:
    """Makes orders at the warehouse, many at once."""

    def make(count: int) -> list[Order]:
        first: Order = OrderFactory(cart=cart, number="0")
        orders = []
        for place in range(1, count + 1):
            fields = {f.attname: getattr(first, f.attname) for f in Order._meta.concrete_fields if f.attname != "id"}
            orders.append(Order(**{**fields, "number": str(place), "status": OrderStatus.AT_WMS}))
        first.delete()
        orders = Order.objects.bulk_create(orders)
        owner = {"organization_id": cart.organization_id, "merchant_id": cart.merchant_id}
        Line.objects.bulk_create(
            Line(**owner, order=order, reference="1", sku="MUG", title="Mug", ordered=1) for order in orders
        )
        Release.objects.bulk_create(
            Release(
                **owner, order=order, warehouse=method.warehouse, ship_method=method, state="done", due_at=clock.now()
            )
            for order in orders
        )
        return orders

    return make


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(Bell, "ring", lambda self, **ids: calls.append((self.name, ids)))
    return calls


def kill_at(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Have the worker fail at the n-th order from now, within its transaction, and never again."""
    real, seen = shipped_packages.store_of_locked, [0]

    def deadly(*args: Any, **kwargs: Any) -> Any:
        seen[0] += 1
        stored = real(*args, **kwargs)
        if seen[0] == number:
            raise error
        return stored

    monkeypatch.setattr(shipped_packages, "store_of_locked", deadly)


def results() -> dict[str, int]:
    rows = BatchedOrder.objects.values_list("result", flat=True)
    return {result: list(rows).count(result) for result in set(rows)}


# -- A thousand ------------------------------------------------------------------------------------------------------
def test_a_thousand_are_shipped_in_parts_though_a_worker_is_killed_between(
    owner: Client, many: Make, rung: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = many(1000)
    opened = owner.get(
        drafts.address_of(orders, organization=orders[0].organization, by=UserFactory(), now=clock.now())
    )
    form = sent_back(opened) | {f"tracking_{order.pk}": number_of(order) for order in orders}

    page = owner.post(URL, form)

    batch = ShipmentBatch.objects.get()
    assert page["location"] == batch.get_absolute_url()
    assert rung == [("SHIP_BATCH", {"batch_id": batch.pk})]
    assert not Shipment.objects.exists()
    kill_at(monkeypatch, 400, Killed())
    with pytest.raises(Killed):
        tasks.ship_batch(batch_id=batch.pk)
    assert Shipment.objects.count() == Confirmation.objects.count() == 399
    progress = owner.get(reverse("shipping:batch", args=[batch.pk])).content.decode()
    assert "399 of 1000 orders are done." in progress

    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        tasks.ship_due()
        assert rung[-1] == ("SHIP_BATCH", {"batch_id": batch.pk})
        tasks.ship_batch(batch_id=batch.pk)

    batch.refresh_from_db()
    assert (batch.is_done, results()) == (True, {BatchResult.SHIPPED: 1000})
    assert Package.objects.count() == Confirmation.objects.count() == 1000
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.SHIPPED}
    assert set(Package.objects.values_list("order__number", "tracking_number")) == {
        (order.number, number_of(order)) for order in orders
    }


def test_the_result_of_ten_more_makes_no_more_queries(
    owner: Client, many: Make, django_assert_max_num_queries: Any
) -> None:
    orders = many(20)
    for part in (orders[:5], orders[5:]):
        owner.post(URL, said(part))

    def load(batch: ShipmentBatch) -> int:
        with django_assert_max_num_queries(20) as asked:
            owner.get(batch.get_absolute_url())
        return len(asked)

    first, second = ShipmentBatch.objects.order_by("pk")
    assert load(first) == load(second)


# -- What fails ------------------------------------------------------------------------------------------------------
def test_an_order_that_fails_keeps_no_other_and_opens_again_with_what_was_typed(
    owner: Client, many: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = many(5)
    kill_at(monkeypatch, 3, ValueError("a mistake of ours"))

    page = owner.post(URL, said(orders), follow=True)

    assert results() == {BatchResult.SHIPPED: 4, BatchResult.FAILED: 1}
    assert "1 order was not shipped." in page.content.decode()
    assert "4 orders shipped." in page.content.decode()
    again = owner.get(page.context["again_url"])
    assert sent_back(again)["order"] == [orders[2].pk]
    assert sent_back(again)[f"tracking_{orders[2].pk}"] == number_of(orders[2])
    owner.post(URL, sent_back(again))
    assert Shipment.objects.count() == 5


def test_one_canceled_meanwhile_is_refused_with_its_sentence(
    owner: Client, many: Make, rung: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = many(3)
    monkeypatch.setattr(shipment_batches, "AT_ONCE", 0)
    owner.post(URL, said(orders, charge_label_1="Freight", charge_amount_1="1") | _seen(owner, orders))
    Order.objects.filter(pk=orders[1].pk).update(status=OrderStatus.CANCELED, reason="Canceled on Amazon.com")

    tasks.ship_batch(batch_id=ShipmentBatch.objects.latest("pk").pk)

    refused = BatchedOrder.objects.get(result=BatchResult.FAILED)
    assert refused.order == orders[1]
    assert "Canceled on Amazon.com" in refused.message
    assert Charge.objects.count() == 2


def _seen(owner: Client, orders: list[Order]) -> dict[str, Any]:
    page = owner.post(URL, said(orders, charge_label_1="Freight", charge_amount_1="1", reckon="1"))
    return {"charges_seen": page.context["dialog"].charged_as}


def test_a_batch_that_kills_its_workers_is_given_up_and_can_be_shipped_again(
    owner: Client, many: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = many(2)
    for _ in range(6):
        kill_at(monkeypatch, 1, Killed())
    with pytest.raises(Killed):
        owner.post(URL, said(orders))
    batch = ShipmentBatch.objects.get()
    for hours in range(1, 6):
        with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False):
            try:
                tasks.ship_batch(batch_id=batch.pk)
            except Killed:
                continue

    batch.refresh_from_db()
    assert batch.state in (ErrandState.STUCK, ErrandState.DONE)
    assert not BatchedOrder.objects.filter(result=BatchResult.WAITING).exists()


# -- What became of it -----------------------------------------------------------------------------------------------
def outcome(owner: Client) -> list[str]:
    batch = ShipmentBatch.objects.latest("pk")
    page = owner.get(reverse("shipping:batch", args=[batch.pk]))
    return [each.pill[0] for each in page.context["outcomes"]]


def test_each_order_says_what_became_of_it(owner: Client, at_warehouse: AtWarehouse) -> None:
    orders = [at_warehouse(str(number)) for number in (1, 2, 3)]
    owner.post(URL, said(orders))
    assert outcome(owner) == ["Tracking on its way"] * 3

    told = {each.package.order.number: each for each in Confirmation.objects.select_related("package__order")}
    Confirmation.objects.filter(pk=told["1"].pk).finish(confirmed_at=clock.now())
    Confirmation.objects.filter(pk=told["2"].pk).leave_to_person("Amazon does not know it.")
    assert outcome(owner) == ["Confirmed", "Refused", "Tracking on its way"]
    raise_alert("order.not_confirmed", orders[1], "Amazon refused the tracking.", now=clock.now())
    page = owner.get(ShipmentBatch.objects.get().get_absolute_url())
    assert page.context["totals"] == [CarrierTotal("UPS", 3, [("Ground", 3)])]
    shown = " ".join(page.content.decode().split())
    assert "An alert is open about 1 of these orders." in shown
    address = f"/alerts/handle/?alert={Alert.objects.get().pk}"
    assert (
        f'Amazon does not know it. <a href="{address}">Alert<span class="visually-hidden"> about 2</span></a>' in shown
    )
    assert owner.get(address).status_code == 200

    Grant.objects.update(state=Grant.State.ENDED)
    assert outcome(owner) == ["Confirmed", "Refused", "Waits for the seller's authorization"]


def test_the_last_one_is_found_without_its_address(owner: Client, at_warehouse: AtWarehouse) -> None:
    assert owner.get(reverse("shipping:closed"))["location"] == reverse("orders:orders")
    owner.post(URL, said([at_warehouse("1")]))

    assert owner.get(reverse("shipping:closed"))["location"] == ShipmentBatch.objects.get().get_absolute_url()


def test_a_batch_is_no_strangers(owner: Client, stranger: Client, at_warehouse: AtWarehouse) -> None:
    owner.post(URL, said([at_warehouse("1")]))
    batch = ShipmentBatch.objects.get()

    assert stranger.get(batch.get_absolute_url()).status_code == 404
    assert stranger.get(URL, {"batch": batch.pk}).status_code == 404
    assert owner.get(URL, {"batch": batch.pk}, follow=True).redirect_chain[-1][0] == reverse("orders:orders")


def test_an_error_stops_all_of_it_and_no_batch_is_made(owner: Client, many: Make) -> None:
    orders = many(300)

    page = owner.post(URL, said(orders, **{f"tracking_{orders[7].pk}": ""}))

    assert errors(page) == {f"tracking_{orders[7].pk}": ["The tracking number is missing."]}
    assert not ShipmentBatch.objects.exists()


def test_the_result_follows_by_itself_also_when_the_seller_ends_the_authorization(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    order = at_warehouse("1")
    owner.post(URL, said([order]))
    url = ShipmentBatch.objects.get().get_absolute_url()

    def ask(tag: str) -> Any:
        return owner.get(url, headers={"X-Live": "1", "If-None-Match": tag})

    tag = ask("")["ETag"]
    assert ask(tag).status_code == 304
    Grant.objects.filter(carts=order.cart).update(state=Grant.State.ENDED)
    waits = ask(tag)
    assert "Waits for the seller&#x27;s authorization" in waits.content.decode()
    Grant.objects.filter(carts=order.cart).update(state=Grant.State.CONNECTED)
    Confirmation.objects.filter(package__order=order).finish(confirmed_at=clock.now())
    confirmed = ask(waits["ETag"])
    assert "Confirmed</span>" in confirmed.content.decode()
    assert ask(confirmed["ETag"]).status_code == 304
