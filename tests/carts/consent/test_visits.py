"""Amazon's visits to our log-in page: which of the connections begun in a browser one is for, and never a guess."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart, Consent, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Role
from core.accounts.middleware import SESSION_KEY
from core.accounts.models import Organization, User
from core.alerts.models import Alert
from core.common import clock
from simulator.amazon import Simulator
from tests.carts.conftest import EMAIL, ClientFor
from tests.carts.consent.conftest import (
    CANADA,
    RETURNED,
    Finishes,
    Visits,
    begin,
    chosen_by,
    sellers,
    simulator_code,
    visit,
)
from tests.factories import CartFactory, GrantFactory, MembershipFactory
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OTHER = "A2HARBORROPE1"


# -- Several begun in one browser --------------------------------------------------------------------------------------
def test_of_two_tabs_the_person_chooses_and_the_seller_is_bound_to_that_cart_alone(
    owner: Client, cart: Cart, rival: Cart, visits: Visits, finishes: Finishes
) -> None:
    first, _ = begin(owner, cart), begin(owner, rival)

    asked = owner.get(visits(first), follow=True)

    page = asked.content.decode()
    assert asked.status_code == 200
    assert "Which cart is this for?" in page
    assert "Amazon US · Blue Mug Co" in page
    assert "Red US · Red Cup Co" in page
    assert SELLER in page
    assert not Grant.objects.exists()

    address = asked.redirect_chain[0][0]
    finishes(owner, owner.post(address, {"cart": cart.pk})["location"])

    assert sellers() == {"Amazon US": SELLER, "Red US": None}
    assert Cart.objects.get(pk=cart.pk).grant.merchant == cart.merchant  # type: ignore[union-attr]


def test_a_choice_has_to_be_made_and_among_the_carts_shown(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    third: Cart = CartFactory(merchant=rival.merchant, grant=None)
    foreign: Cart = CartFactory(grant=None)
    begin(owner, cart)
    begin(owner, rival)
    address = owner.get(visit())["location"]

    for wrong in ({}, {"cart": ""}, {"cart": third.pk}, {"cart": foreign.pk}, {"cart": "\x00"}):
        answer = owner.post(address, wrong)
        assert answer.status_code == 422
        assert "Choose one of these carts." in answer.content.decode()

    assert not Consent.objects.exclude(begun_with=None).exists()


def test_nobody_else_finds_the_choice(
    owner: Client, client_for: ClientFor, stranger: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    begin(owner, cart)
    begin(owner, rival)
    address = owner.get(visit())["location"]

    for browser in (stranger, client_for(Role.OWNER)):
        answer = browser.get(address)
        assert answer.status_code == 400
        assert cart.name not in answer.content.decode()
    assert client_for(Role.VIEWER).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert "theirs" not in address


def test_the_cart_that_the_seller_has_goes_on_whichever_was_begun_last(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    Cart.objects.filter(pk=cart.pk).update(grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER))
    begin(owner, cart)
    begin(owner, rival)

    assert chosen_by(owner.get(visit())["location"]) == cart


def test_a_seller_of_the_merchants_goes_on_with_that_merchants_cart(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    CartFactory(merchant=cart.merchant, place_id=CANADA, grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER))
    begin(owner, cart)
    begin(owner, rival)

    assert chosen_by(owner.get(visit())["location"]) == cart


def test_that_the_others_have_another_seller_is_no_proof_for_the_one_left(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    """The wrong account may have been used in the other tab."""
    Cart.objects.filter(pk=cart.pk).update(grant=GrantFactory(merchant=cart.merchant, seller_id=OTHER))
    begin(owner, cart)
    begin(owner, rival)

    asked = owner.get(visit(), follow=True).content.decode()

    assert "Red US" in asked
    assert "Amazon US ·" not in asked


def test_a_tab_left_open_longer_than_we_take_it_still_counts(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client, still: time_machine.Traveller
) -> None:
    begin(owner, rival)
    still.shift(timedelta(minutes=12))
    begin(owner, cart)

    asked = owner.get(visit(), follow=True).content.decode()

    assert "Amazon US" in asked
    assert "Red US" not in asked  # too late for that one: it is begun anew


def test_one_alone_that_is_too_late_is_told_so(
    owner: Client, cart: Cart, amazon: httpx.Client, still: time_machine.Traveller
) -> None:
    begin(owner, cart)
    still.shift(timedelta(minutes=12))

    assert "More than ten minutes" in owner.get(visit()).content.decode()


def test_one_that_is_done_is_in_nobodys_way(
    owner: Client, cart: Cart, rival: Cart, visits: Visits, finishes: Finishes
) -> None:
    finishes(owner, owner.get(visits(begin(owner, cart)))["location"])

    finishes(owner, owner.get(visits(begin(owner, rival), seller_id=OTHER))["location"])

    assert sellers() == {"Amazon US": SELLER, "Red US": OTHER}


def test_the_button_pressed_twice_for_one_cart_asks_nothing(owner: Client, cart: Cart, amazon: httpx.Client) -> None:
    begin(owner, cart)
    begin(owner, cart)

    assert chosen_by(owner.get(visit())["location"]) == cart


def test_a_visit_that_repeats_our_state_goes_on_with_that_consent(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    state = dict(parse_qsl(urlsplit(begin(owner, cart)).query))["state"]
    begin(owner, rival)

    assert chosen_by(owner.get(visit(state=state))["location"]) == cart


def test_what_two_states_of_one_attempt_bring_is_taken_once(
    owner: Client, cart: Cart, visits: Visits, amazon: httpx.Client
) -> None:
    """The state that was begun with, and the one given at the visit in between."""
    page = begin(owner, cart)
    begun = dict(parse_qsl(urlsplit(page).query))["state"]
    on = owner.get(visits(page))["location"]
    back = httpx.URL(amazon.get(on).headers["location"]).raw_path.decode()
    assert owner.get(back).status_code == 302

    again = owner.get(
        f"{RETURNED}?{urlencode({'state': begun, 'spapi_oauth_code': 'x', 'selling_partner_id': SELLER})}"
    )

    assert "already been used" in again.content.decode()


@pytest.fixture
def elsewhere(owner: Client, acme: Organization) -> Cart:
    """A cart of another 3PL that the same person works for, too."""
    cart: Cart = CartFactory(name="Other US", grant=None, state=Cart.State.SETUP, live_at=None)
    MembershipFactory(organization=cart.organization, user=User.objects.get(memberships__organization=acme))
    return cart


def switch(browser: Client, organization: Organization) -> None:
    session = browser.session
    session[SESSION_KEY] = organization.pk
    session.save()


def test_what_was_begun_for_one_organization_is_not_taken_for_a_cart_of_another(
    owner: Client, acme: Organization, cart: Cart, elsewhere: Cart, visits: Visits
) -> None:
    first = begin(owner, cart)
    switch(owner, elsewhere.organization)
    begin(owner, elsewhere)

    asked = owner.get(visits(first), follow=True).content.decode()

    assert "Which cart is this for?" in asked
    assert "Amazon US" not in asked
    assert not Grant.objects.exists()


def test_who_switched_organizations_on_the_way_is_told_to_switch_back(
    owner: Client, acme: Organization, cart: Cart, elsewhere: Cart, visits: Visits
) -> None:
    first = begin(owner, cart)
    state = dict(parse_qsl(urlsplit(first).query))["state"]
    switch(owner, elsewhere.organization)
    back = {"state": state, "spapi_oauth_code": "ANx", "selling_partner_id": SELLER}

    for answer in (owner.get(visits(first)), owner.get(RETURNED, back)):
        assert answer.status_code == 400
        assert "Switch back to Northwind 3PL" in answer.content.decode()

    switch(owner, acme)
    assert owner.get(visits(first)).status_code == 302


# -- Links of two sellers in one browser -------------------------------------------------------------------------------
@pytest.fixture
def two_links(cart: Cart, rival: Cart) -> list[SetupLink]:
    return [sent_links.send(each, EMAIL, by=None, now=clock.now()) for each in (cart, rival)]


def choose(browser: Client, address: str, cart: Cart) -> str:
    """Answer the page that asks a seller which link is meant. Returns the way on at Amazon."""
    page = browser.get(address).content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    return str(browser.post(address, {"cart": cart.pk, "csrfmiddlewaretoken": token})["location"])


def test_of_two_links_in_one_browser_the_seller_says_which_is_meant(
    seller: Client, two_links: list[SetupLink], cart: Cart, rival: Cart, visits: Visits, finishes: Finishes
) -> None:
    pages = [str(seller.post(link.path + "grant/")["location"]) for link in two_links]

    asked = seller.get(visits(pages[0]))

    assert asked["location"].startswith("/setup/choose/?visit=")
    said = seller.get(asked["location"]).content.decode()
    assert "Blue Mug Co" in said
    assert "Red Cup Co" in said
    assert SELLER in said
    assert not Grant.objects.exists()

    finishes(seller, choose(seller, asked["location"], cart))
    assert sellers() == {"Amazon US": SELLER, "Red US": None}


def test_a_link_that_is_not_in_this_browser_is_not_offered(
    seller: Client, two_links: list[SetupLink], cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    """Whoever has one link learns nothing of another's, in this browser or any other."""
    seller.post(two_links[0].path + "grant/")
    other = Client()
    other.post(two_links[1].path + "grant/")

    assert chosen_by(seller.get(visit())["location"]) == cart
    assert chosen_by(other.get(visit(OTHER))["location"]) == rival
    assert "Too late" in Client().get("/setup/choose/?visit=x").content.decode()


