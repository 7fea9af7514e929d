"""Setup links: what staff send, what a seller without an account opens, and what nobody learns from it."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from carts.models import Cart, Consent, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.models import Event
from core.alerts.mail import outbox as mail_outbox
from core.alerts.models import Alert, Mail
from core.common import clock
from simulator.amazon import Simulator
from tests.carts.conftest import EMAIL, AtAmazon, ClientFor, page, path, share
from tests.factories import TOO_LONG, CartFactory, GrantFactory, make_person
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still", "simulator")]
OTHER = "A2HARBORROPE1"


def granted(seller: Client, link: SetupLink, at_amazon: AtAmazon, **named: str) -> str:
    """Press the button, say yes at Amazon, and return the address that Amazon sends the browser to."""
    sent = seller.post(path(link) + "grant/")
    assert sent.status_code == 302, sent.content.decode()
    return at_amazon(sent["location"], **named)


def refused(browser: Client, address: str, words: str) -> str:
    answer = browser.get(address)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert words in shown
    assert shown.count('class="btn') == 1
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    return shown


# -- Sending -----------------------------------------------------------------------------------------------------------
def test_a_shared_link_is_mailed_with_the_steps(owner: Client, cart: Cart, acme: Organization) -> None:
    shown = share(owner, cart, "  Jo@BlueMug.example ")
    mail_outbox.send_due(now=clock.now())

    (sent,) = outbox.outbox
    link = SetupLink.objects.get()
    assert sent.to == [EMAIL]
    assert sent.subject == "Connect Amazon.com to Northwind 3PL"
    assert link.url in sent.body
    assert "1. Open this link" in sent.body
    assert "until 27 Nov 2026" in sent.body
    assert f"The setup link is on its way to {EMAIL}" in shown
    assert link.expires_at - link.created_at == timedelta(days=7)


def test_neither_link_nor_address_is_kept_where_others_look(owner: Client, cart: Cart) -> None:
    share(owner, cart)

    link = SetupLink.objects.get()
    token = path(link).split("/")[2]
    rows = [*SetupLink.objects.values(), *Mail.objects.values()]
    assert len(token) == 43
    assert not any(token in str(row) for row in rows)
    assert not any(EMAIL in str(event.details) for event in Event.objects.all())


def test_a_new_link_ends_the_older_one_and_its_mail(owner: Client, cart: Cart, seller: Client) -> None:
    share(owner, cart, "typo@bluemug.example")
    older = SetupLink.objects.get()

    share(owner, cart)
    mail_outbox.send_due(now=clock.now())

    assert [message.to for message in outbox.outbox] == [[EMAIL]]
    assert seller.get(path(older)).status_code == 404
    assert seller.get(path(SetupLink.objects.latest("pk"))).status_code == 200


@pytest.mark.parametrize("email", ["", "no address", "a@b", "a@b.example\nBcc: c@d.example", TOO_LONG])
def test_what_is_no_address_gets_no_link(owner: Client, cart: Cart, email: str) -> None:
    assert "No link was sent." in share(owner, cart, email)
    assert not SetupLink.objects.exists()


def test_a_cart_that_is_archived_gets_no_link(owner: Client, cart: Cart) -> None:
    Cart.objects.update(state=Cart.State.ARCHIVED)

    share(owner, cart)

    assert not SetupLink.objects.exists()


def test_disconnecting_ends_the_open_link(owner: Client, cart: Cart, link: SetupLink, seller: Client) -> None:
    Cart.objects.update(state=Cart.State.LIVE)

    owner.post(reverse("carts:disconnect", args=[cart.pk]))

    assert SetupLink.objects.get().revoked_at
    assert seller.get(path(link)).status_code == 404


def test_send_again_sends_a_fresh_link_to_the_same_address(owner: Client, cart: Cart, link: SetupLink) -> None:
    owner.post(reverse("carts:share_again", args=[cart.pk]))

    fresh = SetupLink.objects.latest("pk")
    assert fresh.pk != link.pk
    assert fresh.email == EMAIL
    assert SetupLink.objects.get(pk=link.pk).revoked_at


def test_a_revoked_link_is_gone_with_its_mail(owner: Client, cart: Cart, link: SetupLink, seller: Client) -> None:
    owner.post(reverse("carts:share_revoke", args=[cart.pk]))
    mail_outbox.send_due(now=clock.now())

    assert outbox.outbox == []
    assert seller.get(path(link)).status_code == 404
    assert "Revoked" in page(owner, cart)
    assert Event.objects.filter(kind="setup_link.revoked").count() == 1


@pytest.mark.parametrize("door", ["share", "share_again", "share_revoke"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
def test_who_may_not_connect_sends_no_link(
    client_for: ClientFor, cart: Cart, link: SetupLink, door: str, role: Role
) -> None:
    browser = client_for(role, merchant=cart.merchant if role == Role.SELLER else None)

    assert browser.post(reverse(f"carts:{door}", args=[cart.pk]), {"email": EMAIL}).status_code == 403
    assert SetupLink.objects.get().revoked_at is None


def test_only_who_may_connect_sees_the_link_and_the_address(client_for: ClientFor, cart: Cart, link: SetupLink) -> None:
    assert link.url in page(client_for(Role.STAFF), cart)

    shown = page(client_for(Role.VIEWER), cart)
    assert "Sent" in shown
    assert path(link) not in shown
    assert EMAIL not in shown


def test_the_life_of_a_link_is_told(
    cart: Cart, still: time_machine.Traveller, seller: Client, at_amazon: AtAmazon
) -> None:
    told = [sent_links.life_of(cart).status[0]]
    link = sent_links.send(cart, EMAIL, by=None, now=clock.now())
    told.append(sent_links.life_of(cart).status[0])
    seller.get(path(link))
    told.append(sent_links.life_of(cart).status[0])
    still.shift(timedelta(days=7))
    told.append(sent_links.life_of(cart).status[0])
    link = sent_links.send(cart, EMAIL, by=None, now=clock.now())
    seller.get(granted(seller, link, at_amazon))
    told.append(sent_links.life_of(cart).status[0])
    sent_links.send(cart, EMAIL, by=None, now=clock.now())
    sent_links.revoke(cart, by=None, now=clock.now())
    told.append(sent_links.life_of(cart).status[0])

    assert told == ["Not sent", "Sent", "Opened", "Expired", "Completed", "Revoked"]


# -- Opening and granting ----------------------------------------------------------------------------------------------
def test_the_page_of_a_link_shows_names_and_one_button(seller: Client, cart: Cart, link: SetupLink) -> None:
    answer = seller.get(path(link))

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Connect Amazon.com to Northwind 3PL" in shown
    assert shown.count("<button") == 1
    assert shown.count("<a ") == 0
    assert f"For <strong>{cart.merchant.name}</strong>" in shown
    for hidden in (cart.name, EMAIL, "csrfmiddlewaretoken"):
        assert hidden not in shown
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_opening_a_link_fifty_times_leaves_it_good(seller: Client, link: SetupLink, at_amazon: AtAmazon) -> None:
    answers = {seller.get(path(link)).status_code for _ in range(50)}

    assert answers == {200}
    assert SetupLink.objects.get().opened_at == clock.now()
    assert Consent.objects.count() == 0
    assert seller.get(granted(seller, link, at_amazon)).status_code == 302


def test_a_seller_without_an_account_connects_the_cart(
    seller: Client, owner: Client, cart: Cart, link: SetupLink, at_amazon: AtAmazon
) -> None:
    address = granted(seller, link, at_amazon)
    key = seller.session.session_key

    answer = seller.get(address, follow=True)

    cart.refresh_from_db()
    assert cart.grant is not None
    assert (cart.grant.seller_id, cart.store_name) == (SELLER, "Blue Mug Co")
    assert answer.redirect_chain == [("/setup/done/", 302)]
    assert "Success" in answer.content.decode()
    assert "Blue Mug Co has authorized Northwind 3PL" in answer.content.decode()
    assert seller.session.session_key != key
    assert Event.objects.get(kind="cart.granted").actor is None
    assert "Completed" in page(owner, cart)
    assert "authorized us for Amazon.com, with the setup link" in page(owner, cart, "history")


def test_both_sides_get_a_mail_when_it_is_done(
    seller: Client, acme: Organization, link: SetupLink, at_amazon: AtAmazon
) -> None:
    staff = make_person(acme, Role.STAFF)
    make_person(acme, Role.VIEWER)
    mail_outbox.send_due(now=clock.now())

    seller.get(granted(seller, link, at_amazon))
    mail_outbox.send_due(now=clock.now())

    sent = {message.to[0]: message.body for message in outbox.outbox[1:]}
    assert set(sent) == {EMAIL, staff.email}
    assert "You have authorized Northwind 3PL to work with your store Blue Mug Co" in sent[EMAIL]
    assert "Blue Mug Co authorized us for Amazon.com" in sent[staff.email]


def test_a_link_is_used_up_by_the_grant_and_by_nothing_before(
    seller: Client, link: SetupLink, at_amazon: AtAmazon
) -> None:
    first, second = granted(seller, link, at_amazon), granted(seller, link, at_amazon)
    assert seller.get(first).status_code == 302

    refused(seller, second, "This link no longer works")

    for again in (seller.get(path(link)), seller.post(path(link) + "grant/")):
        assert "You are connected already" in again.content.decode()


def test_a_no_at_amazon_leads_back_to_the_link(seller: Client, link: SetupLink, at_amazon: AtAmazon) -> None:
    state = granted(seller, link, at_amazon).partition("state=")[2].partition("&")[0]

    shown = refused(seller, f"/carts/amazon/returned/?state={state}&error=access_denied", "declined or canceled")

    assert f'href="{path(link)}"' in shown
    assert seller.get(path(link)).status_code == 200


def test_a_return_in_another_browser_or_too_late_connects_nothing(
    seller: Client, link: SetupLink, at_amazon: AtAmazon, still: time_machine.Traveller
) -> None:
    address = granted(seller, link, at_amazon)

    refused(Client(), address, "started in this browser")
    still.shift(timedelta(minutes=10, seconds=1))
    refused(seller, address, "More than ten minutes")

    assert not Grant.objects.exists()
    assert seller.get(path(link)).status_code == 200


def test_a_return_works_once_and_then_leads_to_what_was_connected(
    seller: Client, link: SetupLink, at_amazon: AtAmazon
) -> None:
    address = granted(seller, link, at_amazon)
    seller.get(address)

    shown = refused(seller, address, "already been used")

    assert 'href="/setup/done/"' in shown


def test_a_link_that_ends_while_the_seller_is_at_amazon_connects_nothing(
    seller: Client, owner: Client, cart: Cart, link: SetupLink, at_amazon: AtAmazon
) -> None:
    address = granted(seller, link, at_amazon)
    owner.post(reverse("carts:share_revoke", args=[cart.pk]))

    shown = refused(seller, address, "This link no longer works")

    assert 'href="/setup/new/"' in shown
    assert not Grant.objects.exists()


def test_somebody_elses_seller_id_in_the_address_is_not_believed(
    seller: Client, link: SetupLink, at_amazon: AtAmazon
) -> None:
    """Who consents with an account of their own could write another's ID into the address back."""
    address = granted(seller, link, at_amazon, seller_id=OTHER)

    refused(seller, address.replace(OTHER, SELLER), "did not confirm")

    assert not Grant.objects.exists()
    assert not Alert.objects.exists()


