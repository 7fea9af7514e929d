"""Ship and Close in a real browser: with a scanner, with a pasted column, without JavaScript, on desk and phone."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Charge, Package
from tests.browser.page_text import Look, read
from tests.factories import (
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


class Dock:
    """Three orders that wait for the carrier, and one that went with the wrong tracking."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.cart = CartFactory(
            merchant__organization=self.organization, merchant__name="Blue Mug Co", name="Amazon US"
        )
        self.method = ShipMethodFactory(
            warehouse__organization=self.organization, warehouse__name="Reno", label="UPS Ground"
        )
        self.first = self.order("113-1048200-2", lines={"MUG-BLUE": 3, "MUG-LID": 2})
        self.second = self.order("113-1048199-4")
        self.third = self.order("113-1048198-6")
        self.orders = [self.first, self.second, self.third]
        gone = OrderFactory(cart=self.cart, number="113-2210945-8", status=OrderStatus.CONFIRMED)
        confirmation = ConfirmationFactory(package__shipment__order=gone, state="done")
        PackageLineFactory(package=confirmation.package)
        self.gone: Package = confirmation.package

    def order(self, number: str, **fields: object) -> Order:
        made: Order = OrderFactory(cart=self.cart, number=number, status=OrderStatus.AT_WMS, **fields)
        ReleaseFactory(order=made, warehouse=self.method.warehouse, ship_method=self.method)
        return made

    @property
    def path(self) -> str:
        return "/shipping/close/?" + "&".join(f"order={order.pk}" for order in self.orders)


@pytest.fixture
def dock() -> Dock:
    return Dock()


@pytest.fixture
def house(dock: Dock) -> Dock:
    """Whose browser it is."""
    return dock


def number(place: int) -> str:
    return ups_number("999AA1", place)


def prepare(page: Page, dock: Dock, state: str) -> None:
    """Bring the dialog into a state worth looking at."""
    if state == "packages":
        page.get_by_role("button", name=f"Packages and quantities of {dock.first.number}").click()
        page.get_by_role("button", name=f"Add a package to {dock.first.number}").click()
        expect(page.get_by_text("Package 2 of 2")).to_be_visible()
        page.get_by_role("button", name="Check only").click()
        expect(page.get_by_role("alert").first).to_be_visible()
    elif state == "charges":
        page.get_by_label("What for, charge 1").fill("Freight")
        page.get_by_label("Amount, charge 1").fill("100")
        page.get_by_label("How, charge 1").select_option("divided")
        expect(page.get_by_text("Freight $33.34")).to_be_visible()
        page.get_by_text("Paste a column of tracking numbers").first.click()
        for place, order in enumerate(dock.orders):
            page.get_by_label(f"Tracking number of {order.number}").fill(f"1Z-ODD-{place}")
        page.get_by_role("button", name="Check only").click()
        expect(page.get_by_text("It doesn't look like a UPS tracking number.").first).to_be_visible()


@pytest.mark.parametrize("state", ["plain", "packages", "charges", "correct"])
def test_the_dialog_is_usable_by_everybody(look: Look, dock: Dock, state: str) -> None:
    page = look(f"/shipping/packages/{dock.gone.pk}/correct/" if state == "correct" else dock.path)
    prepare(page, dock, state)

    read(page, f"close-{state}")


def test_a_scanner_fills_one_field_after_the_other_and_never_sends_the_form(look: Look, dock: Dock) -> None:
    page = look(dock.path)
    rows = [row.bounding_box() for row in page.locator(".close-orders > tbody > tr").all()]
    assert all(box and box["height"] <= 60 for box in rows), rows
    page.get_by_label(f"Tracking number of {dock.first.number}").focus()

    for place in range(3):
        page.keyboard.type(number(place))
        page.keyboard.press("Enter")

    expect(page.get_by_label(f"Tracking number of {dock.third.number}")).to_have_value(number(2))
    expect(page.locator("#ship")).to_be_focused()
    assert not Package.objects.filter(order__in=dock.orders).exists()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 orders shipped. Their tracking is on its way to the cart.")).to_be_visible()
    expect(page.locator("tbody tr", has_text="Tracking on its way")).to_have_count(3)
    expect(page.locator(".facts")).to_contain_text("3: 3 × Ground")
    read(page, "closed")


def test_without_javascript_a_scanners_enter_ships_nothing(look: Look, dock: Dock) -> None:
    page = look(f"/shipping/close/?order={dock.second.pk}", javascript=False)
    field = page.get_by_label(f"Tracking number of {dock.second.number}")
    field.fill(number(1))
    field.press("Enter")

    expect(page.get_by_text("Everything is correct.", exact=True)).to_be_visible()
    expect(field).to_have_value(number(1))
    assert not Package.objects.filter(order=dock.second).exists()


