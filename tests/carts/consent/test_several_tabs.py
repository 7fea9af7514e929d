"""Several tabs of one browser at Amazon: whose visit it is, is asked as long as any of them may still come back."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart, Consent, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Role
from core.common import clock
from tests.carts.conftest import EMAIL
from tests.carts.consent.conftest import CANADA, RETURNED, Finishes, Visits, begin, chosen_by, sellers, visit
from tests.factories import CartFactory, MembershipFactory
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OTHER = "A2HARBORROPE1"


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
    owner: Client, cart: Cart, rival: Cart, visits: Visits
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
