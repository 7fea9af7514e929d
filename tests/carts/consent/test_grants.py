"""Whose authorization a cart may use: of several merchants or sellers, at once, and begun at Amazon."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from carts.consent import grants
from carts.consent.refusals import NotGranted, Why
from carts.marketplaces.values import Tokens
from carts.models import Cart, Consent, Grant
from carts.setup_links import sent_links
from core.accounts.access import Role
from core.accounts.models import Merchant, Organization
from core.activity.models import Event
from core.alerts.models import Alert
from core.common import clock
from simulator.amazon import Application, Simulator
from simulator.amazon.seller_central import lwa
from tests.carts.conftest import AtAmazon, ClientFor, at_once, page
from tests.carts.conftest import Consent as Consented
from tests.factories import CartFactory, GrantFactory, MerchantFactory
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulator")]
OTHER = "A2HARBORROPE1"
LOGIN = "/carts/amazon/login/"
SELLER_CENTRAL = "https://sellercentral.amazon.com/apps/authorize/confirm/x"


def tokens(refresh: str = "Atzr|new") -> Tokens:
    return Tokens(access_token="Atza|new", expires_in=3600, refresh_token=refresh)


def open_alerts() -> list[str]:
    return list(Alert.objects.filter(closed_at=None).values_list("cause", flat=True))


# -- An account that two merchants use ---------------------------------------------------------------------------------
@pytest.fixture
def theirs(acme: Organization) -> Cart:
    """A cart of another merchant of the same 3PL, connected to the same account."""
    rival = MerchantFactory(organization=acme, name="Red Cup Co")
    return CartFactory(merchant=rival, grant=GrantFactory(merchant=rival, seller_id=SELLER), place_id="A2EUQ1WTGCTBG2")


def allow(browser: Client, cart: Cart, seller_id: str = SELLER) -> int:
    return browser.post(reverse("carts:allow", args=[cart.pk]), {"seller_id": seller_id}).status_code


def test_an_account_of_another_merchant_is_refused_until_an_admin_allows_it(
    client_for: ClientFor, cart: Cart, theirs: Cart, consent: Consented
) -> None:
    staff, admin = client_for(Role.STAFF), client_for(Role.ADMIN)
    answer = staff.get(consent(staff, cart))
    assert answer.status_code == 400
    assert "already connected for Red Cup Co" in answer.content.decode()
    assert open_alerts() == ["grant.other_merchant"]
    cart.refresh_from_db()
    assert (cart.grant, cart.refused_seller_id) == (None, SELLER)

    assert allow(staff, cart) == 403
    assert allow(admin, cart) == 302
    assert open_alerts() == []
    assert staff.get(consent(staff, cart)).status_code == 302

    cart.refresh_from_db()
    assert cart.grant == theirs.grant
    assert Grant.objects.get().merchant == theirs.merchant
    assert (cart.merchant.name, cart.refused_seller_id) == ("Blue Mug Co", "")
    assert Event.objects.get(kind="cart.account_allowed").details == {"seller": SELLER}


def test_what_is_allowed_is_the_account_that_was_refused_and_no_other(
    owner: Client, cart: Cart, theirs: Cart, consent: Consented
) -> None:
    owner.get(consent(owner, cart))

    assert allow(owner, cart, OTHER) == 302
    assert allow(owner, cart, "") == 302
    assert allow(owner, cart, "\x00") == 302

    cart.refresh_from_db()
    assert (cart.refused_seller_id, cart.allowed_seller_id) == (SELLER, "")


def test_only_who_may_decide_finds_the_button(client_for: ClientFor, cart: Cart, theirs: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(refused_seller_id=SELLER)

    assert "Allow this account" in page(client_for(Role.ADMIN), cart)
    assert "An admin or owner can also allow it" in page(client_for(Role.STAFF), cart)
    assert "Allow this account" not in page(client_for(Role.STAFF), cart)


def test_a_cart_that_shares_an_account_may_renew_it(cart: Cart, theirs: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(grant=theirs.grant)
    cart.refresh_from_db()

    grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    assert Grant.objects.get().merchant == theirs.merchant


def test_an_end_of_a_shared_account_is_told_of_a_cart_of_its_own_merchant(cart: Cart, theirs: Cart) -> None:
    assert cart.pk < theirs.pk
    Cart.objects.filter(pk=cart.pk).update(grant=theirs.grant)
    assert theirs.grant

    grants.end(theirs.grant, now=clock.now())

    assert Alert.objects.get().path == theirs.get_absolute_url()


# -- At once -----------------------------------------------------------------------------------------------------------
def test_of_two_sellers_who_authorize_one_cart_the_first_counts(cart: Cart) -> None:
    """Both were at Amazon before either came back: neither saw a grant on the cart."""
    second = Cart.objects.select_related("merchant", "organization").get(pk=cart.pk)
    grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    with pytest.raises(NotGranted) as error:
        grants.bind(second, seller_id=OTHER, tokens=tokens(), by=None, now=clock.now())

    assert error.value.why == Why.OTHER_SELLER
    assert Grant.objects.get().seller_id == SELLER


def test_a_cart_that_was_archived_meanwhile_is_left_alone(cart: Cart) -> None:
    Cart.objects.update(state=Cart.State.ARCHIVED)

    with pytest.raises(NotGranted) as error:
        grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    assert error.value.why == Why.CART_GONE
    assert not Grant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_return_that_comes_twice_at_once_connects_once(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator
) -> None:
    address = consent(owner, cart)
    answers: list[int] = []
    connection.close()

    def come() -> None:
        twin = Client()
        twin.cookies = owner.cookies
        answers.append(twin.get(address).status_code)

    at_once(come, come)

    assert sorted(answers) == [302, 400]
    exchanges = [call for call in simulator.journal("call") if call["operation"] == "token"]
    assert len(exchanges) == 1
    assert Event.objects.filter(kind="cart.granted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_new_seller_who_authorizes_two_carts_at_once_connects_both(cart: Cart) -> None:
    """Neither finds the seller's grant there, and both would make it: no code is thrown away for that."""
    canada = CartFactory(merchant=cart.merchant, grant=None, place_id="A2EUQ1WTGCTBG2")
    at_once(
        lambda: grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now()),
        lambda: grants.bind(canada, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now()),
    )

    assert Cart.objects.filter(grant=Grant.objects.get()).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_links_sent_at_once_leave_one_open(cart: Cart) -> None:
    at_once(
        lambda: sent_links.send(cart, "a@mugs.example", by=None, now=clock.now()),
        lambda: sent_links.send(cart, "b@mugs.example", by=None, now=clock.now()),
    )

    assert cart.setup_links.count() == 2
    assert cart.setup_links.filter(revoked_at=None).count() == 1


