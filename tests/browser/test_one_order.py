"""The page of one order in a real browser, with all it can show, and what a cart's connection said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from core.activity.event_log import record
from core.common import clock
from core.common.errands import ErrandState
from orders.models import Order, OrderStatus
from shipping.models import Charge
from tests.browser.page_text import Look, read
from tests.exchanges import ExchangeFactory
from tests.factories import (
    CartFactory,
    ConfirmationFactory,
    LineFactory,
    OrderFactory,
    OrganizationFactory,
    PackageFactory,
    PackageLineFactory,
    ReleaseFactory,
    ShipmentFactory,
    make_person,
)
from tests.portal.order_page.test_long_orders import lengthen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWER = '{"order": {"orderId": "113-1048200-2", "orderItems": [{"sellerSku": "MUG-BLUE", "quantityOrdered": 3}]}}'
REFUSED = '{"errors": [{"code": "InvalidInput", "message": "Unknown carrier."}]}'


class Desk:
    """An order shipped in two parts, of which one was refused, and a very long one."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.cart = CartFactory(
            merchant__organization=self.organization, merchant__name="Blue Mug Co", name="Amazon US"
        )
        self.order = self._shipped()
        self.long = lengthen(OrderFactory(cart=self.cart, number="113-1048199-4", lines={}), 450)

    def _shipped(self) -> Order:
        order = OrderFactory(
            cart=self.cart,
            number="113-1048200-2",
            status=OrderStatus.AT_WMS,
            reason="1 unit still to be shipped",
            lines={"MUG-BLUE": 3},
            total=Decimal("86.40"),
            is_prime=True,
        )
        LineFactory(order=order, reference="2", sku="MUG-أزرق", title="قدح أزرق with a lid", canceled=1, ordered=2)
        LineFactory(order=order, reference="3", sku="GIFT-WRAP", title="Paper", left_out=True)
        ReleaseFactory(order=order)
        now = clock.now()
        owned = {"organization": self.organization, "merchant": order.merchant, "order": order, "currency": "USD"}
        states = ((ErrandState.DONE, ""), (ErrandState.STUCK, "Unknown carrier."))
        for hours, (state, error) in zip((30, 2), states, strict=True):
            moment = now - timedelta(hours=hours)
            shipment = ShipmentFactory(order=order, created_at=moment, shipped_at=moment, by=self.user)
            package = PackageFactory(shipment=shipment, corrected_at=None if error else now)
            PackageLineFactory(package=package)
            told = {} if error else {"confirmed_at": moment, "seen_at": now}
            ConfirmationFactory(package=package, state=state, last_error=error, **told)
            for label, amount in (("Packing", "2.50"), ("Freight surcharge", "4.10")):
                Charge.objects.create(**owned, label=label, amount=Decimal(amount), at=moment)
            kind = "package.not_confirmed" if error else "package.confirmed"
            record(kind, order, now=moment, tracking=package.tracking_number, cart="Amazon US", reason=error)
            request = f'{{"packageDetail": {{"trackingNumber": "{package.tracking_number}", "carrierCode": "UPS"}}}}'
            ExchangeFactory(
                organization=self.organization,
                connection=f"grant-{self.cart.grant_id}",
                subject_kind="order",
                subject_id=order.pk,
                operation="confirmShipment",
                method="POST",
                path=f"/na/orders/v0/orders/{order.number}/shipmentConfirmation",
                status=400 if error else 204,
                request=request,
                answer=REFUSED if error else "",
                at=moment,
            )
        plain = {"organization": self.organization, "connection": f"grant-{self.cart.grant_id}"}
        ExchangeFactory(**plain, subject_kind="order", subject_id=order.pk, answer=ANSWER)
        ExchangeFactory(**plain, status=None, operation="searchOrders", request='{"maxResultsPerPage": "100"}')
        return order


@pytest.fixture
def house(transactional_db: None) -> Desk:
    return Desk()


def test_everybody_can_read_it_with_all_it_can_show(look: Look, house: Desk) -> None:
    page = look(house.order.get_absolute_url(), javascript=False)
    expect(page.get_by_role("heading", name="Shipments")).to_be_visible()

    page = look(house.order.get_absolute_url())
    page.get_by_text("confirmShipment: 400").locator("xpath=ancestor::details").evaluate("each => each.open = true")
    page.locator(".exchanges summary").nth(1).click()
    expect(page.locator(".exchanges [open]").get_by_text("Unknown carrier.")).to_be_visible()
    read(page, "order")


def test_a_long_order_is_leafed_through(look: Look, house: Desk) -> None:
    page = look(house.long.get_absolute_url())
    page.get_by_role("link", name="Next →").click()
    expect(page.get_by_text("Lines 201–400 of 450")).to_be_visible()
    page.get_by_role("link", name="Next →").click()
    expect(page.get_by_text("SKU-00449")).to_be_visible()
    read(page, "order-long")


def test_what_a_connection_said_is_read_on_the_history_of_its_cart(look: Look, house: Desk) -> None:
    page = look(f"/carts/{house.cart.pk}/history/")
    page.locator(".exchanges summary").first.click()
    expect(page.get_by_text("maxResultsPerPage")).to_be_visible()
    read(page, "cart-history")
