"""Amazon's visits to our log-in page: which of the connections begun in a browser one is for, and never a guess."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
import time_machine
from django.test import Client

from carts.models import Cart, Consent, Grant
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
    assert "Blue Mug Co · Amazon US" in page
    assert "Red Cup Co · Red US" in page
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
    assert "· Amazon US" not in asked


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
    assert "already connected for Blue Mug Co" in page
    assert "Blue CA" in page
    assert "· Red US" not in page
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

    assert "already connected for Blue Mug Co" in answer.content.decode()
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
