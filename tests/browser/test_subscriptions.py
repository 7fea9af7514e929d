"""The pages of who is told in a real browser: both themes, desk and phone, without JavaScript."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Membership
from core.alerts.mail import alert_mails
from core.alerts.models import Mail, Subscription, Topic
from core.alerts.raised import raise_alert
from core.common import clock, links
from tests.browser.page_text import Look, read
from tests.factories import CartFactory, MerchantFactory, OrderFactory, OrganizationFactory, make_person
from tests.subscribers import make_subscription

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Told:
    """Lists with everybody there can be on one."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.merchant = MerchantFactory(organization=self.organization, name="Blue Mug Co")
        self.cart: Cart = CartFactory(merchant=self.merchant, name="Amazon US")
        quiet = make_person(self.organization, Role.STAFF)
        Membership.objects.filter(user=quiet).update(mailed=False)
        self.viewer = make_person(self.organization, Role.VIEWER)
        make_subscription(self.organization, address="everything@northwind.example")
        make_subscription(self.merchant, [Topic.FAILED], address="a.rather.long.address.of.the.shop@bluemug.example")
        self.subscription = make_subscription(self.cart, [Topic.CREATED, Topic.FAILED])
        stopped = make_subscription(self.cart, address="stopped@bluemug.example")
        Subscription.objects.filter(pk=stopped.pk).update(stopped_at=clock.now())
        make_subscription(self.cart, person=make_person(OrganizationFactory()))
        raise_alert("grant.ended", self.cart, "Blue Mug Co has to authorize us again.", now=clock.now())
        alert_mails.write_alerts(now=clock.now())
        for number in ("111-1", "111-2"):
            order = OrderFactory(cart=self.cart, number=number, status="error")
            raise_alert("order.not_released", order, f"Order {number}: no SKU.", now=clock.now())


@pytest.fixture
def house() -> Told:
    return Told()


def pages(house: Told) -> dict[str, str]:
    token = links.token(house.subscription.kept)
    return {
        "told-organization": reverse("subscriptions:organization"),
        "told-merchant": reverse("subscriptions:merchant", args=[house.merchant.pk]),
        "told-cart": reverse("subscriptions:cart", args=[house.cart.pk]),
        "told-subscription": reverse("subscriptions:subscription", args=[house.subscription.pk]),
        "alerts-of-a-cause": reverse("alerts:alerts") + "?cause=grant.ended",
        "alerts-alike": reverse("alerts:alerts"),
        "alerts-handled": reverse("alerts:handle") + "?cause=grant.ended",
        "alerts-retry": reverse("alerts:new_retry") + "?cause=order.not_released",
        "my-notifications": reverse("alerts:preferences"),
        "choose": reverse("alerts:choose", args=[token]),
        "stop": reverse("alerts:stop", args=[token]),
        "sent-mail-of-subscriptions": reverse("alerts:mails"),
    }


NAMES = (
    "told-organization",
    "told-merchant",
    "told-cart",
    "told-subscription",
    "alerts-of-a-cause",
    "alerts-alike",
    "alerts-handled",
    "alerts-retry",
    "my-notifications",
    "choose",
    "stop",
    "sent-mail-of-subscriptions",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_readable_by_everybody(look: Look, house: Told, name: str) -> None:
    read(look(pages(house)[name]), name)


def test_a_link_that_is_none_is_readable_by_everybody(look: Look) -> None:
    page = look(reverse("alerts:stop", args=["x" * 43]))
    expect(page.get_by_role("heading", name="This link doesn't work")).to_be_visible()
    read(page, "stop-gone")


def test_an_address_is_put_on_a_list_without_javascript_and_ends_it_on_a_phone(look: Look, house: Told) -> None:
    page = look(reverse("merchants:merchant", args=[house.merchant.pk]), javascript=False)
    page.get_by_role("link", name="Notifications").click()
    page.get_by_label("Or an email address").fill("jo@bluemug.example")
    page.get_by_label("What needs a person").uncheck()
    page.get_by_role("button", name="Add to the list").click()
    expect(page.get_by_text("Choose at least one thing to be told about.")).to_be_visible()

    page.get_by_label("Orders that came in").check()
    page.get_by_role("button", name="Add to the list").click()
    expect(page.get_by_text("jo@bluemug.example was added to the list.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Change notifications for jo@")).click()
    page.get_by_label("Orders that failed to import").check()
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name=re.compile("jo@bluemug"))
    expect(row).to_contain_text("Orders that came in, orders that failed to import")

    mail = Mail.objects.get(to="jo@bluemug.example")
    token = links.token(links.Link(mail.link_nonce, mail.link_digest))
    phone = look(reverse("alerts:stop", args=[token]), width=375)
    phone.get_by_role("button", name="Unsubscribe").click()
    expect(phone.get_by_role("heading", name="You're unsubscribed")).to_be_visible()
    page.reload()
    expect(row).to_contain_text("Unsubscribed")
    row.get_by_role("button", name=re.compile("Remove")).click()
    expect(page.get_by_text("jo@bluemug.example was removed from the list of Blue Mug Co.")).to_be_visible()
