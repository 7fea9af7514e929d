"""What is watched for and told in time: each opens when it is so, says what it holds up, and closes by itself."""

from datetime import timedelta

import pytest
import time_machine

from carts import quota, spent_quotas
from carts import tasks as carts_tasks
from carts.alerts import LINK_UNOPENED, QUOTA_SPENT
from carts.marketplaces.amazon.rates import RATES
from carts.models import Cart, SetupLink
from carts.setup_links import sent_links
from core.accounts.models import Organization
from core.alerts.mail import outbox
from core.alerts.models import Alert, Mail
from core.common import clock
from core.common.remote import Throttled
from integration_manager import late_erasure
from integration_manager.alerts import ERASURE_LATE
from inventory import tasks as inventory_tasks
from inventory.models import StockFeed
from orders.alerts import RISK_DAY, RISK_HOURS, RISK_NOW
from orders.models import Order
from shipping import tasks as shipping_tasks
from shipping.alerts import FEED_STUCK, OTHER_CARRIERS, WAREHOUSE_STALE
from shipping.models import CarrierCode, ConfirmationFeed, Shipment
from tests.factories import CartFactory, OrderFactory, PackageFactory, ReleaseFactory, WarehouseFactory
from tests.organization import acme, client_for, owner
from tests.world import still

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
__all__ = ["acme", "client_for", "owner", "still"]  # fixtures


@pytest.fixture
def cart(acme: Organization) -> Cart:
    return CartFactory(merchant__organization=acme, merchant__name="Blue Mug Co", name="Amazon US")


def opened(cause: str) -> list[str]:
    return list(Alert.objects.filter(cause=cause, closed_at=None).order_by("pk").values_list("message", flat=True))


def due(cart: Cart, status: str, **away: float) -> Order:
    order: Order = OrderFactory(cart=cart, status=status, ship_by=clock.now() + timedelta(**away))
    return order


def test_orders_at_risk_are_told_a_day_six_and_two_hours_ahead_each_once(
    cart: Cart, owner: object, still: time_machine.Traveller
) -> None:
    late = due(cart, "new", hours=20)
    due(cart, "at_wms", hours=20)  # where it should be
    due(cart, "at_wms", hours=5)
    due(cart, "shipped", hours=5)
    due(cart, "shipped", hours=1)
    due(cart, "confirmed", hours=1)
    due(cart, "canceled", hours=1)

    shipping_tasks.overdue_due()

    assert [len(opened(cause)) for cause in (RISK_DAY, RISK_HOURS, RISK_NOW)] == [1, 1, 1]
    assert "Blue Mug Co, Amazon US: 1 order has to ship within 24 hours" in opened(RISK_DAY)[0]
    groups = owner.get("/alerts/").context["groups"]  # type: ignore[attr-defined]
    assert {group.newest.cause: group.held.count for group in groups} == {RISK_DAY: 1, RISK_HOURS: 1, RISK_NOW: 1}
    assert [group.newest.cause for group in groups] == [RISK_NOW, RISK_HOURS, RISK_DAY], "the most urgent first"

    Order.objects.filter(pk=late.pk).update(status="at_wms")
    still.shift(timedelta(hours=4))
    shipping_tasks.overdue_due()

    assert opened(RISK_DAY) == []
    assert "3 orders have to ship within 2 hours, or are late" in opened(RISK_NOW)[0]


def test_a_setup_link_nobody_opens_is_told_after_three_days(cart: Cart, still: time_machine.Traveller) -> None:
    waiting = CartFactory(merchant=cart.merchant, grant=None, state=Cart.State.SETUP, live_at=None)
    link = sent_links.send(waiting, "jo@bluemug.example", by=None, now=clock.now())
    still.shift(timedelta(days=2))
    carts_tasks.remind_due()
    assert opened(LINK_UNOPENED) == []

    still.shift(timedelta(days=1))
    carts_tasks.remind_due()
    assert len(opened(LINK_UNOPENED)) == 1
    assert link.email not in opened(LINK_UNOPENED)[0], "no address in a sentence"

    SetupLink.objects.update(opened_at=clock.now())
    carts_tasks.remind_due()
    assert opened(LINK_UNOPENED) == []