# -- Begun at Amazon, with no session here -----------------------------------------------------------------------------
@pytest.fixture
def ended(cart: Cart, simulator: Simulator) -> Grant:
    """An authorization that has ended, of a live cart."""
    grant: Grant = GrantFactory(merchant=cart.merchant, seller_id=SELLER, state=Grant.State.ENDED)
    Cart.objects.filter(pk=cart.pk).update(grant=grant, state=Cart.State.LIVE)
    return grant


@pytest.fixture
def from_amazon(simulator: Simulator) -> Callable[[Client, str], str]:
    """Press "Re-authorize" in Amazon's Manage Your Apps. Returns the way back to us."""
    simulator.application = Application(login_uri=grants.login_uri("amazon"))
    amazon = httpx.Client(transport=httpx.WSGITransport(app=simulator), base_url="http://simulator.test")

    def way_back(browser: Client, seller_id: str = SELLER) -> str:
        start = "/sellercentral/sellercentral.amazon.com/apps/authorize/start"
        to_us = amazon.get(start, params={"selling_partner_id": seller_id}).headers["location"]
        hop = browser.get(httpx.URL(to_us).raw_path.decode())
        assert hop.status_code == 302, hop.content.decode()
        return httpx.URL(amazon.get(hop["location"]).headers["location"]).raw_path.decode()

    return way_back


FromAmazon = Callable[..., str]


def test_a_renewal_that_begins_at_amazon_needs_no_log_in(
    cart: Cart, ended: Grant, from_amazon: FromAmazon, client_for: ClientFor
) -> None:
    grants.raise_alert("grant.ended", ended, "…", now=clock.now())
    seller = Client()

    address = from_amazon(seller)
    key = seller.session.session_key
    answer = seller.get(address, follow=True)

    ended.refresh_from_db()
    cart.refresh_from_db()
    assert ended.state == Grant.State.CONNECTED
    assert cart.orders_due_at is not None
    assert open_alerts() == []
    assert answer.redirect_chain == [("/setup/done/", 302)]
    assert "Success" in answer.content.decode()
    assert cart.merchant.name not in answer.content.decode().replace("Blue Mug Co has authorized", "")
    assert seller.session.session_key != key


