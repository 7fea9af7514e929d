"""Every page whose address is a secret, or holds one, keeps it to itself: live or dead, answered or refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from carts.models import Cart
from carts.setup_links import sent_links
from core.accounts.access import Role
from core.accounts.models import Organization
from core.alerts.audience import outside
from core.common import clock
from core.people.invitations import sent_invitations
from core.ui.private_pages import HEADERS
from tests.factories import AlertFactory, CartFactory, MembershipFactory
from tests.organization import acme, client_for, owner
from tests.subscribers import make_subscription
from tests.world import simulator, still

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still", "simulator")]
__all__ = ["acme", "client_for", "owner", "simulator", "still"]  # fixtures

NOWHERE = "no-referrer"
HERE = "same-origin"  # its form is guarded by where it stands
PRIVATE = {
    "alerts:choose": NOWHERE,
    "alerts:outside": NOWHERE,
    "alerts:stop": NOWHERE,
    "carts:grant": NOWHERE,
    "carts:login": NOWHERE,
    "carts:returned": NOWHERE,
    "people:invitation": HERE,
    "setup_links:done": NOWHERE,
    "setup_links:grant": NOWHERE,
    "setup_links:link": NOWHERE,
    "subscriptions:overview": NOWHERE,
}
DEAD = "x" * 43


def kept(patterns: list[Any], space: str = "") -> Iterator[tuple[str, str, bool]]:
    """Yield the name of each address of ours, whom it is told, and whether it holds a token."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from kept(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name and space:
            told = getattr(pattern.callback, "referrer", "everybody")
            yield f"{space}{pattern.name}", told, "token" in pattern.pattern.converters


@pytest.fixture
def cart(acme: Organization) -> Cart:
    return CartFactory(merchant__organization=acme, grant=None, state=Cart.State.SETUP, live_at=None)


@pytest.fixture
def live(cart: Cart, acme: Organization) -> dict[str, str]:
    """One address of each private page that opens something, as it stands in a mail or a browser."""
    now = clock.now()
    inviter = MembershipFactory(organization=acme)
    invitation = sent_invitations.invite(acme, "nina@northwind.example", Role.STAFF, None, by=inviter, now=now)
    link = sent_links.send(cart, "jo@bluemug.example", by=None, now=now)
    subscription = make_subscription(cart)
    alert = AlertFactory(organization=acme, merchant=cart.merchant, cart_id=cart.pk)
    return {
        "alerts:choose": subscription.path.replace("/stop/", "/choose/"),
        "alerts:outside": outside.url(subscription.pk, alert.pk).removeprefix(settings.PUBLIC_URL),
        "alerts:stop": subscription.path,
        "people:invitation": invitation.path,
        "setup_links:grant": f"{link.path}grant/",
        "setup_links:link": link.path,
        "subscriptions:overview": make_subscription(cart.merchant).path.replace("/alerts/stop/", "/told/overview/"),
    }


def dead(name: str) -> str:
    arguments = {"carts:login": ["amazon"], "carts:returned": ["amazon"], "setup_links:done": []}
    return reverse(name, args=arguments.get(name, [DEAD]))


def assert_keeps_to_itself(answer: Any, name: str) -> None:
    shown = {header: answer.headers.get(header) for header in (*HEADERS, "Referrer-Policy")}
    assert shown == {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": PRIVATE[name]}


def test_every_address_with_a_token_is_private_and_so_are_those_of_a_consent() -> None:
    addresses = list(kept(get_resolver().url_patterns))

    assert {name: told for name, told, _ in addresses if told != "everybody"} == PRIVATE
    assert {name for name, _, holds_token in addresses if holds_token} <= set(PRIVATE)


@pytest.mark.parametrize("name", sorted(set(PRIVATE) - {"carts:grant"}))
def test_a_link_that_opens_nothing_keeps_its_address(name: str) -> None:
    answer = Client().get(dead(name))

    assert answer.status_code in (302, 400, 404)
    assert_keeps_to_itself(answer, name)


@pytest.mark.parametrize(
    "name",
    [
        *("alerts:choose", "alerts:outside", "alerts:stop", "people:invitation"),
        *("setup_links:grant", "setup_links:link", "subscriptions:overview"),
    ],
)
def test_a_link_that_opens_something_keeps_its_address(name: str, live: dict[str, str]) -> None:
    answer = Client().get(live[name])

    assert answer.status_code == (302 if name == "setup_links:grant" else 200)
    assert_keeps_to_itself(answer, name)


def test_the_way_to_the_consent_keeps_its_address(cart: Cart, owner: Client) -> None:
    answer = owner.post(reverse("carts:grant", args=[cart.pk]))

    assert answer.status_code == 302
    assert_keeps_to_itself(answer, "carts:grant")


def test_the_seller_on_the_way_to_the_marketplace_keeps_the_address(live: dict[str, str]) -> None:
    answer = Client().post(live["setup_links:grant"])

    assert answer.status_code == 302
    assert_keeps_to_itself(answer, "setup_links:grant")


def test_whoever_asks_too_often_is_answered_as_privately(client: Client) -> None:
    answers = [client.get(dead("carts:returned")) for _ in range(61)]

    assert answers[-1].status_code == 429
    assert_keeps_to_itself(answers[-1], "carts:returned")
