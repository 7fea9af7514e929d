"""The pages of the carts."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from carts import connections
from carts.models import Cart, Grant
from core.accounts.access import Role
from core.accounts.models import Merchant, Organization
from core.activity.models import Exchange
from core.common import clock
from core.common.bell import Bell
from simulator.amazon import Simulator
from tests.carts.conftest import SETTINGS, ClientFor, Consent, page, press
from tests.factories import CartFactory, GrantFactory, MerchantFactory
from tests.world import SELLER, US

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
DE = "A1PA6795UKMFR9"


# -- Who sees what -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_everybody_of_the_organization_may_look(client_for: ClientFor, cart: Cart, role: Role) -> None:
    browser = client_for(role, merchant=cart.merchant if role == Role.SELLER else None)

    assert "Amazon US" in browser.get(reverse("carts:carts")).content.decode()
    settings = browser.get(reverse("carts:settings", args=[cart.pk]), follow=True).content.decode()
    assert ("Save settings" in settings) == (role in (Role.OWNER, Role.ADMIN, Role.STAFF))
    assert "History" in page(browser, cart, "history")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
@pytest.mark.parametrize("button", ["settings", "token", "test", "ok", "pause", "resume", "download"])
def test_who_may_not_connect_changes_nothing(client_for: ClientFor, cart: Cart, role: Role, button: str) -> None:
    browser = client_for(role, merchant=cart.merchant if role == Role.SELLER else None)

    assert browser.post(reverse(f"carts:{button}", args=[cart.pk]), SETTINGS).status_code == 403
    assert browser.get(reverse("carts:new")).status_code == 403


def test_a_seller_sees_their_own_carts_only(client_for: ClientFor, acme: Organization, cart: Cart) -> None:
    CartFactory(merchant=MerchantFactory(organization=acme), name="Of another seller")
    browser = client_for(Role.SELLER, merchant=cart.merchant)

    shown = browser.get(reverse("carts:carts")).content.decode()

    assert "Amazon US" in shown
    assert "Of another seller" not in shown


def test_a_cart_of_others_is_as_absent_as_one_that_never_was(stranger: Client, cart: Cart) -> None:
    for name in ("cart", "history"):
        there = stranger.get(reverse(f"carts:{name}", args=[cart.pk]))
        nowhere = stranger.get(reverse(f"carts:{name}", args=[999_999]))
        assert (there.status_code, there.content) == (404, nowhere.content)
    for button in ("settings", "token", "grant", "test", "ok", "pause", "resume", "download"):
        assert stranger.post(reverse(f"carts:{button}", args=[cart.pk])).status_code == 404


@pytest.mark.parametrize("button", ["token", "grant", "test", "ok", "pause", "resume", "download"])
def test_a_look_changes_nothing(owner: Client, cart: Cart, button: str) -> None:
    before = Cart.objects.filter(pk=cart.pk).values().get()

    answer = owner.get(reverse(f"carts:{button}", args=[cart.pk]))

    assert answer["Location"] == reverse("carts:cart", args=[cart.pk])
    assert Cart.objects.filter(pk=cart.pk).values().get() == before


# -- The list ----------------------------------------------------------------------------------------------------------
def test_an_empty_list_shows_the_way_to_the_first_cart(owner: Client) -> None:
    shown = owner.get(reverse("carts:carts")).content.decode()

    assert "No carts yet" in shown
    assert reverse("carts:new") in shown


def test_the_list_says_what_is_wrong(owner: Client, merchant: Merchant) -> None:
    grant = GrantFactory(merchant=merchant, state=Grant.State.ENDED, pull_error="Amazon is away.", ended_at=clock.now())
    CartFactory(merchant=merchant, grant=grant)

    shown = owner.get(reverse("carts:carts")).content.decode()

    assert "Needs authorization" in shown
    assert "Amazon is away." in shown
    assert grant.seller_id in shown


def test_a_longer_list_asks_the_database_no_more_often(
    owner: Client, merchant: Merchant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        CartFactory(merchant=merchant)

    with django_assert_max_num_queries(10):
        owner.get(reverse("carts:carts"))


# -- Test, Go live and after -------------------------------------------------------------------------------------------
def test_ok_is_refused_before_a_test_that_found_everything(owner: Client, cart: Cart) -> None:
    assert "Press Test first" in press(owner, cart, "ok")

    press(owner, cart, "test")

    assert "No seller has authorized us yet" in page(owner, cart)
    assert "Press Test first" in press(owner, cart, "ok")
    cart.refresh_from_db()
    assert cart.state == Cart.State.SETUP


def test_grant_test_ok_and_the_orders_are_asked_for(
    owner: Client,
    cart: Cart,
    consent: Consent,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owner.get(consent(owner, cart))
    tested = press(owner, cart, "test")
    assert "Everything a working cart needs is there." in tested
    assert "The seller sells on Amazon.com." in tested

    with django_capture_on_commit_callbacks() as rung:
        assert "Its orders will appear automatically" in press(owner, cart, "ok")

    cart.refresh_from_db()
    assert cart.state == Cart.State.LIVE
    assert cart.orders_due_at is not None
    assert [call.args[0] for call in rung if hasattr(call, "args")] == [Bell.IMPORT_ORDERS, Bell.PUBLISH]


def test_a_test_from_before_the_authorization_says_nothing_of_it(
    owner: Client, cart: Cart, consent: Consent, still: time_machine.Traveller
) -> None:
    assert "No seller has authorized us yet" in press(owner, cart, "test")
    still.shift(timedelta(minutes=1))
    owner.get(consent(owner, cart))

    outdated = page(owner, cart)
    assert "The last test was before the authorization began or ended. Test again." in outdated
    assert "No seller has authorized us yet" not in outdated
    assert "something is missing" not in outdated
    assert "Press Test first" in press(owner, cart, "ok")

    assert "The last test was before the authorization" not in press(owner, cart, "test")
    assert "Its orders will appear automatically" in press(owner, cart, "ok")


def test_a_test_that_passed_under_an_older_authorization_is_not_enough(merchant: Merchant) -> None:
    checks = [{"name": "Orders", "passed": True, "outcome": "Orders can be read.", "remedy": "", "essential": True}]
    cart = CartFactory(merchant=merchant, checks=checks, checked_at=clock.now())
    assert cart.grant is not None
    cart.grant.authorized_at = clock.now() - timedelta(days=1)
    assert (cart.passed, cart.outdated) == (True, False)

    cart.grant.authorized_at = clock.now() + timedelta(days=1)

    assert (cart.passed, cart.outdated) == (False, True)


def test_a_button_whose_time_has_not_come_stays_quiet_and_says_what_it_waits_for(
    owner: Client, cart: Cart, consent: Consent
) -> None:
    quiet = '<button class="btn" aria-describedby="{}-waits">'
    before = page(owner, cart)
    assert quiet.format("test") in before
    assert quiet.format("ok") in before
    assert "Waiting for the seller's authorization." in before

    owner.get(consent(owner, cart))
    granted = page(owner, cart)
    assert '<button class="btn btn-primary">Test</button>' in granted
    assert quiet.format("ok") in granted

    assert '<button class="btn btn-primary">Go live</button>' in press(owner, cart, "test")


def test_what_amazon_does_not_tell_is_not_called_passed(owner: Client, cart: Cart) -> None:
    old = {"name": "Orders", "passed": True, "outcome": "Orders can be read.", "remedy": "", "essential": True}
    untold = {**old, "name": "Clock", "outcome": "Amazon didn't give the time.", "essential": False, "known": False}
    Cart.objects.update(checks=[old, untold], checked_at=clock.now())

    shown = page(owner, cart)

    assert (shown.count("Passed</span>"), shown.count("Not reported</span>")) == (1, 1)


def test_a_test_names_what_is_missing(owner: Client, cart: Cart, consent: Consent, simulator: Simulator) -> None:
    owner.get(consent(owner, cart))
    simulator.suspend(SELLER, US)

    tested = press(owner, cart, "test")

    assert "Missing" in tested
    assert "listings on Amazon.com are inactive" in tested
    assert "set the listing status to active" in tested
    assert "Press Test first" in press(owner, cart, "ok")


def test_a_test_of_a_withdrawn_authorization_says_so(
    owner: Client, cart: Cart, consent: Consent, simulator: Simulator
) -> None:
    owner.get(consent(owner, cart))
    simulator.revoke(SELLER)
    Grant.objects.update(access_token=None)

    tested = press(owner, cart, "test")

    assert "authorization has ended" in tested
    assert "Ask the seller to authorize again." in tested


def test_a_test_while_amazon_is_down_asks_to_test_again(
    owner: Client, cart: Cart, consent: Consent, simulator: Simulator
) -> None:
    owner.get(consent(owner, cart))
    simulator.fail("searchOrders", "503_html", times=9)

    assert "Test again in a few minutes." in press(owner, cart, "test")


def test_pause_and_resume(owner: Client, cart: Cart, consent: Consent) -> None:
    owner.get(consent(owner, cart))
    press(owner, cart, "test")
    press(owner, cart, "ok")

    assert "is paused" in press(owner, cart, "pause")
    assert "Paused" in page(owner, cart)
    assert "is live again" in press(owner, cart, "resume")

    told = page(owner, cart, "history")
    assert [word in told for word in ("Tested", "Turned on", "Paused")] == [True] * 3


def test_download_now_looks_now_and_again_in_three_minutes(
    owner: Client,
    merchant: Merchant,
    still: time_machine.Traveller,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    cart = CartFactory(merchant=merchant, orders_due_at=clock.now() + timedelta(hours=1))

    with django_capture_on_commit_callbacks() as rung:
        assert "We are checking now, and again in three minutes" in press(owner, cart, "download")

    cart.refresh_from_db()
    assert cart.orders_due_at == clock.now() + timedelta(minutes=3)
    assert [call.args for call in rung if hasattr(call, "args")][0][1] == {"grant_id": cart.grant_id}


def test_the_pages_say_when_we_last_looked(owner: Client, merchant: Merchant) -> None:
    cart = CartFactory(merchant=merchant, live_at=clock.now() - timedelta(hours=1))
    assert "Never" in page(owner, cart)

    Grant.objects.update(pulled_at=clock.now() - timedelta(minutes=4))

    for shown in (page(owner, cart), owner.get(reverse("carts:carts")).content.decode()):
        assert "4 min ago" in shown


def test_a_cart_that_is_not_live_downloads_nothing(owner: Client, cart: Cart) -> None:
    assert "download orders: it must be live and authorized" in press(owner, cart, "download")


def test_failed_requests_are_shown_alone_when_asked_for(owner: Client, cart: Cart) -> None:
    grant = GrantFactory(merchant=cart.merchant)
    Cart.objects.filter(pk=cart.pk).update(grant=grant)
    said = {"organization": cart.organization, "connection": connections.name_of(grant), "at": clock.now()}
    for operation, status in (("searchOrders", 200), ("getOrder", 404), ("confirmShipment", None)):
        Exchange.objects.create(operation=operation, method="GET", path="/", status=status, milliseconds=5, **said)

    def shown(query: str) -> list[str]:
        answer = owner.get(reverse("carts:history", args=[cart.pk]) + query)
        return [each.operation for each in answer.context["exchanges"]]

    assert shown("") == ["confirmShipment", "getOrder", "searchOrders"]
    assert shown("?requests=failed") == ["confirmShipment", "getOrder"]
