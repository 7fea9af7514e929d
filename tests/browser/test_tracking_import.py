"""A sheet of tracking in a real browser: pasted, one row put right, shipped; dropped as a file; without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Package, ShipMethod
from tests.browser.page_text import Look, read
from tests.factories import (
    CartFactory,
    OrderFactory,
    OrganizationFactory,
    ReleaseFactory,
    ShipMethodFactory,
    make_person,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
METHODS = [
    ("UPS Ground", "UPS", "UPSN", "Ground"),
    ("UPS Next Day Air", "UPS", "UPSN", "Next Day Air"),
    ("UPS 2nd Day Air", "UPS", "UPSN", "2nd Day Air"),
    ("UPS 3 Day Select", "UPS", "UPSN", "3 Day Select"),
    ("UPS Next Day Air Saver", "UPS", "UPSN", "Next Day Air Saver"),
]
HEADS = "Order ID\tTracking #\tCarrier\tService\n"


class Dock:
    """Twenty orders of five ship methods that wait for the carrier, and one that is held."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.cart = CartFactory(
            merchant__organization=self.organization, merchant__name="Blue Mug Co", name="Amazon US"
        )
        first = ShipMethodFactory(warehouse__organization=self.organization, warehouse__name="Reno", label="Default")
        self.methods = [
            ShipMethodFactory(warehouse=first.warehouse, label=label, carrier=carrier, scac=scac, service=service)
            for label, carrier, scac, service in METHODS
        ]
        self.orders = [self.order(place, self.methods[place % 5]) for place in range(20)]
        self.held = OrderFactory(cart=self.cart, number="113-7777777-7777777", status=OrderStatus.HELD, reason="Later")

    def order(self, place: int, method: ShipMethod) -> Order:
        number = f"113-1048200-{place:07}"
        made: Order = OrderFactory(cart=self.cart, number=number, status=OrderStatus.AT_WMS)
        ReleaseFactory(order=made, warehouse=method.warehouse, ship_method=method)
        return made

    def rows(self, count: int = 20) -> str:
        return HEADS + "".join(
            f"{order.number}\t{ups_number('999AA1', place)}\t{METHODS[place % 5][1]}\t{METHODS[place % 5][3]}\n"
            for place, order in enumerate(self.orders[:count])
        )


@pytest.fixture
def dock() -> Dock:
    return Dock()


@pytest.fixture
def house(dock: Dock) -> Dock:
    """Whose browser it is."""
    return dock


def paste(page: Page, text: str) -> None:
    page.get_by_label("Paste rows from a sheet").fill(text)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="Columns and rows")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_twenty_orders_of_five_methods_ship_with_a_pasted_sheet_and_two_presses(
    look: Look, dock: Dock, javascript: bool
) -> None:
    page = look("/orders/", javascript=javascript)
    page.get_by_role("link", name="Import tracking").click()

    paste(page, dock.rows())
    page.get_by_role("button", name="Ship 20 orders").click()

    expect(page.locator("tbody tr", has_text="Tracking on its way")).to_have_count(20)
    sent = Package.objects.order_by("order__number").values_list("service", flat=True)
    assert list(sent) == [METHODS[place % 5][3] for place in range(20)]


def test_a_wrong_row_is_put_right_and_shipped(look: Look, dock: Dock) -> None:
    page = look("/shipping/tracking/")
    read(page, "tracking-import")
    wrong = dock.rows(2).replace("113-1048200-0000001", "113-1048200-1111111")
    odd = f"113-1048200-0000002\t1Z-ODD\n{dock.held.number}\t1Z1\n"

    paste(page, wrong + odd)

    expect(page.get_by_text("No order has this number. Check it in the sheet.")).to_be_visible()
    expect(page.get_by_text("It is held: Later. Release it first.")).to_be_visible()
    expect(page.get_by_role("button", name="Ship 1 order")).to_be_visible()
    read(page, "tracking-sheet")
    sheet = page.get_by_label("The sheet")
    sheet.fill(sheet.input_value().replace("113-1048200-1111111", "113-1048200-0000001"))
    page.get_by_role("button", name="Check again").click()
    page.get_by_role("button", name="Ship 2 orders").click()
    expect(page.locator("tbody tr", has_text="Tracking on its way")).to_have_count(2)
    assert set(Package.objects.values_list("order", flat=True)) == {dock.orders[0].pk, dock.orders[1].pk}


def test_a_dropped_file_is_checked_at_once(look: Look, dock: Dock) -> None:
    page = look("/shipping/tracking/")
    transfer = page.evaluate_handle(
        """text => {
          const held = new DataTransfer();
          held.items.add(new File([text], "tracking.tsv"));
          return held;
        }""",
        dock.rows(3),
    )

    page.dispatch_event("main", "drop", {"dataTransfer": transfer})

    expect(page.get_by_role("button", name="Ship 3 orders")).to_be_visible()
