"""A consent begins where it can end: at the address that Amazon sends browsers back to."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart, Consent, SetupLink
from simulator.amazon import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("simulator")]
PUBLIC = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    settings.PUBLIC_URL = PUBLIC
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "portal.example.com", "web"]


def press(browser: Client, cart: Cart, **headers: str) -> Any:
    return browser.post(reverse("carts:grant", args=[cart.pk]), headers=headers)


@pytest.mark.parametrize("host", ["localhost:8000", "localhost", "portal.example.com"])
def test_at_another_name_of_the_portal_nothing_begins_and_the_right_address_is_named(
    owner: Client, cart: Cart, host: str
) -> None:
    answer = press(owner, cart, host=host)

    said = answer.content.decode()
    assert answer.status_code == 400
    assert host.partition(":")[0] in said
    assert f'href="{PUBLIC}{cart.get_absolute_url()}?moved=1"' in said
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8000"},
        {"host": "127.0.0.1:9000"},  # cookies know no port
        {"host": "web:8000"},  # a name that a proxy put there: no browser knows it
        {"host": "portal.example.com", "origin": PUBLIC},  # the proxy's name again; the form says where it stands
    ],
)
def test_where_the_browser_comes_back_to_it_goes_to_amazon(owner: Client, cart: Cart, headers: dict[str, str]) -> None:
    assert press(owner, cart, **headers)["location"].startswith("http://simulator.test/")


def test_a_form_that_stands_elsewhere_is_believed_before_the_host(owner: Client, cart: Cart) -> None:
    assert press(owner, cart, host="web:8000", origin="http://localhost:8000").status_code == 400


def test_a_setup_link_is_opened_at_the_right_address_before_its_button_is_pressed(
    seller: Client, link: SetupLink
) -> None:
    opened = seller.get(link.path, headers={"host": "localhost"})
    pressed = seller.post(link.path + "grant/", headers={"host": "localhost", "origin": "null"})

    assert opened["location"] == pressed["location"] == f"{PUBLIC}{link.path}?moved=1"
    assert not Consent.objects.exists()


def test_behind_a_proxy_that_changes_the_host_a_link_leads_on_all_the_same(seller: Client, link: SetupLink) -> None:
    """Sent over once, and still at another host: that host is no browser's."""
    shown = seller.get(f"{link.path}?moved=1", headers={"host": "portal.example.com"}).content.decode()
    assert f'action="{link.path}grant/?moved=1"' in shown

    pressed = seller.post(f"{link.path}grant/?moved=1", headers={"host": "portal.example.com", "origin": "null"})

    assert pressed["location"].startswith("http://simulator.test/")


@pytest.mark.parametrize("door", ["login", "returned"])
def test_amazons_visit_to_another_name_is_sent_over_with_all_it_brought(door: str, simulator: Simulator) -> None:
    """The old domain is still registered there; the session that began is of the new one."""
    query = "state=s&spapi_oauth_code=ANx&selling_partner_id=A1BLUEMUGCO01&empty="

    answer = Client().get(f"/carts/amazon/{door}/?{query}", headers={"host": "portal.example.com"})

    assert answer["location"] == f"{PUBLIC}/carts/amazon/{door}/?{query}&moved=1"
    assert answer["Referrer-Policy"] == "no-referrer"
    again = Client().get(f"/carts/amazon/{door}/?{query}&moved=1", headers={"host": "portal.example.com"})
    assert again.status_code == 400


@pytest.mark.parametrize("who", ["staff", "seller"])
def test_nobody_is_led_off_to_an_amazon_that_sends_nobody_back(
    owner: Client, seller: Client, cart: Cart, link: SetupLink, settings: Any, who: str
) -> None:
    """A real application, and an address without TLS: a refresh token is the one way."""
    settings.AMAZON_SIMULATED = False
    at_home = {"host": "127.0.0.1:8000"}

    by_link = seller.post(link.path + "grant/", headers=at_home)
    answer = press(owner, cart, **at_home) if who == "staff" else by_link

    assert answer.status_code == 400
    said = answer.content.decode()
    assert ("enter a refresh token" if who == "staff" else "tell the warehouse") in said
    assert not Consent.objects.exists()
    settings.PUBLIC_URL = "https://portal.example.com"
    assert press(owner, cart, host="portal.example.com").status_code == 302