def left_behind(seller: Client, link: SetupLink, how: str, still: time_machine.Traveller) -> None:
    """One attempt of this browser ends without a grant; its tab can go on all the same."""
    page = str(seller.post(link.path + "grant/")["location"])
    state = dict(parse_qsl(urlsplit(page).query))["state"]
    if how == "declined":
        assert seller.get(RETURNED, {"state": state, "error": "access_denied"}).status_code == 400
    elif how == "refused":
        back = {"state": state, "spapi_oauth_code": "ANx", "selling_partner_id": SELLER}
        assert seller.get(RETURNED, back).status_code == 400
    elif how == "long ago":
        still.shift(timedelta(hours=3))
    elif how == "ended link":
        sent_links.revoke(link.cart, by=None, now=clock.now())


@pytest.mark.parametrize("how", ["declined", "refused", "long ago", "ended link"])
def test_a_tab_that_was_left_does_not_bind_its_seller_to_the_cart_of_the_other(
    seller: Client,
    two_links: list[SetupLink],
    cart: Cart,
    rival: Cart,
    amazon: httpx.Client,
    still: time_machine.Traveller,
    how: str,
) -> None:
    left_behind(seller, two_links[0], how, still)
    seller.post(two_links[1].path + "grant/")

    asked = seller.get(visit(OTHER))

    assert asked["location"].startswith("/setup/choose/"), "the seller of the first tab may have gone on in it"
    said = seller.get(asked["location"]).content.decode()
    assert "Red Cup Co" in said
    assert "Blue Mug Co" not in said
    assert not Consent.objects.exclude(begun_with=None).exists()
    assert chosen_by(choose(seller, asked["location"], rival)) == rival


