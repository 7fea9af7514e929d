"""``manage.py cart_connect``: connect a cart with a refresh token, without a browser."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carts import connections, create, merchant_records
from carts.choices import kind_of
from carts.consent import grants, hindrances
from carts.consent.refusals import Why, refused
from carts.marketplaces import APPLICATIONS, asked_kinds
from carts.marketplaces.values import Place
from carts.models import Cart
from core.accounts.models import Merchant, Organization
from core.common import clock
from core.common.one_line import fold

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
        place = find_place(options["marketplace"])
        seller_id = options["seller_id"]
        if not grants.SELLER_ID.match(seller_id):
            raise CommandError(f"{seller_id} is no seller ID: it has capital letters and digits, like A2EXAMPLE1234.")
        token = read_token()
        named = fold(options["merchant"])
        if not named:
            raise CommandError("Give the merchant a name with --merchant.")
        known = merchant_records.find(organization, named)
        found = self._found(known, place, options["name"]) if known else None
        try:
            proved = create.prove_token(
                connections.application(kind_of(place.id)),
                place,
                seller_id=seller_id,
                refresh_token=token,
                renewal=found is not None and found.grant is not None,
            )
            # Only now is anything made: a token of somebody else's leaves no empty cart behind.
            if found is None:
                _check_free(Cart(organization=organization, merchant=known, place_id=place.id), seller_id)
            cart = found or self._made(organization, named, place, options["name"])
            create.bind_token(cart, proved, by=None, now=clock.now())
        except grants.NotGranted as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{cart} ({cart.place.name}) of {cart.merchant} is connected to seller {seller_id}.")
        if proved.store.left:
            self.stdout.write(f"Amazon says that the seller no longer sells on {cart.place.name}.")
        self.stdout.write("Open its page, press Test, then Go live.")

    def _found(self, merchant: Merchant, place: Place, name: str) -> Cart | None:
        """The merchant's cart for the place, by name if one is given."""
        carts = Cart.objects.filter(merchant=merchant, place_id=place.id).exclude(state=Cart.State.ARCHIVED)
        found = list((carts.filter(name=name) if name else carts).select_related("merchant", "grant")[:2])
        if len(found) > 1:
            raise CommandError(f"{merchant} has several carts there. Choose one with --name.")
        return found[0] if found else None

    def _made(self, organization: Organization, name_of_merchant: str, place: Place, name: str) -> Cart:
        merchant = merchant_records.find_or_make(organization, name=name_of_merchant, by=None, now=clock.now())
        cart = create.make_cart(
            merchant, kind=kind_of(place.id), place_id=place.id, name=name, grant=None, by=None, now=clock.now()
        )
        self.stdout.write(f"Created the cart {cart} for {merchant}.")
        return cart


def _check_free(cart: Cart, seller_id: str) -> None:
    """Make no cart that could not be bound, unless an admin may allow it on its page."""
    cart.kind = kind_of(cart.place_id)
    why = hindrances.find(cart, seller_id)
    if why in (Why.TAKEN, Why.LEAVES):
        raise refused(why, seller=seller_id, place=cart.place.name)


def find_place(wanted: str) -> Place:
    """Return the marketplace of this name or id."""
    authorized = [APPLICATIONS[kind] for kind in asked_kinds()]  # the others need no seller's authorization
    for application in authorized:
        for place in application.places.values():
            if wanted.casefold() in (place.id.casefold(), place.name.casefold()):
                return place
    names = sorted(place.name for application in authorized for place in application.places.values())
    raise CommandError(f"There is no marketplace called {wanted}. Choose one of {', '.join(names)}.")


def read_token() -> str:
    """Return what is on standard input: not an argument, which every process on the machine could read."""
    token = sys.stdin.read(LONGEST).strip()
    if not token:
        raise CommandError("Send the refresh token to standard input: cart_connect … < file-with-the-token")
    return token
