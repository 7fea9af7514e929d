"""The order pages in a real browser: by keyboard, without JavaScript, in both themes, on desk and phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from carts.models import Cart
from core.activity.event_log import record
from core.common import clock
from orders.models import HeldFor, Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import ShipMethod
from tests.browser.page_text import Look, read
from tests.factories import (
    AlertFactory,
    CartFactory,
    ConfirmationFactory,
    OrderFactory,
    OrganizationFactory,
    PackageLineFactory,
    ReleaseFactory,
    ShipMethodFactory,
    make_person,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND = ups_number("999AA1", 1), ups_number("999AA1", 2)


class Warehouse3pl:
    """What the pages show: a cart with orders in every state."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.cart: Cart = CartFactory(
            merchant__organization=self.organization, merchant__name="Blue Mug Co", name="Amazon US"
        )
        self.method: ShipMethod = ShipMethodFactory(
            warehouse__organization=self.organization, warehouse__name="Reno", label="UPS Ground"
        )
        self.held = self.order(
            "113-4471882-1", OrderStatus.HELD, 4, reason="Ship method “SecondDay” is not mapped", held_for="unmapped"
        )
        self.new = self.order("113-9920017-5", OrderStatus.NEW, 6)
        self.first = self.order("113-1048200-2", OrderStatus.AT_WMS, 61, lines={"MUG-BLUE": 2, "MUG-LID": 2})
        self.second = self.order("113-1048199-4", OrderStatus.AT_WMS, 70)
        for order in (self.first, self.second):
            ReleaseFactory(order=order, warehouse=self.method.warehouse, ship_method=self.method)
        self.shipped = self.order(
            "113-2210945-8", OrderStatus.SHIPPED, 122, reason="UPS 1Z999AA101", shipped_at=clock.now()
        )
        told = ConfirmationFactory(package__shipment__order=self.shipped, package__tracking_number="1Z999AA101")
        PackageLineFactory(package=told.package)
        self.order("113-1047700-1", OrderStatus.CONFIRMED, 184, reason="Tracking sent")
        self.order("113-0071120-2", OrderStatus.HELD, 301, reason="The buyer asked to cancel", held_for=HeldFor.BUYER)
        record("order.downloaded", self.first, now=clock.now(), cart="Amazon US")
        record("order.released", self.first, now=clock.now(), warehouse="Reno", method="UPS Ground")
        AlertFactory(
            organization=self.organization,
            cause="ship_method.unmapped",
            message="Amazon US: Ship method “SecondDay” is not mapped.",
        )

    def order(self, number: str, status: OrderStatus, minutes: int, **fields: object) -> Order:
        placed_at = clock.now() - timedelta(minutes=minutes)
        return OrderFactory(cart=self.cart, number=number, status=status, placed_at=placed_at, **fields)


@pytest.fixture
def house() -> Warehouse3pl:
    return Warehouse3pl()