def test_a_missing_role_is_named_where_nothing_can_be_proved(
    seller: Client, link: SetupLink, at_amazon: AtAmazon, simulator: Simulator
) -> None:
    address = granted(seller, link, at_amazon)
    simulator.fail("searchListingsItems", "403", times=9)

    refused(seller, address, "the role “Product Listing”")

    assert not Grant.objects.exists()
    assert seller.get(path(link)).status_code == 200


def test_what_other_merchants_have_here_is_not_told_to_a_seller(
    seller: Client, acme: Organization, link: SetupLink, at_amazon: AtAmazon
) -> None:
    theirs = CartFactory(merchant__organization=acme, merchant__name="Rival Mugs", grant__seller_id=SELLER)

    shown = refused(seller, granted(seller, link, at_amazon), "is already in use here")

    assert theirs.merchant.name not in shown
    assert SELLER not in shown
    assert Cart.objects.get(pk=link.cart_id).refused_seller_id == SELLER


# -- Cancel at Amazon --------------------------------------------------------------------------------------------------
def test_a_seller_who_cancels_at_amazon_is_told_how_to_begin_again_and_asked_for_no_log_in(
    seller: Client, link: SetupLink, simulator: Simulator
) -> None:
    """Amazon's page leads on to our front page."""
    at_amazon = str(seller.post(path(link) + "grant/")["location"])
    amazon = httpx.Client(transport=httpx.WSGITransport(app=simulator))
    canceled = amazon.post(at_amazon, data={**dict(httpx.URL(at_amazon).params), "action": "cancel"}).text
    home = urlsplit(re.search(r'href="(http[^"]+)"', canceled)[1]).path  # type: ignore[index]

    answer = seller.get(home)

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "You left Amazon without confirming" in shown
    assert f'href="{path(link)}"' in shown
    assert "/account/login/" not in shown
    assert seller.get(path(link)).status_code == 200


def test_a_seller_who_cancels_a_renewal_at_amazon_is_led_back_there(cart: Cart, simulator: Simulator) -> None:
    Cart.objects.filter(pk=cart.pk).update(grant=GrantFactory(merchant=cart.merchant, seller_id=SELLER))
    browser = Client()
    visit = {"amazon_callback_uri": "https://sellercentral.amazon.com/apps/authorize/confirm/x", "amazon_state": "a"}
    browser.get("/carts/amazon/login/", visit | {"selling_partner_id": SELLER})

    shown = browser.get("/").content.decode()

    assert "Manage Your Apps" in shown
    assert cart.merchant.name not in shown


def test_the_front_page_of_whoever_did_not_set_out_to_authorize_us_is_the_log_in(
    seller: Client, owner: Client, cart: Cart, link: SetupLink, at_amazon: AtAmazon
) -> None:
    assert Client().get("/")["location"].startswith("/account/login/")

    owner.post(reverse("carts:grant", args=[cart.pk]))
    assert owner.get("/", headers={"sec-fetch-site": "none"}).status_code == 200

    seller.get(granted(seller, link, at_amazon))
    assert seller.get("/")["location"].startswith("/account/login/")