def test_a_quota_that_stays_used_up_is_told_and_one_at_work_is_not(cart: Cart, still: time_machine.Traveller) -> None:
    assert cart.grant is not None
    ledger = quota.GrantLedger(cart.grant.pk, RATES)
    operation = "searchOrders"
    for _ in range(14):
        ledger.drain(operation)
        with pytest.raises(Throttled):
            ledger.spend(operation)
        ledger.drain(operation)
        spent_quotas.watch(now=clock.now())
        still.shift(timedelta(minutes=10))

    assert operation in opened(QUOTA_SPENT)[0]
    still.shift(timedelta(hours=1))
    spent_quotas.watch(now=clock.now())
    assert opened(QUOTA_SPENT) == []


def test_feeds_that_hang_a_warehouse_that_is_silent_and_what_was_not_erased_are_told(
    acme: Organization, cart: Cart, still: time_machine.Traveller
) -> None:
    now, reno = clock.now(), WarehouseFactory(organization=acme, name="Reno")
    owned = {"organization": acme, "merchant": cart.merchant, "made_at": now, "due_at": now, "submitted_at": now}
    assert cart.grant is not None
    ConfirmationFeed.objects.create(cart=cart, **owned)
    StockFeed.objects.create(grant=cart.grant, place_id="ATVPDKIKX0DER", **owned)
    order = due(cart, "at_wms", hours=2)
    ReleaseFactory(order=order, warehouse=reno, released_at=now)
    still.shift(timedelta(hours=3))
    shipping_tasks.overdue_due()
    inventory_tasks.stock_due()
    assert not Alert.objects.filter(cause__in=(FEED_STUCK, "stock.feed_stuck", WAREHOUSE_STALE)).exists()

    still.shift(timedelta(days=1))
    shipping_tasks.overdue_due()
    inventory_tasks.stock_due()

    assert [len(opened(cause)) for cause in (FEED_STUCK, "stock.feed_stuck", WAREHOUSE_STALE)] == [1, 1, 1]
    assert (
        "Reno has reported no shipment for a day, and 1 order is past its ship-by time." in opened(WAREHOUSE_STALE)[0]
    )
    PackageFactory(shipment__order=order, shipment__warehouse=reno)
    Shipment.objects.update(created_at=clock.now())
    ConfirmationFeed.objects.all().finish()
    shipping_tasks.overdue_due()
    assert opened(FEED_STUCK) == opened(WAREHOUSE_STALE) == []

    old = clock.now() - timedelta(days=200)
    outbox.owe(organization_id=acme.pk, to="a@b.example", subject="Old", text="Old", cause="digest", now=old)
    Mail.objects.all().finish()
    late_erasure.tell(now=clock.now())
    assert "Emails that were sent or given up" in opened(ERASURE_LATE)[0]
    Mail.objects.all().delete()
    late_erasure.tell(now=clock.now())
    assert opened(ERASURE_LATE) == []


def test_a_cart_told_too_many_carriers_as_other_is_named_with_them(cart: Cart, acme: Organization) -> None:
    reno = WarehouseFactory(organization=acme)
    for carrier, count in {"UPS": 14, "Speedy Bikes": 6}.items():
        for _ in range(count):
            PackageFactory(shipment__order=OrderFactory(cart=cart), shipment__warehouse=reno, carrier=carrier)
    Shipment.objects.update(created_at=clock.now())

    shipping_tasks.carriers_due()
    assert "30% of the last week's packages" in opened(OTHER_CARRIERS)[0]
    assert "(Speedy Bikes)" in opened(OTHER_CARRIERS)[0]

    CarrierCode.objects.update_or_create(
        organization=acme, kind=cart.kind, carrier="Speedy Bikes", defaults={"code": "DHL"}
    )
    shipping_tasks.carriers_due()
    assert opened(OTHER_CARRIERS) == []
