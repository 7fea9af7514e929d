"""What the marketplace changed after an order left, and what a rule left out, in a real browser."""

import pytest
from playwright.sync_api import expect

from core.common import clock
from orders.models import Difference, Line, OrderStatus
from tests.browser.page_text import Look, read
from tests.factories import CartFactory, OrderFactory, OrganizationFactory, ReleaseFactory, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "MUG-WITH-A-VERY-LONG-SKU-INDEED-THAT-NO-PHONE-IS-WIDE-ENOUGH-FOR"


class House:
    """An order that differs, one that was skipped, and one that goes without a line."""

    def __init__(self) -> None:
        organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(organization)
        cart = CartFactory(merchant__organization=organization, merchant__name="Blue Mug Co", name="Amazon US")
        self.differs = OrderFactory(
            cart=cart, number="113-1048200-2", status=OrderStatus.AT_WMS, lines={"MUG-BLUE": 2, LONG: 3}
        )
        ReleaseFactory(order=self.differs)
        mug, long = self.differs.lines.order_by("pk")
        said = [("address", "", "street, postal code", None), ("service", "Standard", "Expedited", None)]
        for kind, was, now, line in (*said, ("quantity", "2", "5", mug), ("line", "", f"3 × {LONG}", long)):
            Difference.objects.create(
                organization=organization,
                merchant=cart.merchant,
                order=self.differs,
                kind=kind,
                was=was,
                now=now,
                line=line,
                seen_at=clock.now(),
            )
        left_out = "Left out by the filter “Ship method is Standard”"
        self.skipped = OrderFactory(cart=cart, number="113-9-9", status=OrderStatus.SKIPPED, reason=left_out)
        self.in_part = OrderFactory(cart=cart, number="113-9-7", lines={"MUG-BLUE": 1, "POT": 2})
        Line.objects.filter(order=self.in_part, sku="POT").update(left_out=True)


@pytest.fixture
def house() -> House:
    return House()


def test_everybody_can_read_what_differs_and_what_was_left_out(house: House, look: Look) -> None:
    read(look(house.differs.get_absolute_url()), "differs")
    read(look(house.skipped.get_absolute_url()), "skipped")
    read(look(house.in_part.get_absolute_url()), "left-out")
    read(look(f"/orders/{house.in_part.pk}/cancel/"), "cancel")


def test_a_difference_is_settled_on_a_phone_without_javascript(house: House, look: Look) -> None:
    page = look(house.differs.get_absolute_url(), width=375, javascript=False)

    page.get_by_role("button", name="Keep ours").first.click()

    expect(page.get_by_text("Kept as it is here.", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="Keep ours")).to_have_count(3)
