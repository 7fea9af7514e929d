"""The page of a cart whose orders are pushed: from New cart to a key that works, and no word of authorizing anybody."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.api.models import ApiKey
from core.common import clock
from shipping.routing import make_portal_warehouse
from tests.cartrover.client import OldClient, order
from tests.factories import CartFactory, MerchantFactory, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cart() -> Cart:
    made = CartFactory(kind="api_access", place_id="api_access", grant=None, name="Web shop", state=Cart.State.SETUP)
    make_portal_warehouse(made.organization)
    return made


def somebody(cart: Cart, role: Role = Role.STAFF) -> Client:
    client = Client()
    client.force_login(make_person(cart.organization, role))
    return client


def test_it_is_chosen_made_called_and_goes_live() -> None:
    merchant = MerchantFactory()
    make_portal_warehouse(merchant.organization)
    client = Client()
    client.force_login(make_person(merchant.organization, Role.STAFF))
    assert b"A shop&#x27;s own program sends its orders" in client.get(reverse("carts:new")).content
    sent = {"merchant": merchant.pk, "place": "api_access", "name": "Web shop"}
    page: Any = client.post(reverse("carts:new"), sent, follow=True)
    cart = Cart.objects.get()
    assert b"Grant us API access" not in page.content
    assert b"/v1" in page.content

    made = client.post(reverse("carts:make_key", args=[cart.pk]))
    shown = made.content.decode()
    assert "no-store" in made["Cache-Control"]
    program = OldClient(cart)
    said = r"<dt>{}</dt>\s*<dd class=\"mono\"[^>]*>\s*(\S+)"
    found = [re.search(said.format(name), shown) for name in ("api_user", "api_key")]
    program.user, program.password = (each[1] for each in found if each)
    assert program.post("cart/orders/cartrover", order())["success_code"] is True

    page = client.post(reverse("carts:ok", args=[cart.pk]), follow=True)
    cart.refresh_from_db()
    assert cart.state == Cart.State.LIVE
    assert program.password not in page.content.decode()
    assert program.user in page.content.decode()


def test_a_key_is_ended_on_its_page_and_only_by_who_may(cart: Cart) -> None:
    staff, viewer = somebody(cart), somebody(cart, Role.VIEWER)
    make, revoke = (reverse(f"carts:{name}", args=[cart.pk]) for name in ("make_key", "revoke_key"))
    assert viewer.post(make).status_code == 403
    assert not ApiKey.objects.exists()
    program = OldClient(cart)
    staff.post(revoke, {"key": program.user})
    assert "revoked" in program.get("cart/list")["message"]
    strangers = OldClient(CartFactory())
    staff.post(revoke, {"key": strangers.user})
    assert ApiKey.objects.get(pk=strangers.key.pk).revoked_at is None
    for _ in range(7):
        staff.post(make)
    assert ApiKey.objects.filter(cart_id=cart.pk).usable(clock.now()).count() == 5


def test_only_a_cart_that_is_called_has_keys(cart: Cart) -> None:
    amazon = CartFactory(merchant=cart.merchant)
    somebody(cart).post(reverse("carts:make_key", args=[amazon.pk]))
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("state", list(Cart.State))
def test_its_pages_open_in_every_state(cart: Cart, state: Cart.State) -> None:
    Cart.objects.filter(pk=cart.pk).update(state=state, live_at=clock.now())
    client = somebody(cart, Role.OWNER)
    for name in ("cart", "settings", "history"):
        assert client.get(reverse(f"carts:{name}", args=[cart.pk])).status_code == 200
    assert b"Reconciliation" not in client.get(cart.get_absolute_url()).content
    for path in (reverse("carts:carts"), reverse("merchants:merchant", args=[cart.merchant_id]), "/"):
        assert client.get(path).status_code == 200


def test_its_settings_are_saved_without_schedules(cart: Cart) -> None:
    client, page = somebody(cart, Role.OWNER), reverse("carts:settings", args=[cart.pk])
    assert b"orders_every" not in client.get(page).content
    warehouse = make_portal_warehouse(cart.organization)
    sent = {"name": "Shop", "product_code": "sku", "warehouse": warehouse.pk, "reject_unmapped": "on"}
    client.post(page, sent)
    cart.refresh_from_db()
    assert (cart.name, cart.orders_on, cart.shipments_on, cart.route.reject_unmapped) == ("Shop", True, True, True)


def test_nobody_is_asked_to_authorize_it(cart: Cart) -> None:
    client = somebody(cart, Role.OWNER)
    assert client.post(reverse("carts:grant", args=[cart.pk])).status_code == 404
    for name in ("test", "share", "token", "download"):
        answer: Any = client.post(reverse(f"carts:{name}", args=[cart.pk]), {"email": "a@shop.example"}, follow=True)
        assert answer.status_code == 200
    assert client.get("/carts/api_access/returned/?code=1&state=2").status_code == 404
