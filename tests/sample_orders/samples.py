"""Sample orders of many marketplaces: invented documents in the shape of Amazon's, and what is right for each.

A file of ``documents`` says what it ``shows``, what is ``right``, and holds the ``order`` as Amazon sends it. Right are
amounts as text, address and lines without what is empty in them, and of those that ship who takes them and what Amazon
has to hear.
Those called ``sandbox`` have the shape of the six orders of Amazon's own sandbox.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from carts.consent import grants
from carts.marketplaces.amazon import adapter
from carts.marketplaces.amazon.places import PLACES
from carts.marketplaces.values import OrderDocument, Tokens
from carts.models import Cart
from orders.actions.holds import let_go
from orders.models import Order, OrderStatus
from simulator.amazon.world.state import Order as TheirOrder
from tests import factories
from tests.world import SELLER, US, World

FOLDER = Path(__file__).parent / "documents"
SELLERS = {"NA": SELLER, "EU": "A1NORDLICHT01", "FE": "A1SAKURATEA01"}


@dataclass(frozen=True)
class Sample:
    name: str

    def __str__(self) -> str:
        return self.name

    @cached_property
    def file(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((FOLDER / f"{self.name}.json").read_text(encoding="utf-8"))
        return found

    @property
    def order(self) -> dict[str, Any]:
        copied: dict[str, Any] = json.loads(json.dumps(self.file["order"]))
        return copied

    @property
    def right(self) -> dict[str, Any]:
        found: dict[str, Any] = self.file["right"]
        return found

    @property
    def document(self) -> OrderDocument:
        return adapter._document(self.order)

    @property
    def number(self) -> str:
        return str(self.file["order"]["orderId"])

    @property
    def place_id(self) -> str:
        return str(self.file["order"]["salesChannel"]["marketplaceId"])

    @property
    def seller_id(self) -> str:
        return SELLERS[PLACES[self.place_id].region]

    @property
    def open_units(self) -> dict[str, int]:
        """What is left to ship, by item."""
        left = {item["orderItemId"]: item["fulfillment"]["quantityUnfulfilled"] for item in self.order["orderItems"]}
        return {reference: units for reference, units in left.items() if units}

    @property
    def ships(self) -> bool:
        return "ships" in self.right


SAMPLES = [Sample(path.stem) for path in sorted(FOLDER.glob("*.json"))]


def open_carts(world: World) -> dict[str, Cart]:
    """A cart in each marketplace that samples are of, and a seller's authorization for each region."""
    carts = {US: world.cart}
    refresh = {seller: world.simulator.grant(seller) for seller in SELLERS.values()}
    for place in (PLACES[each] for each in dict.fromkeys(sample.place_id for sample in SAMPLES) if each != US):
        cart = factories.CartFactory(
            merchant=world.merchant, place_id=place.id, name=place.name, grant=None, live_at=world.now
        )
        seller = SELLERS[place.region]
        tokens = Tokens(access_token="", expires_in=0, refresh_token=refresh[seller])
        grants.bind(cart, seller_id=seller, tokens=tokens, by=world.person, now=world.now)
        cart.refresh_from_db()
        carts[place.id] = cart
    return carts


def by_region(world: World, act: Callable[[World], object]) -> None:
    """Do it with a cart of each region's authorization as the world's own."""
    carts = Cart.objects.filter(merchant=world.merchant).select_related("grant")
    for cart in {cart.grant_id: cart for cart in carts}.values():
        act(replace(world, cart=cart))


def bring(world: World) -> dict[Sample, Order]:
    """All samples as Amazon has them, downloaded; not those that Amazon ships, which nobody asks it for."""
    open_carts(world)
    for sample in SAMPLES:
        world.simulator.world.add_order(TheirOrder(sample.seller_id, sample.order))
    world.later(minutes=5)
    by_region(world, World.download)
    return now_here()


def let_go_and_deliver(world: World) -> dict[Sample, Order]:
    """All samples that ship, at the warehouse; somebody let go those that were held."""
    for order in bring(world).values():
        if order.status == OrderStatus.HELD:
            assert let_go(order, by=world.person, now=world.now)
    world.deliver()
    return {sample: order for sample, order in now_here().items() if sample.ships}


def now_here() -> dict[Sample, Order]:
    """The samples that are here, as they are now."""
    numbers = {order.number: order for order in Order.objects.select_related("cart").order_by("pk")}
    return {sample: numbers[sample.number] for sample in SAMPLES if sample.number in numbers}


def said(part: Any, *, apart_from: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a value says, as a file would: without what is empty in it."""
    found = {name: _told(value) for name, value in asdict(part).items() if name not in apart_from}
    return {name: value for name, value in found.items() if value}


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: told for name, each in value.items() if (told := _told(each))}
    return [_told(each) for each in value] if isinstance(value, (list, tuple)) else value
