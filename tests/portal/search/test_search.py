"""One box for everything."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from integration_manager.portal.search import portal_pages
from tests.factories import CartFactory, ListingFactory, MerchantFactory, OrderFactory
from tests.order_pages import ClientFor

pytestmark = pytest.mark.django_db


def found(client: Client, text: str) -> dict[str, list[str]]:
    page = client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"})  # while it is typed
    assert page.status_code == 200
    return {kind.label: [hit.label for hit in kind.hits] for kind in page.context["kinds"]}


def test_one_box_finds_orders_products_carts_merchants_and_pages(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="BLUE-0001", lines={"X": 1})
    ListingFactory(cart=cart, sku="MUG-1", title="A blue mug")

    assert found(owner, "blue") == {
        "Orders": ["BLUE-0001"],
        "Products": ["MUG-1"],
        "Carts": ["Blue Mug Co · Amazon US"],
        "Merchants": ["Blue Mug Co"],
    }
    assert found(owner, "0001") == {"Orders": ["BLUE-0001"]}
    assert found(owner, "ship-by")["Pages"] == ["Ship-by board"]
    assert found(owner, "passkey") == {"Pages": ["Two-factor login"]}
    assert found(owner, "zzz") == {}
    assert found(owner, "") == {}


def test_a_whole_number_leads_to_its_order_and_one_of_two_carts_to_both(
    owner: Client, cart: Cart, acme: Organization
) -> None:
    order = OrderFactory(cart=cart, number="113-1")
    assert owner.get(reverse("search"), {"q": " 113-1 "})["Location"] == order.get_absolute_url()

    OrderFactory(cart=CartFactory(merchant__organization=acme), number="113-1")
    assert found(owner, "113-1")["Orders"] == ["113-1", "113-1"]


def test_enter_opens_what_alone_was_found_and_typing_does_not(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, number="113-0000001-1", lines={"X": 1})
    OrderFactory(cart=cart, number="114-0000002-2", lines={"X": 1})

    def enter(text: str, **headers: str) -> Any:
        return owner.get(reverse("search"), {"q": text}, headers=headers)

    assert enter("113-")["Location"] == order.get_absolute_url()
    assert enter("0001-1")["Location"] == order.get_absolute_url()
    assert enter("passkey")["Location"] == reverse("mfa_index")
    assert enter("113-", **{"HX-Request": "true"}).status_code == 200
    assert enter("1").status_code == enter("zzz").status_code == enter("blue").status_code == 200


def test_what_is_found_is_what_one_may_see(
    owner: Client, seller: Client, viewer: Client, stranger: Client, cart: Cart, acme: Organization
) -> None:
    other = CartFactory(merchant=MerchantFactory(organization=acme, name="Secret Lamps"), name="Secret cart")
    ListingFactory(cart=other, sku="SECRET", title="Secret")
    OrderFactory(cart=other, number="SECRET-1")
    OrderFactory(cart=other, number="SECRET-2")

    assert set(found(owner, "secret")) == {"Orders", "Products", "Carts", "Merchants"}
    assert found(seller, "secret") == found(stranger, "secret") == {}
    assert seller.get(reverse("search"), {"q": "SECRET-1"}).status_code == 200
    assert found(seller, "shipping") == found(seller, "carriers") == {}
    assert "People" not in found(viewer, "people").get("Pages", [])


def test_every_page_it_knows_can_be_opened(owner: Client, cart: Cart) -> None:
    for page in portal_pages.PAGES:
        assert owner.get(reverse(page.route), follow=True).status_code == 200, page


@pytest.mark.parametrize("text", ["%", "_", "'", '"<script>', "\0", "x" * 7000, "🦄", "أهلاً"])
def test_strange_texts_find_nothing_and_do_nothing(owner: Client, cart: Cart, text: str) -> None:
    OrderFactory(cart=cart, number="113-1")

    page = owner.get(reverse("search"), {"q": text})

    assert page.status_code == 200
    assert "<script>" not in page.content.decode().replace("<script src", "")


def test_pasted_numbers_and_more_than_are_shown_lead_to_the_list(owner: Client, cart: Cart) -> None:
    for place in range(9):
        OrderFactory(cart=cart, number=f"113-000000{place}", recipient=None)

    page = owner.get(reverse("search"), {"q": "113-"})
    (orders,) = page.context["kinds"]

    assert len(orders.hits) == 8
    assert orders.more_url == "/orders/?tab=all&q=113-"
    assert found(owner, "113-0000001,113-0000002") == {"Orders": ["113-0000002", "113-0000001"]}


def test_every_page_has_the_box_and_htmx_gets_only_what_was_found(owner: Client, cart: Cart) -> None:
    assert 'action="/search/"' in owner.get("/carts/").content.decode()

    part = owner.get(reverse("search"), {"q": "amazon"}, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert "Blue Mug Co · Amazon US" in part


def test_more_of_everything_makes_no_more_statements(
    owner: Client, cart: Cart, acme: Organization, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    def add(number: int) -> None:
        shop = CartFactory(merchant=MerchantFactory(organization=acme, name=f"Mug {number}"), name="Mugs")
        OrderFactory(cart=shop, number=f"MUG-{number}", lines={f"MUG-{number}": 1})
        ListingFactory(cart=shop, sku=f"MUG-{number}", title="Mug")

    def asked() -> int:
        with django_assert_max_num_queries(40) as statements:
            owner.get(reverse("search"), {"q": "mug"})
        return len(statements)

    add(1)
    few = asked()
    for number in range(2, 7):
        add(number)

    assert asked() == few