PAGES: dict[str, Callable[[Warehouse3pl], str]] = {
    "dashboard": lambda house: "/",
    "list": lambda house: "/orders/?tab=all",
    "filtered": lambda house: f"/orders/?tab=all&q=113&placed=30&cart={house.cart.pk}",
    "more filters": lambda house: "/orders/?tab=all&prime=no&placed_from=2026-01-01",
    "board": lambda house: "/orders/board/",
    "order": lambda house: house.first.get_absolute_url(),
    "held": lambda house: house.held.get_absolute_url(),
    "shipped": lambda house: house.shipped.get_absolute_url(),
    "close": lambda house: f"/shipping/close/?order={house.first.pk}&order={house.second.pk}&order={house.new.pk}",
    "alerts": lambda house: "/alerts/",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_by_everybody(look: Look, house: Warehouse3pl, name: str) -> None:
    page = look(PAGES[name](house))
    for box in page.locator("tbody input[type=checkbox]").all()[:2]:
        box.check()
    if name == "close":
        page.locator("#ship").click()
        expect(page.get_by_role("alert")).to_be_visible()

    read(page, name)


def test_two_orders_are_chosen_by_keyboard_and_shipped_and_closed(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=wms")

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("2 selected")
    page.keyboard.press("s")

    expect(page.get_by_role("heading", name="Ship and Close")).to_be_visible()
    expect(page.get_by_label(f"Carrier of {house.first.number}")).to_have_value("UPS")
    page.get_by_label(f"Tracking number of {house.first.number}").fill(FIRST)
    page.locator("#ship").click()
    expect(page.get_by_text("The tracking number is missing.", exact=True)).to_be_visible()
    expect(page.get_by_label(f"Tracking number of {house.first.number}")).to_have_value(FIRST)

    page.get_by_label(f"Tracking number of {house.second.number}").fill(SECOND)
    page.locator("#ship").click()
    expect(page.get_by_text("2 orders shipped.")).to_be_visible()
    shipped = Order.objects.filter(pk__in=[house.first.pk, house.second.pk], status=OrderStatus.SHIPPED)
    assert shipped.count() == 2


def test_a_ship_method_replaces_what_was_typed_and_typing_lets_go_of_it(look: Look, house: Warehouse3pl) -> None:
    other = ShipMethodFactory(
        warehouse=house.method.warehouse, label="FedEx", carrier="FedEx", scac="FDEG", service="Express"
    )
    page = look(f"/shipping/close/?order={house.first.pk}")
    number = house.first.number
    method = page.get_by_label(f"Ship method of {number}")
    expect(method).to_have_value(str(house.method.pk))
    page.get_by_text("Carrier and service").click()
    page.get_by_label(f"Carrier of {number}").fill("By hand")
    expect(method).to_have_value("")

    method.select_option(str(other.pk))

    for field, value in (("Carrier", "FedEx"), ("SCAC", "FDEG"), ("Service", "Express")):
        expect(page.get_by_label(f"{field} of {number}")).to_have_value(value)


def test_an_order_is_left_out_without_javascript_and_enter_does_not_leave_one_out(
    look: Look, house: Warehouse3pl
) -> None:
    page = look(f"/shipping/close/?order={house.first.pk}&order={house.second.pk}", javascript=False)
    second = page.get_by_label(f"Tracking number of {house.second.number}")
    second.fill(SECOND)
    second.press("Enter")
    expect(page.get_by_text("The tracking number is missing.", exact=True)).to_be_visible()

    page.get_by_role("button", name=f"Leave out {house.first.number}").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(second).to_have_value(SECOND)
    second.press("Enter")
    expect(page.get_by_text("Everything is correct.", exact=True)).to_be_visible()
    page.locator("#ship").click()

    expect(page.get_by_text("1 order shipped.")).to_be_visible()
    house.first.refresh_from_db()
    assert house.first.status == OrderStatus.AT_WMS


def test_a_search_changes_the_list_the_tabs_and_the_address(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=all")

    page.keyboard.press("/")
    page.keyboard.type("113-99")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".tabs a", has_text="All")).to_have_text("All 1")
    page.wait_for_url(lambda url: url.endswith("/orders/?tab=all&q=113-99"))
    page.keyboard.type("2")
    expect(page.get_by_label("Search orders")).to_have_value("113-992")

    page.get_by_role("link", name="Remove Search").click()
    expect(page.locator("tbody tr")).to_have_count(7)
    page.locator(".tabs a", has_text="Shipped").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".tabs a[aria-current]")).to_have_text("Shipped 1")
    page.get_by_text("More filters").click()
    page.get_by_role("combobox", name="Placed", exact=True).select_option("30")
    expect(page.locator(".chip")).to_have_text("Placed: last 30 days")
    page.wait_for_url(lambda url: url.endswith("/orders/?tab=shipped&placed=30"))
    page.go_back()
    expect(page.locator("h1")).to_have_text("Orders")


def test_without_javascript_the_list_is_searched_and_worked(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=new", javascript=False)

    page.get_by_label("Search orders").fill(house.new.number)
    page.keyboard.press("Enter")
    page.get_by_label(f"Select {house.new.number}").check()
    page.get_by_role("button", name="Hold").click()

    expect(page.get_by_role("status").filter(has_text=f"Order {house.new.number} held.")).to_be_visible()
    house.new.refresh_from_db()
    assert house.new.status == OrderStatus.HELD
