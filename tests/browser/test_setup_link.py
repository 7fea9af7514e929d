"""A mailed setup link, from the cart's page to the seller's phone: two browsers, real mail, Amazon over HTTP."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import waitress
from django.conf import settings as project
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer
from waitress import wasyncore

from carts.models import Cart
from carts.setup_links import asked_links
from core.accounts.models import User
from core.alerts.mail import outbox
from core.common import clock
from simulator.amazon import Simulator
from tests import axe_rules
from tests.browser.page_text import SHOTS
from tests.factories import CartFactory, MerchantFactory, OrganizationFactory, make_person
from tests.mail_sink import Sink, mail_sink, text_of

__all__ = ["mail_sink"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL = "jo@bluemug.example"
SELLER, OTHER = "A1BLUEMUGCO01", "A2HARBORROPE1"
PHONE, DESK = {"width": 375, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture
def amazon(settings: Any, live_server: LiveServer) -> Iterator[Simulator]:
    """Amazon on loopback, where a browser can go; and the portal under the address the browsers use."""
    simulator = Simulator(seed=1, orders=0, quota=False)
    server = waitress.create_server(simulator, host="127.0.0.1", port=0, threads=4)
    url = simulator.base_url = f"http://127.0.0.1:{server.effective_port}"
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ours = settings.MARKETPLACES["amazon"] | {
        "app_id": simulator.application.id,
        "client_id": simulator.application.client_id,
        "client_secret": simulator.application.client_secret,
        "spapi_urls": {region: f"{url}/{region.lower()}" for region in ("NA", "EU", "FE")},
        "lwa_url": f"{url}/auth/o2/token",
        "seller_central_url": url,
    }
    settings.MARKETPLACES = {"amazon": ours}
    settings.PUBLIC_URL = live_server.url
    yield simulator
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))  # in its own thread
    thread.join(5)
    server.task_dispatcher.shutdown()


@pytest.fixture
def staff(db: None) -> User:
    return make_person(OrganizationFactory(name="Northwind 3PL"))


@pytest.fixture
def cart(staff: User) -> Cart:
    merchant = MerchantFactory(organization=staff.memberships.get().organization, name="Blue Mug Co")
    return CartFactory(merchant=merchant, name="Mugs in the US", grant=None, state="setup", live_at=None)


@dataclass
class Browsers:
    """Each person a browser of their own. What a browser complains about fails the test."""

    chromium: Browser
    complaints: list[str]
    contexts: list[BrowserContext]

    def open(self, size: dict[str, int], **options: Any) -> Page:
        context = self.chromium.new_context(viewport=size, **options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        expected = re.search(r"status of 4(00|04|22)", message.text)  # pages that say no
        if message.type == "error" and not expected:
            self.complaints.append(message.text)


@pytest.fixture
def browsers(chromium: Browser) -> Iterator[Browsers]:
    browsers = Browsers(chromium, [], [])
    yield browsers
    for context in browsers.contexts:
        context.close()
    assert browsers.complaints == []


@pytest.fixture
def at_desk(browsers: Browsers, live_server: LiveServer, staff: User) -> Page:
    """The browser of somebody of the warehouse."""
    client = Client()
    client.force_login(staff)
    session = client.cookies[project.SESSION_COOKIE_NAME].value
    page = browsers.open(DESK)
    page.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return page


@pytest.fixture
def on_phone(browsers: Browsers) -> Page:
    """The seller's."""
    return browsers.open(PHONE, has_touch=True, is_mobile=True)


def looked_at(page: Page, name: str) -> None:
    """Readable by everybody, in both themes, and no wider than the screen."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"link-{name}-{theme}.png", full_page=True)
        assert axe_rules.broken(page, colors_only=theme == "dark") == []
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.emulate_media(color_scheme="light")


def agree(page: Page, seller_id: str = SELLER, button: str = "Confirm") -> None:
    """What the seller does at Amazon."""
    expect(page.get_by_text("Simulated Seller Central").first).to_be_visible()
    page.get_by_label("Seller account").select_option(seller_id)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=button).click()


def share(page: Page, live_server: LiveServer, cart: Cart) -> None:
    page.goto(live_server.url + cart.get_absolute_url())
    page.get_by_label("Seller's email").fill(EMAIL)
    page.get_by_role("button", name="Send setup link").click()
    expect(page.get_by_text(f"The setup link is on its way to {EMAIL}")).to_be_visible()
    outbox.send_due(now=clock.now())


def link_in(sink: Sink) -> str:
    """The link of the seller's last mail, as it came out of the wire."""
    found = re.search(r"http://\S+/setup/\S+", text_of(sink.to(EMAIL)[-1]))
    assert found
    return found[0]


