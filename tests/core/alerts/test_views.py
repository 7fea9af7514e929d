"""The page of alerts."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from core.alerts import causes
from core.alerts.raised import raise_alert
from core.common import clock
from tests.factories import AlertFactory, OrderFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_what_is_wrong_now_comes_before_what_is_gone(owner: Client, acme: Organization) -> None:
    AlertFactory(organization=acme, message="Gone by now.", closed_at=clock.now() - timedelta(hours=1))
    AlertFactory(
        organization=acme, message="Wrong since long.", opened_at=clock.now() - timedelta(days=2), path="/carts/7/"
    )
    AlertFactory(organization=acme, message="Wrong since today.", times=3)

    page = owner.get(reverse("alerts:alerts")).content.decode()

    places = [page.index(words) for words in ("Wrong since today.", "Wrong since long.", "Gone by now.")]
    assert places == sorted(places)
    assert 'href="/carts/7/"' in page
    assert "2 days ago" in page
    assert "Seen 3 times" in page


def test_nothing_wrong_is_said_in_words(owner: Client) -> None:
    assert "Nothing is wrong" in owner.get(reverse("alerts:alerts")).content.decode()


def test_a_seller_sees_their_own_and_a_stranger_none(
    seller: Client, stranger: Client, acme: Organization, cart: Cart
) -> None:
    order = OrderFactory(cart=cart)
    raise_alert("order.off_the_bench", order, "Take it off the bench at Reno.", now=clock.now())
    AlertFactory(organization=acme, message="Lamps are stuck.")

    mine = seller.get(reverse("alerts:alerts")).content.decode()

    assert f"Order {order.number}: It is not to be shipped now. The warehouse, which had it, has been told." in mine
    assert "Reno" not in mine, "what the 3PL has to do is not theirs to read"
    assert "Lamps" not in mine
    assert "stuck." not in stranger.get(reverse("alerts:alerts")).content.decode()


@pytest.mark.parametrize("cause", ["mail.refused", "grant.other_merchant", "grant.other_seller"])
def test_what_is_the_warehouses_alone_no_seller_sees(
    seller: Client, owner: Client, acme: Organization, cart: Cart, cause: str
) -> None:
    """About their merchant, but naming others: another merchant's account, or whom mail could not be delivered to."""
    assert cause in causes.ours_alone()
    said = {"organization": acme, "merchant": cart.merchant, "cause": cause}
    AlertFactory(**said, message="Seller A1OTHER authorized us.")
    AlertFactory(**said, message="Seller A1OTHER was here.", closed_at=clock.now())

    for address in (
        reverse("alerts:alerts"),
        reverse("alerts:alerts") + f"?cause={cause}",
        reverse("merchants:merchant", args=[cart.merchant_id]),
        reverse("merchants:merchants"),
        reverse("dashboard"),
    ):
        page = seller.get(address)
        assert "A1OTHER" not in page.content.decode(), address
        assert [item.count for item in page.context["nav"] if item.label == "Alerts"] == [0]
    assert "A1OTHER authorized us" in owner.get(reverse("alerts:alerts")).content.decode()


def test_strange_texts_do_nothing(owner: Client, acme: Organization) -> None:
    AlertFactory(organization=acme, message="<script>alert(1)</script> 🦄")

    assert "<script>alert" not in owner.get(reverse("alerts:alerts")).content.decode()


def test_more_alerts_make_no_more_queries(
    owner: Client, acme: Organization, django_assert_max_num_queries: Any
) -> None:
    def load() -> int:
        with django_assert_max_num_queries(17) as asked:
            owner.get(reverse("alerts:alerts"))
        return len(asked)

    for number in range(20):
        AlertFactory(organization=acme, closed_at=clock.now() if number % 2 else None)
    few = load()
    for number in range(20):
        AlertFactory(organization=acme, closed_at=clock.now() if number % 2 else None)

    assert load() == few
