"""Run one of the six services once, now, and say what it did.

The exit code is 1 if the other side could not be reached or refused something, so a scheduler or a person can tell.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carts import connections, listings
from carts.marketplaces.base import Marketplace
from carts.models import Cart, Grant
from core.common import clock
from core.common.remote import RemoteError
from inventory import levels
from inventory.publish import inventory_upload as publish_inventory_upload
from orders.download import pull
from shipping.confirmation import shipment_upload as confirmation_shipment_upload
from shipping.delivery import releases


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """What a service did for some carts."""

    carts: str
    did: Any
    refused: int = 0

    def __str__(self) -> str:
        return f"{self.carts}: {self.did}"


def order_download(carts: list[Cart]) -> Iterator[ServiceReport]:
    for grant, mine in by_grant(carts):
        with connections.marketplace(grant) as marketplace:
            imported = pull.import_orders(grant, marketplace, now=clock.now())
        yield ServiceReport(names(mine), imported)


def order_delivery(carts: list[Cart]) -> Iterator[ServiceReport]:
    for cart in carts:
        released = releases.release_orders(now=clock.now(), cart=cart)
        yield ServiceReport(cart.name, released, released.stuck)


def shipping_confirmations(carts: list[Cart]) -> Iterator[ServiceReport]:
    for cart in carts:
        yield ServiceReport(cart.name, "ships in this portal, so there is no warehouse system to ask")


def shipment_upload(carts: list[Cart]) -> Iterator[ServiceReport]:
    for grant, mine in by_grant(carts):
        with connections.marketplace(grant) as marketplace:
            told = confirmation_shipment_upload.confirm_packages(mine, marketplace, now=clock.now())
        yield ServiceReport(names(mine), told, told.stuck)


def inventory(carts: list[Cart]) -> Iterator[ServiceReport]:
    for cart, marketplace in speaking(carts):
        if listings.is_stale(cart, clock.now()):
            listings.read_listings(cart, marketplace, now=clock.now())
        yield ServiceReport(cart.name, levels.count(cart, now=clock.now()))


def inventory_upload(carts: list[Cart]) -> Iterator[ServiceReport]:
    for cart, marketplace in speaking(carts):
        told = publish_inventory_upload.publish(cart, marketplace, now=clock.now())
        yield ServiceReport(cart.name, told, told.stuck)


SERVICES: dict[str, Callable[[list[Cart]], Iterator[ServiceReport]]] = {
    "order-download": order_download,
    "order-delivery": order_delivery,
    "shipping-confirmations": shipping_confirmations,
    "shipment-upload": shipment_upload,
    "inventory": inventory,
    "inventory-upload": inventory_upload,
}


def by_grant(carts: list[Cart]) -> Iterator[tuple[Grant, list[Cart]]]:
    grants = {cart.grant_id: cart.grant for cart in carts}
    for grant_id, grant in grants.items():
        assert grant is not None  # a live cart has one
        yield grant, [cart for cart in carts if cart.grant_id == grant_id]


def speaking(carts: list[Cart]) -> Iterator[tuple[Cart, Marketplace]]:
    for cart in carts:
        assert cart.grant is not None  # a live cart has one
        with connections.marketplace(cart.grant) as marketplace:
            yield cart, marketplace


def names(carts: list[Cart]) -> str:
    return ", ".join(cart.name for cart in carts)


class Command(BaseCommand):
    help = "Run one service once, now, for one cart or for every live cart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=SERVICES)
        parser.add_argument("--cart", type=int, metavar="ID", help="the number in the address of the cart's page")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        try:
            for report in SERVICES[options["name"]](self._carts(options["cart"])):
                self.stdout.write(str(report))
                refused += report.refused
        except (RemoteError, pull.PullTaken) as error:
            raise CommandError(str(error)) from error
        if refused:
            raise CommandError(f"Refused: {refused}. The Alerts page says why and what to do.")

    def _carts(self, cart_id: int | None) -> list[Cart]:
        carts = Cart.objects.select_related("grant", "merchant", "organization").order_by("pk")
        if cart_id is None:
            return list(carts.filter(state=Cart.State.LIVE))
        cart = carts.filter(pk=cart_id).first()
        if cart is None:
            raise CommandError(f"There is no cart {cart_id}. You find a cart's number in the address of its page.")
        if cart.state != Cart.State.LIVE:
            raise CommandError(f"{cart} is not live. Open its page, press Test, then OK.")
        return [cart]
