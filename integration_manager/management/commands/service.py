"""Run one of the six services once, now, and say what it did.

The exit code is 1 if the other side could not be reached or refused something, so a scheduler or a person can tell.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from carts import connections, listings
from carts.marketplaces.base import Marketplace
from carts.models import Cart, Grant
from core.common import clock
from core.common.remote import RemoteError
from inventory import levels, stock_pickup
from inventory.publish import inventory_upload as publish_inventory_upload
from orders.download import pull
from shipping.confirmation import shipment_upload as confirmation_shipment_upload
from shipping.connection import shipment_pickup
from shipping.delivery import releases
from shipping.models import WarehouseAccount
from shipping.routing import routes_for


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """What a service did for some carts."""

    did: Any
    refused: int = 0


# Each is given carts that are asked for together: those of one grant, or one alone.
def order_download(carts: list[Cart]) -> ServiceReport:
    with speaking(carts) as marketplace:
        return ServiceReport(pull.import_orders(grant_of(carts), marketplace, now=clock.now()))


def order_delivery(carts: list[Cart]) -> ServiceReport:
    (cart,) = carts
    released = releases.release_orders(now=clock.now(), cart=cart)
    return ServiceReport(released, released.stuck)


def shipping_confirmations(carts: list[Cart]) -> ServiceReport:
    account = asked_account(carts)
    if account is None:
        return ServiceReport("ships in this portal, so there is no warehouse system to ask")
    picked = shipment_pickup.pick_up(account, now=clock.now())
    return ServiceReport(f"{picked.stored} shipped, {picked.held} held, {picked.refused} refused", picked.refused)


def shipment_upload(carts: list[Cart]) -> ServiceReport:
    with speaking(carts) as marketplace:
        told = confirmation_shipment_upload.confirm_packages(carts, marketplace, now=clock.now())
    return ServiceReport(told, told.stuck)


def inventory(carts: list[Cart]) -> ServiceReport:
    (cart,) = carts
    if (account := asked_account(carts)) is not None:
        now = clock.now()
        WarehouseAccount.objects.filter(pk=account.pk).update(stock_due_at=now)
        return ServiceReport(f"{len(stock_pickup.pick_up(account, now=now))} SKUs read from {account.warehouse}")
    with speaking(carts) as marketplace:
        if listings.is_stale(cart, clock.now()):
            listings.read_listings(cart, marketplace, now=clock.now())
        return ServiceReport(levels.count(cart, now=clock.now()))


def inventory_upload(carts: list[Cart]) -> ServiceReport:
    (cart,) = carts
    with speaking(carts) as marketplace:
        told = publish_inventory_upload.publish(cart, marketplace, now=clock.now())
    return ServiceReport(told, told.stuck)


def asked_account(carts: list[Cart]) -> WarehouseAccount | None:
    """Return the merchant's account at the warehouse that a cart's orders go to, where its system is asked."""
    (cart,) = carts
    warehouse = routes_for([cart])[cart.pk].warehouse
    mine = WarehouseAccount.objects.filter(warehouse=warehouse, merchant=cart.merchant)
    return mine.select_related("warehouse__organization", "merchant").first()


Service = Callable[[list[Cart]], ServiceReport]
SERVICES: dict[str, Service] = {
    "order-download": order_download,
    "order-delivery": order_delivery,
    "shipping-confirmations": shipping_confirmations,
    "shipment-upload": shipment_upload,
    "inventory": inventory,
    "inventory-upload": inventory_upload,
}
LONGEST_NUMBER = 18  # digits, which a database still holds
BY_GRANT = ("order-download", "shipment-upload")  # the marketplace is asked once for all carts of a seller


def grant_of(carts: list[Cart]) -> Grant:
    grant = carts[0].grant
    assert grant is not None  # a live cart has one
    return grant


def speaking(carts: list[Cart]) -> AbstractContextManager[Marketplace]:
    return connections.marketplace(grant_of(carts))


def names(carts: list[Cart]) -> str:
    """Return what the carts are called, each with the number in the address of its page."""
    return ", ".join(f"{cart.name} ({cart.pk})" for cart in carts)


WHY_NOT: dict[Cart.State, str] = {
    Cart.State.SETUP: "is not live yet. Open its page, press Test, then Go live.",
    Cart.State.PAUSED: "is paused. Open its page and press Resume.",
    Cart.State.DISCONNECTED: "is disconnected. Have the seller authorize again, then press Test and Go live.",
    Cart.State.ARCHIVED: "is archived: nothing comes in or goes out any more. Make a new cart to sell there again.",
}


class Command(BaseCommand):
    help = "Run one service once, now, for one cart or for every live cart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", metavar="NAME", help=", ".join(SERVICES))
        parser.add_argument("--cart", metavar="ID", help="the number in the address of the cart's page")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        if name not in SERVICES:
            wrong = f"There is no service called {name}." if name else "Which service?"
            raise CommandError(
                f"{wrong} There are: {', '.join(SERVICES)}. For example: make service NAME=order-download"
            )
        try:
            self._run(name, options["cart"])
        except OperationalError as problem:
            raise CommandError(f"The database cannot be used: {problem}. manage.py doctor says more.") from problem

    def _run(self, name: str, cart: str | int | None) -> None:
        refused = 0
        failed: list[str] = []
        for carts in self._groups(self._carts(cart), together=name in BY_GRANT):
            try:
                report = SERVICES[name](carts)
            except (RemoteError, pull.PullTaken) as error:  # the other carts have their turn all the same
                failed.append(f"{names(carts)}: {error}")
                continue
            self.stdout.write(f"{names(carts)}: {report.did}")
            refused += report.refused
        if refused:
            failed.append(f"Refused: {refused}. The Alerts page says why and what to do.")
        if failed:
            raise CommandError("\n".join(failed))

    def _groups(self, carts: list[Cart], *, together: bool) -> list[list[Cart]]:
        groups: dict[int | None, list[Cart]] = {}
        for cart in carts:
            groups.setdefault(cart.grant_id if together else cart.pk, []).append(cart)
        return list(groups.values())

    def _carts(self, number: str | int | None) -> list[Cart]:
        carts = Cart.objects.select_related("grant", "merchant", "organization").order_by("pk")
        if number is None:
            live = list(carts.filter(state=Cart.State.LIVE))
            if not live:
                self.stderr.write("No cart is live, so there is nothing to do.")
            return live
        known = str(number).isdecimal() and len(str(number)) < LONGEST_NUMBER
        cart = carts.filter(pk=int(number)).first() if known else None
        if cart is None:
            raise CommandError(f"There is no cart {number}. You find a cart's number in the address of its page.")
        if cart.state != Cart.State.LIVE:
            raise CommandError(f"{names([cart])} {WHY_NOT[Cart.State(cart.state)]}")
        return [cart]
