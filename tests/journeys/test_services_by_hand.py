"""``manage.py service``: each service once, now."""

from io import StringIO
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from carts.models import Cart
from integration_manager.management.commands.service import SERVICES
from inventory.models import StockLevel
from orders.models import OrderStatus
from tests.factories import CartFactory, GrantFactory
from tests.world import SELLER, US, World


def run(name: str, **options: int) -> str:
    said = StringIO()
    call_command("service", name, stdout=said, **options)
    return said.getvalue()


def test_the_whole_path_by_hand(world: World) -> None:
    number = world.order_placed(lines=[{"sku": "MUG-BLUE-11", "quantity": 1}])

    assert "1 new" in run("order-download")
    assert "1 handed over" in run("order-delivery")
    assert "ships in this portal" in run("shipping-confirmations")
    world.ship(world.order(number))
    assert "1 confirmed" in run("shipment-upload", cart=world.cart.pk)
    assert "5 SKUs" in run("inventory")
    StockLevel.objects.update(on_hand=9, observed_at=world.now)
    assert "5 sent" in run("inventory-upload")

    assert world.order(number).status == OrderStatus.CONFIRMED
    assert world.simulator.stock(SELLER, "MUG-BLUE-11", US) == 9


def test_a_refusal_is_said_and_is_an_error(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", "400")

    with pytest.raises(CommandError, match="Refused: 1"):
        run("shipment-upload")


def test_an_amazon_that_is_away_is_said_and_is_an_error(world: World) -> None:
    world.simulator.fail("searchOrders", "503_html")

    with pytest.raises(CommandError, match=rf"Amazon.com \({world.cart.pk}\): Amazon"):
        run("order-download")


def test_an_address_that_does_not_answer_is_named(world: World, settings: Any) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    ours = settings.MARKETPLACES["amazon"] | {"transport": httpx.MockTransport(refuse)}
    settings.MARKETPLACES = {"amazon": ours}

    with pytest.raises(CommandError, match=r"could not be reached at [\w.:-]+ \(ConnectError\)") as refused:
        run("order-download")

    assert "http" not in str(refused.value), "the rest of an address may be a key"


def test_one_cart_that_fails_does_not_keep_the_others_from_their_turn(world: World) -> None:
    other = CartFactory(merchant__organization=world.organization, grant=GrantFactory(state="ended"))
    Cart.objects.filter(pk=other.pk).update(state="live")

    said = StringIO()
    with pytest.raises(CommandError, match=rf"\({other.pk}\): The seller has to authorize"):
        call_command("service", "order-download", stdout=said)

    assert f"({world.cart.pk}): " in said.getvalue()


def test_a_cart_that_is_not_there_is_named(world: World) -> None:
    with pytest.raises(CommandError, match="There is no cart 12345"):
        run("inventory", cart=12345)


def test_a_cart_that_is_not_live_says_what_to_do(world: World) -> None:
    world.cart.state = "setup"
    world.cart.save(update_fields=["state"])

    with pytest.raises(CommandError, match="press Test, then Go live"):
        run("inventory", cart=world.cart.pk)


@pytest.mark.parametrize(
    ("state", "said"), [("archived", "is archived"), ("paused", "press Resume"), ("disconnected", "is disconnected")]
)
def test_a_cart_that_rests_says_what_it_is_and_which(world: World, state: str, said: str) -> None:
    Cart.objects.filter(pk=world.cart.pk).update(state=state)

    with pytest.raises(CommandError, match=rf"\({world.cart.pk}\) .*{said}"):
        run("inventory", cart=world.cart.pk)


@pytest.mark.parametrize("name", ["", "orders"])
def test_a_service_that_is_none_is_answered_with_those_there_are(db: None, name: str) -> None:
    with pytest.raises(CommandError, match="order-download, order-delivery"):
        call_command("service", *([name] if name else []))


@pytest.mark.parametrize("cart", ["x", "٣", "9" * 30, "-1"])
def test_a_cart_that_is_no_number_is_not_there(db: None, cart: str) -> None:
    with pytest.raises(CommandError, match="There is no cart"):
        call_command("service", "inventory", f"--cart={cart}")


@pytest.mark.parametrize("name", SERVICES)
def test_without_a_cart_there_is_nothing_to_do(db: None, name: str) -> None:
    assert run(name) == ""
