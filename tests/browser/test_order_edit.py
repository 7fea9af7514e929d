"""Editing one order in a browser: read by everybody, with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from core.accounts.models import Organization, User
from core.common import clock
from orders.actions import notes
from orders.models import HeldFor, Order, OrderStatus, Recipient
from shipping.models import ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse
from tests.address_edits import address_of
from tests.browser.page_text import Look, read
from tests.factories import CartFactory, OrderFactory, OrganizationFactory, ReleaseFactory, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class OrderHouse:
    """One order at the warehouse with notes, one without an address, and somebody who ships."""

    def __init__(self) -> None:
        self.organization: Organization = OrganizationFactory(name="Northwind 3PL")
        self.user: User = make_person(self.organization)
        self.warehouse: Warehouse = make_portal_warehouse(self.organization)
        cart = CartFactory(merchant__organization=self.organization, merchant__name="Blue Mug Co", name="Amazon US")
        self.order: Order = OrderFactory(cart=cart, number="113-0071187-1", status=OrderStatus.AT_WMS)
        method = ShipMethod.objects.get(warehouse=self.warehouse, label="UPS Ground")
        ReleaseFactory(order=self.order, warehouse=self.warehouse, ship_method=method)
        for text in ("Ring twice\nand wait", "שלום <b>not bold</b> " + "long" * 60):
            notes.note(self.order, text, by=self.user, now=clock.now())
        self.bare: Order = OrderFactory(
            cart=cart, status=OrderStatus.HELD, held_for=HeldFor.ADDRESS, reason="Amazon.com sent no address"
        )
        Recipient.objects.filter(order=self.bare).delete()


@pytest.fixture
def house() -> OrderHouse:
    return OrderHouse()


def opened(page: Page) -> None:
    page.get_by_role("link", name="Edit address").click()
    page.get_by_role("button", name="Show and edit").click()


def test_every_page_of_an_edit_is_readable_by_everybody(look: Look, house: OrderHouse) -> None:
    page = look(house.order.get_absolute_url())
    read(page, "order-actions")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("1 Main Street")).to_be_visible()
    read(page, "order-shown")

    page.get_by_role("link", name="Edit address").click()
    read(page, "edit-asked")
    page.get_by_role("button", name="Show and edit").click()
    page.get_by_label("City").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("City is empty. Enter one.")).to_be_visible()
    read(page, "edit-address")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Change ship method").click()
    read(page, "edit-method")
    page.goto(house.order.get_absolute_url())
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("Held. Pull it from packing")).to_be_visible()
    read(page, "order-held-at-packing")


def test_two_people_edit_at_once_and_the_second_decides(look: Look, house: OrderHouse) -> None:
    mine, theirs = look(house.order.get_absolute_url()), look(house.order.get_absolute_url(), javascript=False)
    for page, city in ((mine, "Carson City"), (theirs, "Sparks")):
        opened(page)
        page.get_by_label("City").fill(city)
    theirs.get_by_role("button", name="Save").click()
    expect(theirs.get_by_text("Changed: city.")).to_be_visible()

    mine.get_by_role("button", name="Save").click()

    expect(mine.get_by_role("row", name="City Sparks Carson City")).to_be_visible()
    read(mine, "edit-conflict")
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_text("Warehouse has the change.")).to_be_visible()
    assert address_of(house.order).city == "Carson City"


def test_an_address_is_entered_on_a_phone(look: Look, house: OrderHouse) -> None:
    page = look(house.bare.get_absolute_url(), width=375)

    page.get_by_role("link", name="Enter the address").click()
    for label, value in (("Name", "Jo Doe"), ("Address line 1", "9 Elm Street"), ("City", "Reno")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("State or province").fill("NV")
    page.get_by_label("Postal code").fill("89501")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("It goes to the warehouse with this change.")).to_be_visible()
    assert Order.objects.get(pk=house.bare.pk).status == OrderStatus.NEW