def test_a_column_is_pasted_into_the_first_field(look: Look, dock: Dock) -> None:
    page = look(dock.path)
    column = "\n".join(number(place) for place in range(3))
    page.evaluate("text => navigator.clipboard.writeText(text)", column + "\n")
    page.get_by_label(f"Tracking number of {dock.first.number}").focus()

    page.keyboard.press("Control+v")

    expect(page.get_by_label(f"Tracking number of {dock.third.number}")).to_have_value(number(2))
    expect(page.locator("#scanned")).to_have_text("3 tracking numbers filled in.")
    page.evaluate("text => navigator.clipboard.writeText(text)", "A\nB")
    page.get_by_label(f"Tracking number of {dock.third.number}").focus()
    page.keyboard.press("Control+v")
    expect(page.locator("#scanned")).to_have_text("There are 2 lines for 1 field. Nothing was filled in.")
    expect(page.get_by_label(f"Tracking number of {dock.third.number}")).to_have_value(number(2))


@pytest.mark.parametrize("javascript", [True, False])
def test_an_order_goes_in_two_packages_with_a_charge(look: Look, dock: Dock, javascript: bool) -> None:
    page = look(dock.path, javascript=javascript)
    page.get_by_text("Paste a column of tracking numbers").first.click()
    page.get_by_role("textbox", name="Paste a column of tracking numbers").fill("\n".join(map(number, range(3))))
    page.get_by_role("button", name="Fill in the rows").click()
    expect(page.get_by_label(f"Tracking number of {dock.second.number}")).to_have_value(number(1))

    page.get_by_role("button", name=f"Packages and quantities of {dock.first.number}").click()
    page.get_by_role("button", name=f"Add a package to {dock.first.number}").click()
    page.get_by_label(f"Tracking number of package 2 of {dock.first.number}").fill(number(7))
    page.get_by_label(f"Units of MUG-BLUE in package 1 of {dock.first.number}").fill("9")
    page.get_by_label("What for, charge 1").fill("Freight")
    page.get_by_label("Amount, charge 1").fill("10.00")
    page.get_by_label("How, charge 1").select_option("divided")
    if not javascript:
        page.get_by_role("button", name="Show what each order is charged").click()
    page.get_by_role("button", name="Add a charge").click()
    expect(page.get_by_label("What for, charge 2")).to_be_visible()
    expect(page.get_by_text("Freight $3.34")).to_be_visible()
    page.locator("#ship").click()

    expect(page.get_by_text("9 of MUG-BLUE is more than the 3 still open.", exact=True)).to_be_visible()
    assert not Package.objects.filter(order__in=dock.orders).exists()
    page.get_by_label(f"Units of MUG-BLUE in package 1 of {dock.first.number}").fill("1")
    page.locator("#ship").click()

    expect(page.get_by_text("3 orders shipped.")).to_be_visible()
    packages = Package.objects.filter(order=dock.first).order_by("number")
    assert [dict(each.lines.values_list("line__sku", "quantity")) for each in packages] == [
        {"MUG-BLUE": 1},
        {"MUG-BLUE": 2, "MUG-LID": 2},
    ]
    assert sum(Charge.objects.values_list("amount", flat=True)) == Decimal(10)


def test_an_odd_tracking_number_is_shipped_by_saying_so(look: Look, dock: Dock) -> None:
    page = look(f"/shipping/close/?order={dock.second.pk}")
    page.get_by_label(f"Tracking number of {dock.second.number}").fill("1Z5R89390357567128")
    page.locator("#ship").click()

    expect(page.get_by_role("alert")).to_contain_text("Its check digit is wrong for UPS")
    page.get_by_role("button", name="Ship anyway").click()

    expect(page.get_by_text("1 order shipped. Its tracking is on its way to the cart.")).to_be_visible()


def test_leaving_the_last_one_out_goes_back_to_the_orders(look: Look, dock: Dock) -> None:
    page = look(f"/shipping/close/?order={dock.second.pk}")

    page.get_by_role("button", name=f"Leave out {dock.second.number}").click()

    expect(page.get_by_text("Every order was left out. Nothing was shipped.")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Orders")


def test_a_tracking_is_corrected_from_the_page_of_its_order(look: Look, dock: Dock) -> None:
    page = look(dock.gone.order.get_absolute_url())

    page.get_by_role("link", name="Correct package").click()
    page.get_by_role("textbox", name="Tracking number").fill(number(5))
    page.locator("button.btn-primary").click()

    expect(page.get_by_text("Corrected. Amazon.com is being sent the correction")).to_be_visible()
    expect(page.get_by_text("Being sent", exact=True)).to_be_visible()