def test_a_seller_on_a_phone_connects_a_cart_by_a_mailed_link(
    at_desk: Page,
    on_phone: Page,
    live_server: LiveServer,
    amazon: Simulator,
    mail_sink: Sink,
    cart: Cart,
) -> None:
    share(at_desk, live_server, cart)
    looked_at(at_desk, "staff-sent")

    on_phone.goto(link_in(mail_sink))
    expect(on_phone.get_by_role("heading", name="Connect Amazon.com to Northwind 3PL")).to_be_visible()
    expect(on_phone.get_by_role("navigation")).to_have_count(0)
    looked_at(on_phone, "seller")
    on_phone.get_by_role("button", name="Grant API access").click()
    agree(on_phone)
    expect(on_phone.get_by_role("heading", name="Success")).to_be_visible()
    looked_at(on_phone, "success")

    at_desk.reload()
    share_card = at_desk.locator("#share")
    expect(share_card.get_by_text("Completed", exact=True)).to_be_visible()
    expect(at_desk.get_by_text(SELLER).first).to_be_visible()
    looked_at(at_desk, "staff-completed")
    outbox.send_due(now=clock.now())
    assert [message["subject"] for message in mail_sink.to(EMAIL)] == [
        "Connect Amazon.com to Northwind 3PL",
        "Amazon.com is connected to Northwind 3PL",
    ]
    assert [message["subject"] for message in mail_sink.to(User.objects.get().email)] == [
        "Mugs in the US: Blue Mug Co authorized us"
    ]


def test_a_seller_who_says_no_comes_back_to_the_link_and_a_late_one_asks_for_another(
    at_desk: Page,
    on_phone: Page,
    live_server: LiveServer,
    amazon: Simulator,
    mail_sink: Sink,
    cart: Cart,
) -> None:
    share(at_desk, live_server, cart)
    link = link_in(mail_sink)
    on_phone.goto(link)
    on_phone.get_by_role("button", name="Grant API access").click()
    state = re.search(r"[?&]state=([^&]+)", on_phone.url)
    assert state
    on_phone.goto(f"{live_server.url}/carts/amazon/returned/?state={state[1]}&error=access_denied")
    expect(on_phone.get_by_role("heading", name="Not authorized")).to_be_visible()
    looked_at(on_phone, "denied")
    on_phone.get_by_role("link", name="Back to your setup link").click()
    assert on_phone.url == link

    at_desk.get_by_role("button", name="Revoke").click()
    expect(at_desk.locator("#share").get_by_text("Revoked", exact=True)).to_be_visible()
    on_phone.reload()
    expect(on_phone.get_by_role("heading", name="This link doesn't work")).to_be_visible()
    looked_at(on_phone, "ended")
    on_phone.get_by_role("link", name="Ask for a new link").click()
    looked_at(on_phone, "new")
    on_phone.get_by_label("Your email address").fill(EMAIL)
    on_phone.get_by_role("button", name="Ask for a new link").click()
    expect(on_phone.get_by_role("heading", name="Thank you")).to_be_visible()
    looked_at(on_phone, "asked")
    asked_links.answer_due(now=clock.now())  # what a worker does

    at_desk.goto(f"{live_server.url}/alerts/")
    expect(at_desk.get_by_text("has asked for a new setup link").first).to_be_visible()


def test_a_link_is_copied_and_an_account_allowed(
    at_desk: Page, live_server: LiveServer, amazon: Simulator, mail_sink: Sink, cart: Cart
) -> None:
    rival = MerchantFactory(organization=cart.organization, name="Red Cup Co")
    CartFactory(merchant=rival, place_id="A2EUQ1WTGCTBG2", grant__seller_id=SELLER)
    share(at_desk, live_server, cart)
    at_desk.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    at_desk.get_by_role("button", name="Copy link").click()
    expect(at_desk.get_by_role("button", name="Copied")).to_be_visible()
    assert at_desk.evaluate("navigator.clipboard.readText()") == link_in(mail_sink)

    at_desk.get_by_role("button", name="Grant us API access").first.click()
    agree(at_desk)
    expect(at_desk.get_by_role("heading", name="Already in use")).to_be_visible()
    looked_at(at_desk, "in-use")
    at_desk.get_by_role("link", name="Open Mugs in the US").click()
    looked_at(at_desk, "to-allow")
    at_desk.get_by_role("button", name="Allow this account").click()
    expect(at_desk.get_by_text(f"can use seller {SELLER} now")).to_be_visible()
    at_desk.get_by_role("button", name="Grant us API access").first.click()
    agree(at_desk)

    expect(at_desk.get_by_text("Blue Mug Co authorized us for Amazon.com.")).to_be_visible()
