"""Which orders stand under the wrong merchant: by the seller who brought them, and by a number known twice."""

from datetime import timedelta

import pytest

from carts.models import Cart, Grant
from core.accounts.models import Merchant, Organization
from core.activity.event_log import record
from core.common import clock
from orders import misplacement
from orders.models import Order
from tests.factories import CartFactory, GrantFactory, MerchantFactory, OrderFactory, OrganizationFactory
from tests.world import SELLER, World, simulator, still, world

pytestmark = pytest.mark.django_db
__all__ = ["simulator", "still", "world"]  # fixtures
OTHER = "A2HARBORROPE1"


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory(name="Northwind 3PL")


@pytest.fixture
def blue(acme: Organization) -> Merchant:
    return MerchantFactory(organization=acme, name="Blue Mug Co")


@pytest.fixture
def red(acme: Organization) -> Merchant:
    return MerchantFactory(organization=acme, name="Red Cup Co")


def cart_of(merchant: Merchant, seller_id: str, **fields: object) -> Cart:
    return CartFactory(merchant=merchant, grant=GrantFactory(merchant=merchant, seller_id=seller_id), **fields)


def found(organization: Organization, **homes: Merchant) -> dict[str, str]:
    """The numbers that are misplaced, each with why."""
    return {
        order.number: each.why
        for each in misplacement.find(organization, homes=homes)
        for order in each.orders.order_by("pk")
    }


def test_an_order_keeps_whose_authorization_brought_it(world: World) -> None:
    number = world.order_placed()
    world.download()

    assert world.order(number).seller_id == SELLER


def test_what_a_carts_own_seller_brought_is_in_its_place(acme: Organization, blue: Merchant) -> None:
    cart = cart_of(blue, SELLER)
    OrderFactory(cart=cart, seller_id=SELLER)
    OrderFactory(cart=cart)  # older than that was kept

    assert found(acme) == {}


def test_what_another_seller_brought_is_misplaced(acme: Organization, red: Merchant) -> None:
    cart = cart_of(red, OTHER)
    wrong = OrderFactory(cart=cart, seller_id=SELLER)
    OrderFactory(cart=cart, seller_id=OTHER)

    said = found(acme)

    assert list(said) == [wrong.number]
    assert f"belongs to seller {OTHER}" in said[wrong.number]


def test_what_came_before_a_cart_changed_its_seller_is_told_by_the_authorizations(
    acme: Organization, red: Merchant
) -> None:
    """Orders older than that was kept: who had authorized us for the cart when they came."""
    cart = cart_of(red, OTHER)
    now = clock.now()
    for days, seller_id in ((10, SELLER), (9, SELLER), (5, OTHER)):
        at = now - timedelta(days=days)
        record("cart.granted", cart, now=at, place="Amazon.com", seller=seller_id, way="")
    wrong = [OrderFactory(cart=cart, downloaded_at=now - timedelta(days=days)) for days in (12, 8, 6)]
    OrderFactory(cart=cart, downloaded_at=now - timedelta(days=4))

    assert list(found(acme)) == [order.number for order in wrong]


def test_what_a_seller_brought_who_is_another_merchants_by_now_is_misplaced(
    acme: Organization, blue: Merchant, red: Merchant
) -> None:
    """The way out of a wrong binding: the wrong cart is archived, and an admin allows the account for the right one."""
    wrong = cart_of(red, SELLER, state=Cart.State.ARCHIVED)
    order = OrderFactory(cart=wrong, seller_id=SELLER)
    Grant.objects.update(merchant=blue)

    assert "is Blue Mug Co's" in found(acme)[order.number]


def test_an_account_that_an_admin_allowed_for_two_merchants_misplaces_nothing(
    acme: Organization, blue: Merchant, red: Merchant
) -> None:
    owner = cart_of(blue, SELLER)
    sharing = CartFactory(merchant=red, grant=owner.grant, place_id="A2EUQ1WTGCTBG2", allowed_seller_id=SELLER)
    OrderFactory(cart=sharing, seller_id=SELLER)

    assert found(acme) == {}


def test_another_account_of_the_same_merchant_misplaces_nothing(acme: Organization, red: Merchant) -> None:
    cart = cart_of(red, OTHER)
    GrantFactory(merchant=red, seller_id=SELLER)
    OrderFactory(cart=cart, seller_id=SELLER)

    assert found(acme) == {}


def test_who_knows_better_says_whose_a_seller_is(acme: Organization, blue: Merchant, red: Merchant) -> None:
    """Right after a wrong binding nothing but a person knows."""
    order = OrderFactory(cart=cart_of(red, SELLER), seller_id=SELLER)
    assert found(acme) == {}

    assert found(acme, **{SELLER: blue}) == {order.number: f"seller {SELLER} is said to be Blue Mug Co's"}
    assert found(acme, **{SELLER: red}) == {}


def test_nothing_of_another_organization_is_found(acme: Organization, red: Merchant) -> None:
    OrderFactory(cart=cart_of(red, OTHER), seller_id=SELLER)

    assert found(OrganizationFactory()) == {}


def test_a_number_that_stands_under_two_merchants_is_told(acme: Organization, blue: Merchant, red: Merchant) -> None:
    one, two = cart_of(blue, SELLER), cart_of(red, OTHER)
    for cart in (one, two):
        OrderFactory(cart=cart, number="113-1111111-1111111")
    OrderFactory(cart=one, number="113-2222222-2222222")
    OrderFactory(cart=cart_of(MerchantFactory(), "A3STRANGER001"), number="113-2222222-2222222")

    doubled = list(misplacement.doubled(acme, beside=[]))

    assert [(each.number, each.carts) for each in doubled] == [("113-1111111-1111111", [one, two])]


def test_a_number_of_which_one_is_misplaced_is_told_once(acme: Organization, blue: Merchant, red: Merchant) -> None:
    OrderFactory(cart=cart_of(blue, SELLER), number="113-1111111-1111111", seller_id=SELLER)
    OrderFactory(cart=cart_of(red, OTHER), number="113-1111111-1111111", seller_id=SELLER)

    misplaced = misplacement.find(acme, homes={})

    assert Order.objects.get(pk__in=misplaced[0].orders.values("pk")).merchant == red
    assert list(misplacement.doubled(acme, beside=misplaced)) == []