def test_after_a_refusal_each_of_the_tabs_is_still_asked_about(
    seller: Client, two_links: list[SetupLink], cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    third: Cart = CartFactory(merchant=rival.merchant, place_id=CANADA, name="Red CA", grant=None, state="setup")
    links = [*two_links, sent_links.send(third, EMAIL, by=None, now=clock.now())]
    for link in links:
        seller.post(link.path + "grant/")

    for _ in range(3):  # whichever tab it is, and however often
        asked = seller.get(visit(OTHER))["location"]
        assert asked.startswith("/setup/choose/")
    seller.post(two_links[0].path + "grant/")

    assert seller.get(visit(OTHER))["location"].startswith("/setup/choose/")
    assert not Grant.objects.exists()


def test_who_was_asked_is_not_led_on_with_what_is_left_meanwhile(
    seller: Client, two_links: list[SetupLink], cart: Cart, rival: Cart, visits: Visits, finishes: Finishes
) -> None:
    pages = [str(seller.post(link.path + "grant/")["location"]) for link in two_links]
    asked = seller.get(visits(pages[0]))["location"]
    second = seller.get(visits(pages[1], seller_id=OTHER))["location"]
    finishes(seller, choose(seller, second, rival))

    token = seller.cookies["csrftoken"].value
    answer = seller.post(asked, {"cart": rival.pk, "csrfmiddlewaretoken": token})

    assert answer.status_code == 422
    assert sellers() == {"Amazon US": None, "Red US": OTHER}


def test_a_second_tab_of_a_cart_that_is_done_is_not_taken_for_another_carts(
    owner: Client, cart: Cart, rival: Cart, visits: Visits, finishes: Finishes
) -> None:
    begin(owner, cart)
    finishes(owner, owner.get(visits(begin(owner, cart)))["location"])
    begin(owner, rival)

    asked = owner.get(visit(OTHER), follow=True)

    assert "Which cart is this for?" in asked.content.decode()
    assert sellers() == {"Amazon US": SELLER, "Red US": None}


def test_what_another_person_began_in_this_browser_is_not_taken_for_mine(
    owner: Client, client_for: ClientFor, cart: Cart, rival: Cart, visits: Visits
) -> None:
    """A workstation that two share: a session ends with its log-out, and the tab at Amazon does not."""
    begin(owner, cart)
    owner.post(reverse("account_logout"))
    owner.force_login(MembershipFactory(organization=cart.organization, role=Role.STAFF).user)
    begin(owner, rival)

    asked = owner.get(visit(), follow=True).content.decode()

    assert "Which cart is this for?" in asked
    assert "Amazon US" not in asked


def test_a_persons_own_and_a_link_in_one_browser_are_both_offered(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    link = sent_links.send(rival, EMAIL, by=None, now=clock.now())
    begin(owner, cart)
    owner.post(link.path + "grant/")

    asked = owner.get(visit(), follow=True)

    assert "started with its setup link" in asked.content.decode()
    on = owner.post(asked.redirect_chain[0][0], {"cart": rival.pk})["location"]
    assert chosen_by(on) == rival
    assert Consent.objects.latest("pk").link == link


# -- The seller speaks against it --------------------------------------------------------------------------------------
def test_a_seller_of_another_merchants_is_not_taken_for_the_cart_that_was_begun(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    theirs: Cart = CartFactory(
        merchant=cart.merchant,
        name="Blue CA",
        place_id=CANADA,
        grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER),
    )
    begin(owner, rival)

    asked = owner.get(visit(), follow=True)

    page = asked.content.decode()
    assert "already connected for another merchant" in page
    assert "Blue CA" in page
    assert "Red US ·" not in page
    assert Alert.objects.get(closed_at=None).cause == "grant.other_merchant"
    assert Cart.objects.get(pk=rival.pk).refused_seller_id == SELLER
    assert chosen_by(owner.post(asked.redirect_chain[0][0], {"cart": theirs.pk})["location"]) == theirs


def test_another_seller_than_the_carts_is_refused_at_the_visit(owner: Client, cart: Cart, amazon: httpx.Client) -> None:
    Cart.objects.filter(pk=cart.pk).update(grant=GrantFactory(merchant=cart.merchant, seller_id=OTHER))
    begin(owner, cart)

    answer = owner.get(visit())

    assert answer.status_code == 400
    assert "not the seller account" in answer.content.decode()
    assert Alert.objects.get(closed_at=None).cause == "grant.other_seller"


def test_who_has_a_link_learns_of_other_merchants_only_what_their_own_account_shows(
    seller: Client, cart: Cart, rival: Cart, visits: Visits, finishes: Finishes
) -> None:
    """At the visit nothing is proved yet: whoever has a link could ask about any seller."""
    CartFactory(merchant=rival.merchant, place_id=CANADA, grant=GrantFactory(merchant=rival.merchant, seller_id=SELLER))
    link = sent_links.send(cart, EMAIL, by=None, now=clock.now())
    page = str(seller.post(link.path + "grant/")["location"])

    on = seller.get(visits(page))
    answer = finishes(seller, on["location"])

    assert "is already in use here" in answer.content.decode()
    assert Alert.objects.get(closed_at=None).cause == "grant.other_merchant"
    assert Cart.objects.get(pk=cart.pk).grant is None


def test_a_visit_without_a_seller_is_checked_when_the_browser_comes_back(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client, simulator: Simulator
) -> None:
    CartFactory(merchant=cart.merchant, place_id=CANADA, grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER))
    begin(owner, rival)
    on = dict(parse_qsl(urlsplit(owner.get(visit(seller_id=""))["location"]).query))
    code = simulator_code(simulator, SELLER)

    answer = owner.get(RETURNED, {"state": on["state"], "spapi_oauth_code": code, "selling_partner_id": SELLER})

    assert "already connected for another merchant" in answer.content.decode()
    assert Cart.objects.get(pk=rival.pk).grant is None


def test_another_seller_at_the_end_than_at_the_visit_is_refused(
    owner: Client, cart: Cart, amazon: httpx.Client, simulator: Simulator
) -> None:
    """The cart was chosen because of whom the visit named."""
    begin(owner, cart)
    on = dict(parse_qsl(urlsplit(owner.get(visit())["location"]).query))
    query = {"state": on["state"], "spapi_oauth_code": simulator_code(simulator, OTHER), "selling_partner_id": OTHER}

    answer = owner.get(RETURNED, query)

    assert f"Amazon first named seller {SELLER}, and then {OTHER}" in answer.content.decode()
    assert not Grant.objects.exists()