def test_a_renewal_from_amazon_cannot_name_another_seller(
    ended: Grant, from_amazon: FromAmazon, simulator: Simulator
) -> None:
    """The address back is written by a browser: neither a wrong name nor wrong tokens get in."""
    seller = Client()
    mine = from_amazon(seller)
    wrong_name = seller.get(mine.replace(SELLER, OTHER))
    others = lwa.new_code(simulator.world, OTHER, grants.redirect_uri("amazon"), clock.now())
    query = dict(parse_qsl(urlsplit(from_amazon(seller)).query)) | {"spapi_oauth_code": others}
    wrong_tokens = seller.get(f"/carts/amazon/returned/?{urlencode(query)}")

    assert (wrong_name.status_code, wrong_tokens.status_code) == (400, 400)
    assert "not the seller account" in wrong_name.content.decode()
    assert "did not confirm" in wrong_tokens.content.decode()
    ended.refresh_from_db()
    assert ended.state == Grant.State.ENDED
    assert open_alerts() == []  # anybody could raise them


def test_of_several_authorizations_the_ended_one_is_renewed_first(
    cart: Cart, ended: Grant, from_amazon: FromAmazon
) -> None:
    later: Cart = CartFactory(grant__seller_id=SELLER, grant__authorized_at=clock.now() - timedelta(days=300))
    fresh: Cart = CartFactory(grant__seller_id=SELLER)

    seller = Client()
    asked = []
    for _ in range(2):
        from_amazon(seller)
        asked.append(Consent.objects.latest("pk").cart)
        Consent.objects.all().delete()
        Grant.objects.filter(pk=ended.pk).update(state=Grant.State.CONNECTED)

    assert asked == [cart, later]
    assert fresh not in asked


@pytest.mark.parametrize("seller_id", ["", "A9NOBODYHERE1", "A1BLUE\x00MUGCO", "a1bluemugco01", "A" * 65])
def test_a_seller_who_has_nothing_to_renew_is_told_so(ended: Grant, seller_id: str) -> None:
    answer = Client().get(LOGIN, {"amazon_callback_uri": SELLER_CENTRAL, "selling_partner_id": seller_id})

    assert answer.status_code == 400
    assert "no connection for this seller account" in answer.content.decode()
    assert 'href="/account/login/"' in answer.content.decode()
    assert not Consent.objects.exists()


@pytest.mark.parametrize("state", [Cart.State.DISCONNECTED, Cart.State.ARCHIVED])
def test_an_authorization_that_no_cart_uses_is_not_renewed_from_amazon(ended: Grant, state: Cart.State) -> None:
    Cart.objects.update(state=state)

    answer = Client().get(LOGIN, {"amazon_callback_uri": SELLER_CENTRAL, "selling_partner_id": SELLER})

    assert answer.status_code == 400


@pytest.mark.parametrize("callback", ["https://evil.example/apps/authorize/confirm/x", "", "javascript:alert(1)"])
def test_nobody_is_led_to_a_strangers_host(ended: Grant, callback: str) -> None:
    answer = Client().get(LOGIN, {"amazon_callback_uri": callback, "selling_partner_id": SELLER})

    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_the_log_in_page_in_the_middle_goes_on_with_the_setup_link(
    cart: Cart, simulator: Simulator, at_amazon: AtAmazon
) -> None:
    """As Amazon's pages go today: consent, our log-in page, Amazon again, and back."""
    simulator.application = Application(login_uri=grants.login_uri("amazon"), login_hop=True)
    link = sent_links.send(cart, "jo@bluemug.example", by=None, now=clock.now())
    seller = Client()
    amazon = httpx.Client(transport=httpx.WSGITransport(app=simulator))

    at_login = at_amazon(seller.post(link.path + "grant/")["location"])
    assert at_login.startswith(LOGIN)
    back = amazon.get(seller.get(at_login)["location"]).headers["location"]
    answer = seller.get(httpx.URL(back).raw_path.decode())

    assert answer["location"] == "/setup/done/"
    link.refresh_from_db()
    assert link.used_at is not None


# -- What is kept of consents ------------------------------------------------------------------------------------------
def test_consents_do_not_pile_up(ended: Grant, from_amazon: FromAmazon, still: time_machine.Traveller) -> None:
    for _ in range(3):
        from_amazon(Client())
        still.shift(timedelta(hours=20))

    assert Consent.objects.count() == 2


def test_a_return_with_the_state_of_another_browsers_cart_connects_neither(
    owner: Client, client_for: ClientFor, merchant: Merchant, cart: Cart, consent: Consented
) -> None:
    """Codes and states of two carts, exchanged on the way back."""
    other: Cart = CartFactory(merchant=merchant, grant=None, state="setup")
    mine = dict(parse_qsl(urlsplit(consent(owner, cart)).query))
    theirs = dict(parse_qsl(urlsplit(consent(client_for(Role.STAFF), other)).query))

    answer = owner.get(f"/carts/amazon/returned/?{urlencode(mine | {'state': theirs['state']})}")

    assert answer.status_code == 400
    assert "started in this browser" in answer.content.decode()
    assert not Grant.objects.exists()
