"""Amazon's visits in every shape that its public threads describe: each leads on, or the page names what to correct."""

import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.test import Client

from carts.marketplaces.amazon.places import PLACES
from carts.models import Cart
from simulator.amazon import Simulator
from tests.carts.consent.conftest import LOGIN, RETURNED, begin, chosen_by, sellers, simulator_code, visit
from tests.factories import GrantFactory
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_a_visit_to_the_return_address_goes_on(owner: Client, cart: Cart, amazon: httpx.Client) -> None:
    """amzn/selling-partner-api-models#4119: one address was registered for both."""
    begin(owner, cart)

    assert chosen_by(owner.get(visit(version="beta").replace(LOGIN, RETURNED))["location"]) == cart


def test_a_return_to_the_log_in_address_is_taken(
    owner: Client, cart: Cart, simulator: Simulator, amazon: httpx.Client
) -> None:
    state = dict(parse_qsl(urlsplit(begin(owner, cart)).query))["state"]
    query = {"state": state, "spapi_oauth_code": simulator_code(simulator, SELLER), "selling_partner_id": SELLER}

    answer = owner.get(LOGIN, query)

    assert answer["location"] == cart.get_absolute_url()
    assert sellers() == {"Amazon US": SELLER}


def test_a_visit_that_names_only_the_path_goes_on_where_the_carts_sellers_consent(
    owner: Client, cart: Cart, amazon: httpx.Client
) -> None:
    """amzn/selling-partner-api-docs#1376"""
    begin(owner, cart)

    on = owner.get(visit(amazon_callback_uri="/apps/authorize/confirm/amzn1.sp.solution.x"))["location"]

    host = urlsplit(PLACES[cart.place_id].consent_url).netloc
    assert on.startswith(f"http://simulator.test/sellercentral/{host}/apps/authorize/confirm/amzn1.sp.solution.x?")


@pytest.mark.parametrize("host", ["amazon.com", "www.amazon.com", "sellercentral.amazon.de"])
def test_a_visit_may_go_on_at_every_host_that_amazon_shows(
    owner: Client, cart: Cart, amazon: httpx.Client, host: str
) -> None:
    begin(owner, cart)

    assert owner.get(visit(amazon_callback_uri=f"https://{host}/apps/authorize/confirm/x")).status_code == 302


@pytest.mark.parametrize(
    "callback",
    [
        "https://amazon.com/gp/redirect.html?location=https://evil.example",
        "https://www.amazon.com/apps/authorize/confirm/../../../gp/redirect",
        "//evil.example/apps/authorize/confirm/x",
        "/\\evil.example/apps/authorize/confirm/x",
        "/gp/redirect",
    ],
)
def test_no_visit_goes_on_at_another_page(owner: Client, cart: Cart, amazon: httpx.Client, callback: str) -> None:
    begin(owner, cart)

    answer = owner.get(visit(amazon_callback_uri=callback))

    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_a_visit_that_says_draft_goes_on_as_one(owner: Client, cart: Cart, amazon: httpx.Client) -> None:
    begin(owner, cart)

    assert "version=beta" in owner.get(visit(version="beta"))["location"]
    assert "version" not in owner.get(visit())["location"]


def test_a_visit_without_amazons_state_is_told_so(owner: Client, cart: Cart, amazon: httpx.Client) -> None:
    begin(owner, cart)

    assert "amazon_state is missing" in owner.get(visit(amazon_state="")).content.decode()


@pytest.mark.parametrize("name", ["selling_partner_id", "amazon_state", "amazon_callback_uri"])
def test_a_name_that_stands_twice_with_two_values_is_named(
    owner: Client, cart: Cart, amazon: httpx.Client, name: str
) -> None:
    begin(owner, cart)

    assert f"holds {name} twice" in owner.get(f"{visit()}&{name}=another").content.decode()


def test_a_name_that_stands_twice_with_one_value_is_no_matter(owner: Client, cart: Cart, amazon: httpx.Client) -> None:
    begin(owner, cart)

    assert owner.get(f"{visit()}&selling_partner_id={SELLER}").status_code == 302


@pytest.mark.parametrize("door", [LOGIN, RETURNED])
def test_an_address_without_its_last_slash_leads_on(owner: Client, cart: Cart, amazon: httpx.Client, door: str) -> None:
    begin(owner, cart)

    answer = owner.get(visit().replace(LOGIN, door.rstrip("/")), follow=False)

    assert answer.status_code in (301, 302)
    assert re.match(rf"{door}\?.*amazon_state=theirs", answer["location"])


def test_a_return_without_a_state_is_told_where_to_begin(owner: Client, cart: Cart, simulator: Simulator) -> None:
    begin(owner, cart)
    query = {"spapi_oauth_code": "ANx", "selling_partner_id": SELLER}

    assert "its state is missing" in owner.get(RETURNED, query).content.decode()
    assert "Manage Your Apps" in Client().get(RETURNED, query).content.decode()


@pytest.mark.parametrize("door", [LOGIN, RETURNED])
def test_what_amazon_calls_an_error_is_named_and_its_sentences_are_not_believed(
    owner: Client, cart: Cart, simulator: Simulator, door: str
) -> None:
    state = dict(parse_qsl(urlsplit(begin(owner, cart)).query))["state"]
    query = {"state": state, "error": "MD5101", "error_description": "Call +49 30 123456"}

    said = owner.get(door, query).content.decode()

    assert "calls the reason MD5101" in said
    assert "Call" not in said


def test_a_seller_who_says_no_at_a_renewal_is_not_asked_to_log_in(cart: Cart, simulator: Simulator) -> None:
    Cart.objects.filter(pk=cart.pk).update(grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER))
    browser = Client()
    state = dict(parse_qsl(urlsplit(browser.get(visit())["location"]).query))["state"]

    said = browser.get(RETURNED, {"state": state, "error": "access_denied"}).content.decode()

    assert "declined or canceled there" in said
    assert "/account/login/" not in said
    assert 'href="/setup/new/"' in said
