"""``manage.py cart_connect``: connect a cart with a refresh token, without a browser."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carts import connections, create, merchant_records
from carts.choices import kind_of
from carts.consent import grants
from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from core.accounts.models import Merchant, Organization
from core.common import clock

LONGEST = 4096


class Command(BaseCommand):
    help = "Connect a cart with a refresh token read from standard input. Creates the cart and its merchant if needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, help="the 3PL's name")
        parser.add_argument("--merchant", required=True, help="the seller's name; created if there is none")
        parser.add_argument("--marketplace", required=True, help="its name or id, such as Amazon.de or A1PA6795UKMFR9")
        parser.add_argument("--seller-id", required=True, help="the seller's Merchant Token, such as A2EXAMPLE1234")
        parser.add_argument("--name", default="", help="order source name (default: the marketplace's name)")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(name=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization named {options['organization']}.")
        place_id = find_place(options["marketplace"])
        token = read_token()
        merchant = merchant_records.find_or_make(organization, name=options["merchant"], by=None, now=clock.now())
        cart = self._cart(merchant, place_id, options["name"])
        try:
            create.keep_token(
                cart,
                connections.application(cart.kind),
                seller_id=options["seller_id"],
                refresh_token=token,
                by=None,
                now=clock.now(),
            )
        except grants.NotGranted as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{cart} ({cart.place.name}) of {merchant} is connected to seller {options['seller_id']}.")
        self.stdout.write("Open its page, press Test, then OK.")

    def _cart(self, merchant: Merchant, place_id: str, name: str) -> Cart:
        """The merchant's cart for the place, by name if one is given; made if there is none."""
        carts = Cart.objects.filter(merchant=merchant, place_id=place_id).exclude(state=Cart.State.ARCHIVED)
        found = list((carts.filter(name=name) if name else carts).select_related("merchant", "grant")[:2])
        if len(found) > 1:
            raise CommandError(f"{merchant} has several carts there. Choose one with --name.")
        if found:
            return found[0]
        cart = create.make_cart(
            merchant, kind=kind_of(place_id), place_id=place_id, name=name, grant=None, by=None, now=clock.now()
        )
        self.stdout.write(f"Created the cart {cart} for {merchant}.")
        return cart


def find_place(wanted: str) -> str:
    """Return the id of the marketplace of this name or id."""
    for application in APPLICATIONS.values():
        for place in application.places.values():
            if wanted.casefold() in (place.id.casefold(), place.name.casefold()):
                return place.id
    names = sorted(place.name for application in APPLICATIONS.values() for place in application.places.values())
    raise CommandError(f"There is no marketplace called {wanted}. Choose one of {', '.join(names)}.")


def read_token() -> str:
    """Return what is on standard input: not an argument, which every process on the machine could read."""
    token = sys.stdin.read(LONGEST).strip()
    if not token:
        raise CommandError("Send the refresh token to standard input: cart_connect … < file-with-the-token")
    return token
