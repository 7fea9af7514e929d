"""The seller's consent, through our pages and Amazon's."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.consent.browser import BROWSER
from carts.models import Cart, Consent, Grant
from core.accounts.access import Role
from core.accounts.models import Organization
from core.alerts.models import Alert
from simulator.amazon import Simulator
from tests.carts.conftest import AtAmazon, ClientFor
from tests.carts.conftest import Consent as Consented
from tests.factories import CartFactory, GrantFactory, make_person
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OTHER = "A2HARBORROPE1"
EUROPEAN = "A1NORDLICHT01"
RETURNED, LOGIN = "/carts/amazon/returned/", "/carts/amazon/login/"
AMAZON = "https://sellercentral.amazon.com/apps/authorize/confirm/x"


def refused(client: Client, address: str, words: str) -> None:
    """The page says what happened, and shows one way on."""
    answer = client.get(address)

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert answer.content.count(b"btn-wide") == 1
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"


# -- To Amazon and back ------------------------------------------------------------------------------------------------
def test_a_seller_who_says_yes_connects_the_cart(owner: Client, cart: Cart, consent: Consented) -> None:
    address = consent(owner, cart)
    key = owner.session.session_key

    answer = owner.get(address, follow=True)

    cart.refresh_from_db()
    assert cart.grant is not None
    assert cart.grant.seller_id == SELLER
    assert cart.grant.state == Grant.State.CONNECTED
    assert answer.redirect_chain == [(f"/carts/{cart.pk}/", 302)]
    assert "Blue Mug Co authorized us for Amazon.com." in answer.content.decode()
    assert cart.store_name == "Blue Mug Co"
    assert owner.session.session_key != key


@pytest.mark.parametrize("fault", ["503_html", "429", "truncated"])
def test_a_store_whose_name_cannot_be_asked_for_is_connected_all_the_same(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator, fault: str
) -> None:
    address = consent(owner, cart)
    simulator.fail("getMarketplaceParticipations", fault)

    answer = owner.get(address, follow=True)

    told = f"Seller {SELLER} authorized us for Amazon.com. Amazon didn&#x27;t give the store&#x27;s name."
    assert told in answer.content.decode()
    assert Grant.objects.get().state == Grant.State.CONNECTED


def test_a_missing_role_hides_the_stores_name_and_connects_all_the_same(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator
) -> None:
    address = consent(owner, cart)
    simulator.fail("getMarketplaceParticipations", "403", times=9)

    owner.get(address)

    cart.refresh_from_db()
    assert cart.grant is not None
    assert cart.store_name == ""


def test_the_way_to_amazon_names_a_fresh_state_and_our_return(owner: Client, cart: Cart, simulator: Simulator) -> None:
    answers = [owner.post(f"/carts/{cart.pk}/grant/") for _ in range(2)]

    asked = [dict(parse_qsl(urlsplit(answer["location"]).query)) for answer in answers]
    assert asked[0]["state"] != asked[1]["state"]
    assert asked[0]["redirect_uri"].endswith(RETURNED)
    assert answers[0]["Referrer-Policy"] == "no-referrer"
    assert answers[0]["Cache-Control"] == "no-store"
    assert asked[0]["state"] not in Consent.objects.values_list("state_digest", flat=True)


def test_a_return_with_another_state_connects_nothing(owner: Client, cart: Cart, consent: Consented) -> None:
    address = consent(owner, cart)

    refused(owner, address.replace("state=", "state=x"), "belong to a connection started in this browser")
    refused(owner, RETURNED, "belong to a connection started in this browser")

    assert not Grant.objects.exists()


def test_a_return_in_another_browser_connects_nothing(
    owner: Client, client_for: ClientFor, cart: Cart, consent: Consented
) -> None:
    address = consent(owner, cart)

    refused(client_for(Role.OWNER), address, "belong to a connection started in this browser")

    assert not Grant.objects.exists()


def test_a_return_works_once(owner: Client, cart: Cart, consent: Consented) -> None:
    address = consent(owner, cart)
    owner.get(address)

    refused(owner, address, "already been used")


def test_a_return_after_ten_minutes_connects_nothing(
    owner: Client, cart: Cart, consent: Consented, still: time_machine.Traveller
) -> None:
    address = consent(owner, cart)
    still.shift(timedelta(minutes=10, seconds=1))

    refused(owner, address, "More than ten minutes")

    assert not Grant.objects.exists()


def test_another_seller_than_before_is_refused(owner: Client, cart: Cart, consent: Consented) -> None:
    owner.get(consent(owner, cart))

    refused(owner, consent(owner, cart, seller_id=OTHER), "not the seller account")
    refused(owner, consent(owner, cart, seller_id=OTHER), "choose “Another seller account”")

    assert [grant.seller_id for grant in Grant.objects.all()] == [SELLER]
    assert Alert.objects.get(closed_at=None).cause == "grant.other_seller"

    owner.get(consent(owner, cart))
    assert not Alert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize(
    "brought",
    [
        {},
        {"error": "access_denied"},
        {"error": "access_denied", "error_description": "no, thanks", "spapi_oauth_code": "ANcode"},
        {"spapi_oauth_code": ""},
    ],
)
def test_a_seller_who_says_no_is_told_how_to_go_on(
    owner: Client, cart: Cart, consent: Consented, brought: dict[str, str]
) -> None:
    state = dict(parse_qsl(urlsplit(consent(owner, cart)).query))["state"]

    brought = {"state": state, "selling_partner_id": SELLER} | brought
    refused(owner, f"{RETURNED}?{urlencode(brought)}", "declined or canceled there")
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    "seller_id",
    ["a2bluemugco01", "A1", "A" * 65, "A1BLUE%00MUG", "A1BLUEMUGCO01%0A", "%D9%A1" * 9],
)
def test_a_seller_id_that_is_none_connects_nothing_and_asks_amazon_nothing(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator, seller_id: str
) -> None:
    address = consent(owner, cart).replace(SELLER, seller_id)
    calls = len(simulator.journal("call"))

    refused(owner, address, "has no seller ID we can read")

    assert not Grant.objects.exists()
    assert len(simulator.journal("call")) == calls


@pytest.mark.parametrize(("fault", "words"), [("invalid_grant", "it has been used"), ("invalid_client", "AMAZON_LWA")])
def test_a_code_that_amazon_refuses_connects_nothing(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator, fault: str, words: str
) -> None:
    address = consent(owner, cart)
    simulator.fail("token", fault)

    refused(owner, address, words)

    assert not Grant.objects.exists()


def test_an_account_of_another_region_is_named_and_not_connected(
    owner: Client, cart: Cart, at_amazon: AtAmazon, simulator: Simulator
) -> None:
    sent = owner.post(f"/carts/{cart.pk}/grant/")["location"]
    anywhere = sent.replace("/sellercentral/sellercentral.amazon.com", "")  # a page that knows every region's sellers

    refused(owner, at_amazon(anywhere, seller_id=EUROPEAN), "in the region Europe")

    assert not Grant.objects.exists()


def test_an_account_without_a_store_there_is_not_connected(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator
) -> None:
    address = consent(owner, cart)
    simulator.close_store(SELLER, cart.place_id)

    refused(owner, address, "does not sell on Amazon.com; it sells on Amazon.ca")

    assert not Grant.objects.exists()


def test_a_seller_who_left_the_place_may_still_renew(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator
) -> None:
    """Other carts live on the same authorization."""
    owner.get(consent(owner, cart))
    before = Grant.objects.get().refresh_token
    simulator.close_store(SELLER, cart.place_id)

    assert owner.get(consent(owner, cart)).status_code == 302

    assert Grant.objects.get().refresh_token != before


def test_when_amazon_is_down_the_person_is_asked_to_wait(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator
) -> None:
    address = consent(owner, cart)
    simulator.fail("token", "503_html")

    refused(owner, address, "could not be reached")

    assert not Grant.objects.exists()


def test_a_return_without_log_in_connects_nothing(owner: Client, cart: Cart, consent: Consented) -> None:
    address = consent(owner, cart)
    owner.logout()

    refused(owner, address, "belong to a connection started")

    assert not Grant.objects.exists()
    assert Consent.objects.get().used_at is None
    page = owner.get(address).content.decode()
    assert 'href="/account/login/"' in page
    assert "if a warehouse emailed you a setup link, open that link again in this browser" in page  # no login of theirs


def test_a_return_as_somebody_else_connects_nothing(
    owner: Client, acme: Organization, cart: Cart, consent: Consented
) -> None:
    """Whoever began must come back, not whoever sits at the browser now."""
    address = consent(owner, cart)
    mark = owner.session[BROWSER]
    owner.force_login(make_person(acme))
    session = owner.session
    session[BROWSER] = mark
    session.save()

    refused(owner, address, "belong to a connection started")

    assert Consent.objects.get().used_at is None


def test_a_return_for_a_cart_out_of_sight_connects_nothing(owner: Client, cart: Cart, consent: Consented) -> None:
    address = consent(owner, cart)
    Cart.objects.update(organization=GrantFactory().organization)

    refused(owner, address, "belong to a connection started")

    assert Consent.objects.get().used_at is None


@pytest.mark.parametrize("role", [Role.VIEWER])
def test_who_may_not_connect_is_turned_away(client_for: ClientFor, cart: Cart, role: Role) -> None:
    browser = client_for(role)

    for address in (RETURNED, LOGIN):
        assert browser.get(address).status_code == 400
    assert browser.post(f"/carts/{cart.pk}/grant/").status_code == 403


def test_a_kind_nobody_knows_is_not_there(owner: Client) -> None:
    assert owner.get("/carts/ebay/returned/").status_code == 404
    assert owner.get("/carts/ebay/login/").status_code == 404


def test_staff_bring_nobody_elses_authorization_either(owner: Client, cart: Cart, consent: Consented) -> None:
    """The browser says whose a code is, also that of somebody who is logged in."""
    refused(owner, consent(owner, cart, seller_id=OTHER).replace(OTHER, SELLER), "did not confirm")

    assert not Grant.objects.exists()


# -- The log-in hop ----------------------------------------------------------------------------------------------------
def hop(client: Client, callback: str = AMAZON, seller_id: str = SELLER) -> str:
    query = {"amazon_callback_uri": callback, "amazon_state": "theirs", "selling_partner_id": seller_id}
    answer = client.get(LOGIN, query)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["location"])


def test_a_hop_in_the_middle_of_a_consent_goes_on_with_that_cart(
    owner: Client, cart: Cart, simulator: Simulator
) -> None:
    owner.post(reverse("carts:grant", args=[cart.pk]))

    asked = dict(parse_qsl(urlsplit(hop(owner)).query))

    assert asked["amazon_state"] == "theirs"
    assert asked["redirect_uri"].endswith(RETURNED)
    assert Consent.objects.filter(cart=cart).count() == 2


def test_a_hop_begun_at_amazon_finds_the_cart_by_its_seller(owner: Client, cart: Cart, simulator: Simulator) -> None:
    known = CartFactory(merchant=cart.merchant, grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER))

    assert hop(owner).startswith(AMAZON)

    assert Consent.objects.get().cart == known


def test_a_seller_nobody_knows_is_told_what_to_do(owner: Client, cart: Cart, simulator: Simulator) -> None:
    refused(owner, f"{LOGIN}?amazon_callback_uri={AMAZON}&selling_partner_id=A9UNKNOWN", "Grant us API access")


def test_sellers_of_others_are_not_found(stranger: Client, cart: Cart, simulator: Simulator) -> None:
    CartFactory(merchant=cart.merchant, grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER))

    refused(stranger, f"{LOGIN}?amazon_callback_uri={AMAZON}&selling_partner_id={SELLER}", "tell which cart")


@pytest.mark.parametrize(
    "callback",
    [
        "https://evil.example/apps/authorize/confirm/x",
        "http://sellercentral.amazon.com/apps/authorize/confirm/x",
        "https://sellercentral.amazon.com@evil.example/",
        "https://sellercentral.amazon.com.evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_hop_never_leads_to_a_strangers_host(owner: Client, cart: Cart, simulator: Simulator, callback: str) -> None:
    owner.post(reverse("carts:grant", args=[cart.pk]))

    answer = owner.get(LOGIN, {"amazon_callback_uri": callback, "amazon_state": "theirs"})

    assert answer.status_code == 400
    assert "location" not in answer.headers


# -- Canceled at Amazon ------------------------------------------------------------------------------------------------
AMAZONS = {"sec-fetch-site": "cross-site"}


def test_staff_who_cancel_at_amazon_find_their_cart_and_read_what_happened(owner: Client, cart: Cart) -> None:
    owner.post(reverse("carts:grant", args=[cart.pk]))

    back = owner.get("/", headers=AMAZONS)

    assert back["location"] == cart.get_absolute_url()
    assert (
        "You left Amazon without confirming, so nothing was connected" in owner.get(back["location"]).content.decode()
    )
    assert owner.get("/", headers=AMAZONS).status_code == 200, "it is said once"


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_who_opens_the_start_page_in_another_tab_is_led_nowhere(owner: Client, cart: Cart, site: str) -> None:
    owner.post(reverse("carts:grant", args=[cart.pk]))

    assert owner.get("/", headers={"sec-fetch-site": site}).status_code == 200
    assert owner.get("/", headers=AMAZONS).status_code == 302


def test_what_was_authorized_or_is_out_of_sight_is_not_said_to_be_left(
    owner: Client, cart: Cart, consent: Consented
) -> None:
    owner.get(consent(owner, cart))
    assert owner.get("/", headers=AMAZONS).status_code == 200

    owner.post(reverse("carts:grant", args=[cart.pk]))
    Cart.objects.update(organization=GrantFactory().organization)
    assert owner.get("/", headers=AMAZONS).status_code == 200
