"""``manage.py orders_misplaced``: a dry run, and taking away what stands under the wrong merchant."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from carts import connections
from carts.consent import grants
from carts.marketplaces.values import Tokens
from carts.models import Cart
from core.accounts.models import Merchant
from core.activity.models import Event
from orders.download import pull
from orders.models import Order
from tests.factories import CartFactory, MerchantFactory
from tests.world import SELLER, US, World, simulator, still, world

pytestmark = pytest.mark.django_db
__all__ = ["simulator", "still", "world"]  # fixtures


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("orders_misplaced", **options, stdout=out)
    return out.getvalue()


@pytest.fixture
def right(world: World) -> Merchant:
    """Whose the seller really is, that was bound to a cart of another merchant."""
    return MerchantFactory(organization=world.organization, name="Blue Mug Co")


def test_where_nothing_is_misplaced_it_says_so(world: World) -> None:
    world.at_warehouse()

    said = run()

    assert "No order stands under the wrong merchant" in said
    assert "--seller-id" in said


def test_without_remove_nothing_changes(world: World, right: Merchant) -> None:
    number = world.order_placed()
    world.download()
    Cart.objects.update(state=Cart.State.PAUSED)

    said = run(seller_id=SELLER, merchant=right.name)

    assert f"1 order; seller {SELLER} is said to be Blue Mug Co's." in said
    assert "1 can be taken away." in said
    assert "Nothing was changed" in said
    assert world.order(number)
    assert not Event.objects.filter(kind="orders.removed").exists()


def test_what_is_at_the_warehouse_is_listed_and_the_rest_taken_away(world: World, right: Merchant) -> None:
    there = world.at_warehouse()
    number = world.order_placed()
    world.download()
    Cart.objects.update(state=Cart.State.PAUSED)

    said = run(seller_id=SELLER, merchant=right.name, remove=True)

    assert f"{there.number} ({there.pk}): The warehouse has it" in said
    assert "1 was taken away." in said
    assert "Nothing was changed" not in said
    assert list(Order.objects.values_list("number", flat=True)) == [there.number]
    event = Event.objects.get(kind="orders.removed")
    assert (event.subject_id, event.details) == (world.cart.pk, {"count": 1, "seller": SELLER})
    assert number not in run(seller_id=SELLER, merchant=right.name)


def test_a_cart_that_would_bring_them_back_is_to_be_disconnected_first(world: World, right: Merchant) -> None:
    number = world.order_placed()
    world.download()

    said = run(seller_id=SELLER, merchant=right.name, remove=True)

    assert f"First disconnect {world.cart}" in said
    assert world.order(number)


def test_the_right_cart_downloads_what_was_taken_away_from_the_wrong_one(world: World, right: Merchant) -> None:
    """From a wrong binding to the end: what an archived cart knows is otherwise never downloaded again."""
    number = world.order_placed()
    world.download()
    Cart.objects.update(state=Cart.State.ARCHIVED)
    cart = CartFactory(
        merchant=right, place_id=US, grant=None, allowed_seller_id=SELLER, orders_seen_until=world.now, name="Blue US"
    )
    tokens = Tokens(access_token="", expires_in=0, refresh_token=world.simulator.grant(SELLER))
    grants.bind(cart, seller_id=SELLER, tokens=tokens, by=world.person, now=world.now)

    assert "is Blue Mug Co's, and nobody allowed" in run(remove=True)

    assert not Order.objects.exists()
    cart.refresh_from_db()
    assert cart.grant is not None
    with connections.marketplace(cart.grant) as marketplace:
        pull.import_orders(cart.grant, marketplace, now=world.now)
    order = Order.objects.get()
    assert (order.number, order.cart, order.merchant) == (number, cart, right)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"organization": "Nobody"}, "There is no organization named Nobody."),
        ({"seller_id": SELLER}, "Say both"),
        ({"merchant": "Blue Mug Co"}, "Say both"),
        ({"seller_id": "a b", "merchant": "Blue Mug Co"}, "no seller ID"),
        ({"seller_id": SELLER, "merchant": "Nobody"}, "There is no merchant named Nobody."),
        ({"seller_id": SELLER, "merchant": "Twin"}, "Several merchants are named Twin"),
    ],
)
def test_what_is_wrong_is_said(world: World, right: Merchant, told: dict[str, str], sentence: str) -> None:
    MerchantFactory(name="Twin")
    MerchantFactory(name="Twin")

    with pytest.raises(CommandError, match=sentence):
        run(**told)
