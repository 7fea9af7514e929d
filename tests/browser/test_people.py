"""People in a real browser: setting up a second factor, inviting, joining, and what everybody can read."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.access import Role
from core.accounts.models import Invitation, Membership
from core.alerts.mail import outbox
from core.common import clock
from tests.browser.page_text import is_complaint, read
from tests.factories import PASSWORD, CartFactory, MembershipFactory, MerchantFactory, OrganizationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]

GOOD = "Correct horse, 9 staples"
Open = Callable[..., Page]


@pytest.fixture
def here(settings: Any, live_server: LiveServer) -> str:
    """The portal as browsers reach it: keys are bound to a name, which an address in digits is not."""
    url = live_server.url.replace("127.0.0.1", "localhost")
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = url, ["localhost", "127.0.0.1", "testserver"]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return url


@pytest.fixture
def people(chromium: Browser, here: str) -> Iterator[Open]:
    """Opens a browser of somebody's own. Fails when it complained about anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_browser(*, width: int = 1280, theme: Any = "light", javascript: bool = True) -> Page:
        context = chromium.new_context(
            base_url=here,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",  # a picture taken halfway between two colors shows neither
            java_script_enabled=javascript,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def staff() -> Membership:
    organization = OrganizationFactory(name="Northwind 3PL")
    CartFactory(merchant=MerchantFactory(organization=organization, name="Blue Mug Co"), name="Amazon US")
    return MembershipFactory(
        organization=organization, user__email="stan@northwind.example", user__name="Stan Staff", role=Role.STAFF
    )


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def code_of(secret: str) -> str:
    """RFC 6238, written out: the test must not ask the product for the code."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_staff_without_a_factor_reach_only_enrolment_and_then_everything(
    people: Open, settings: Any, staff: Membership
) -> None:
    settings.MFA_REQUIRED = True
    page = people()
    log_in(page, staff.user.email)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    read(page, "enrolment")
    page.goto(reverse("carts:carts"))
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()

    page.get_by_role("link", name="Use an authenticator app").click()
    shown = page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 50")
    assert shown
    read(page, "authenticator-app")
    page.get_by_label("Code").fill(code_of(page.get_by_label("Key, if you can't scan").input_value()))
    page.get_by_role("button", name="Turn on").click()

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    read(page, "recovery-codes")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"(\d{8}\s+){10}", download.value.path().read_text())
    page.get_by_role("link", name="I've saved them, continue").click()
    expect(page.get_by_role("heading", name="Carts")).to_be_visible()


def test_a_passkey_is_a_second_factor(people: Open, settings: Any, staff: Membership) -> None:
    settings.MFA_REQUIRED = True
    page = people()
    with_key(page)
    log_in(page, staff.user.email)
    page.get_by_role("link", name="Use a passkey or security key").click()
    read(page, "add-key")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert Authenticator.objects.filter(user=staff.user, type="webauthn").count() == 1
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_text("My laptop")).to_be_visible()
    read(page, "keys")

    page.goto(reverse("account_logout"))
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    log_in(page, staff.user.email)
    read(page, "second-step")
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def with_key(page: Page) -> None:
    """Plug a key into the browser that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_invited_person_joins_from_the_mail_and_sees_the_carts(
    people: Open, staff: Membership, mailoutbox: list[Any]
) -> None:
    owner = MembershipFactory(organization=staff.organization, user__name="Olivia Owner")
    desk = people()
    log_in(desk, owner.user.email)
    desk.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    desk.get_by_role("navigation", name="Settings").get_by_role("link", name="People").click()
    desk.get_by_role("link", name="Invite somebody").click()
    read(desk, "invite")
    desk.get_by_label("Email address").fill("nina@northwind.example")
    desk.get_by_label("Role").select_option(label="Viewer")
    desk.get_by_role("button", name="Send invitation").click()
    expect(desk.get_by_text("An invitation is on its way to nina@northwind.example.")).to_be_visible()
    read(desk, "people")
    outbox.send_due(now=clock.now())
    link = re.search(r"http://localhost:\S+", mailoutbox[0].body)
    assert link

    phone = people(width=375, theme="dark", javascript=False)
    phone.goto(link[0])
    expect(phone.get_by_role("heading", name="Join Northwind 3PL")).to_be_visible()
    phone.get_by_label("Your name").fill("Nina New")
    phone.get_by_label("Password").fill(GOOD)
    phone.get_by_role("button", name="Create account and join").click()
    expect(phone.get_by_role("heading", name="Dashboard")).to_be_visible()
    phone.goto(reverse("carts:carts"))
    expect(phone.get_by_text("Amazon US")).to_be_visible()

    assert Invitation.objects.get().used_at is not None
    used = people()
    used.goto(link[0])
    expect(used.get_by_role("heading", name="This link doesn't work")).to_be_visible()
    read(used, "no-invitation")


def test_the_other_pages_about_people_are_readable_by_everybody(people: Open, staff: Membership) -> None:
    owner = MembershipFactory(organization=staff.organization, user__name="Olivia Owner")
    MembershipFactory(user=owner.user, organization__name="Zebra 3PL", role=Role.VIEWER)
    page = people()
    for name in ("account_login", "account_reset_password", "account_reset_password_done", "account_signup"):
        page.goto(reverse(name))
        read(page, name)
    log_in(page, owner.user.email)
    for name in (
        "people:organizations",
        "account_email",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_list_webauthn",
        "usersessions_list",
    ):
        page.goto(reverse(name))
        read(page, name.replace(":", "-"))
    page.goto(reverse("people:person", args=[staff.pk]))
    read(page, "person")
    page.get_by_role("button", name="Remove from the organization").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("Stan Staff no longer belongs to Northwind 3PL.")).to_be_visible()
    assert not Membership.objects.filter(pk=staff.pk).exists()
