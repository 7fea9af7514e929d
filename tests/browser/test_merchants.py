"""The pages of filters, merchants and mail in a real browser: both themes, desk and phone, without JavaScript."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from carts.models import Cart, Grant
from core.accounts.access import Role
from core.activity.event_log import record
from core.alerts.mail import outbox
from core.alerts.models import Mail
from core.common import clock, links
from core.common.errands import ErrandState
from orders.models import ItemFilter, OrderFilter, OrderStatus
from tests.browser.page_text import Look, read
from tests.factories import (
    AlertFactory,
    CartFactory,
    GrantFactory,
    LineFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    make_person,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Clients:
    """What the pages show: merchants in every health, a cart with filters, mail in every state."""

    def __init__(self) -> None:
        now = clock.now()
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.merchant = MerchantFactory(
            organization=self.organization, name="Blue Mug Co", email="a.rather.long.address@bluemug.example"
        )
        self.cart: Cart = CartFactory(merchant=self.merchant, name="Amazon US")
        make_person(self.organization, Role.SELLER, merchant=self.merchant)
        owner = {"organization": self.organization, "merchant": self.merchant}
        OrderFilter.objects.create(
            **owner, cart=self.cart, field="country", effect="required", values=["US", "CA", "MX"]
        )
        OrderFilter.objects.create(**owner, cart=self.cart, field="prime", values=["yes"])
        ItemFilter.objects.create(**owner, cart=self.cart, values=["MUG-OLD-WITH-A-RATHER-LONG-NAME", "LAMP"])
        for _ in range(3):
            OrderFactory(cart=self.cart, is_prime=True)
        self.order = OrderFactory(cart=self.cart, status=OrderStatus.AT_WMS)
        LineFactory(order=self.order, sku="LAMP", ordered=2, left_out=True)
        OrderFactory(cart=self.cart, status=OrderStatus.HELD)
        AlertFactory(organization=self.organization, merchant=self.merchant)
        record("merchant.changed", self.merchant, now=now, actor=self.user, fields="name")
        grant = GrantFactory(merchant__organization=self.organization, state=Grant.State.ENDED, ended_at=now)
        CartFactory(merchant=grant.merchant, grant=grant)
        MerchantFactory(organization=self.organization, name="Quiet Lamp Ltd")
        for state in (ErrandState.DUE, ErrandState.DONE, ErrandState.STUCK, ErrandState.DROPPED):
            self._mail(state)

    def _mail(self, state: ErrandState) -> None:
        mail = outbox.owe(
            organization_id=self.organization.pk,
            to="jo.with.a.long.name@seller.example",
            subject=f"Connect Amazon.de to Northwind 3PL, which is {state}",
            text="Hello,\n\nopen {link}\n\nand follow the steps.\n",
            cause="setup_link.sent",
            now=clock.now(),
            link=links.make(),
            link_path="/setup/{token}/",
        )
        sent_at = clock.now() if state == ErrandState.DONE else None
        why = "The mail server refused the email (550)." if state == ErrandState.STUCK else ""
        Mail.objects.filter(pk=mail.pk).update(state=state, sent_at=sent_at, last_error=why)


@pytest.fixture
def house() -> Clients:
    return Clients()


def pages(house: Clients) -> dict[str, str]:
    return {
        "merchants": reverse("merchants:merchants"),
        "new-merchant": reverse("merchants:new"),
        "merchant": reverse("merchants:merchant", args=[house.merchant.pk]),
        "filters": reverse("orders:filters", args=[house.cart.pk]),
        "order-left-out": reverse("orders:order", args=[house.order.pk]),
        "sent-mail": reverse("alerts:mails"),
        "alerts": reverse("alerts:alerts"),
    }


NAMES = ("merchants", "new-merchant", "merchant", "filters", "order-left-out", "sent-mail", "alerts")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_readable_by_everybody(look: Look, house: Clients, name: str) -> None:
    page = look(pages(house)[name])
    for summary in page.locator("main summary").all():
        summary.click()

    read(page, name)


def test_a_filter_is_tried_and_kept_without_javascript(look: Look, house: Clients) -> None:
    page = look(reverse("orders:filters", args=[house.cart.pk]), javascript=False)
    form = page.locator("#filter")
    form.get_by_label("For orders whose").select_option(label="Order number")
    form.get_by_label("Compared").select_option(label="ends with")
    form.get_by_label("Values").fill(house.order.number[-10:])
    form.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Tried, not saved")).to_be_visible()
    expect(form.get_by_label("Values")).to_have_value(house.order.number[-10:])

    form.get_by_role("button", name="Add filter").click()
    expect(page.get_by_text("It applies to orders that come in from now on.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Remove.*Prime is yes")).click()
    expect(page.get_by_text("Removed: Prime is yes.")).to_be_visible()


def test_a_merchant_is_made_and_renamed_on_a_phone(look: Look, house: Clients) -> None:
    page = look(reverse("merchants:merchants"), width=375)
    page.get_by_role("link", name="New merchant").click()
    page.get_by_label("Name").fill("blue mug co")
    page.get_by_role("button", name="Create merchant").click()
    expect(page.get_by_text("There is already a merchant named blue mug co.")).to_be_visible()

    page.get_by_label("Name").fill("Red Pot")
    page.get_by_role("button", name="Create merchant").click()
    expect(page.get_by_role("heading", name="Red Pot", exact=True)).to_be_visible()
    page.get_by_label("Contact email").fill("pot@red.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Red Pot was saved.")).to_be_visible()
