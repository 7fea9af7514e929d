"""``manage.py orders_misplaced``: find orders that stand under the wrong merchant, and take them away again."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Min
from django.utils.translation import ngettext

from carts.consent.grants import SELLER_ID
from core.accounts.models import Merchant, Organization
from core.common import clock
from orders import misplacement
from orders.misplacement import Misplaced
from orders.models import Order
from shipping import removal
from shipping.models import Release

SHOWN = 50  # numbers of a list that is for reading


class Command(BaseCommand):
    help = (
        "Find orders that stand under the wrong merchant, because another seller than the cart's brought them. Changes "
        "nothing without --remove."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", default="", help="the 3PL's name (default: all)")
        parser.add_argument("--seller-id", default="", help="say whose this seller is, such as A2EXAMPLE1234 …")
        parser.add_argument("--merchant", default="", help="… namely this merchant's")
        parser.add_argument("--remove", action="store_true", help="take away those that nobody has shipped")

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = self._organizations(options["organization"])
        homes = self._homes(organizations, options["seller_id"], options["merchant"])
        found = False
        for organization in organizations:
            misplaced = misplacement.find(organization, homes=homes)
            for each in misplaced:
                self._see_to(each, remove=options["remove"], now=clock.now())
            doubled = list(misplacement.doubled(organization, beside=[] if options["remove"] else misplaced))
            self._tell_doubled(doubled)
            found = found or bool(misplaced or doubled)
        if not found:
            self.stdout.write("No order stands under the wrong merchant, as far as the authorizations tell.")
            self.stdout.write("If you know better, say whose a seller is with --seller-id and --merchant.")
        elif not options["remove"]:
            self.stdout.write("Nothing was changed. To take away what can be taken away, add --remove.")

    def _organizations(self, name: str) -> list[Organization]:
        organizations = Organization.objects.order_by("pk")
        if not name:
            return list(organizations)
        found = list(organizations.filter(name=name))
        if not found:
            raise CommandError(f"There is no organization named {name}.")
        return found

    def _homes(self, organizations: list[Organization], seller_id: str, name: str) -> dict[str, Merchant]:
        if not seller_id and not name:
            return {}
        if not seller_id or not name:
            raise CommandError("Say both, --seller-id and --merchant: which seller is which merchant's.")
        if not SELLER_ID.match(seller_id):
            raise CommandError(f"{seller_id} is no seller ID: it has capital letters and digits, like A2EXAMPLE1234.")
        merchants = list(Merchant.objects.filter(organization__in=organizations, name__iexact=name)[:2])
        if not merchants:
            raise CommandError(f"There is no merchant named {name}.")
        if len(merchants) > 1:
            raise CommandError(f"Several merchants are named {name}. Say which 3PL's with --organization.")
        organizations[:] = [each for each in organizations if each.pk == merchants[0].organization_id]
        return {seller_id: merchants[0]}

    def _see_to(self, misplaced: Misplaced, *, remove: bool, now: datetime) -> None:
        cart = misplaced.cart
        many = ngettext("{count} order", "{count} orders", misplaced.orders.count()).format(
            count=misplaced.orders.count()
        )
        self.stdout.write(f"{cart.organization}, {cart.merchant}, {cart} ({cart.place.name}): {many}; {misplaced.why}.")
        if misplaced.keeps_coming:
            self.stdout.write(
                f"  First disconnect {cart} on its page, which gives the authorization up, or pause it: it would bring "
                "them back. Then run this again."
            )
            remove = False
        pks = list(misplaced.orders.order_by("pk").values_list("pk", flat=True))
        since = misplaced.orders.aggregate(least=Min("placed_at"))["least"]
        gone = 0
        for pk in pks:
            first = removal.remove(pk, why=misplaced.why, now=now) if remove else self._hindrance(pk, now)
            if first:
                number = Order.objects.filter(pk=pk).values_list("number", flat=True).first()
                self.stdout.write(f"  {number} ({pk}): {first}")
            gone += not first
        if remove and gone:
            misplacement.removed(misplaced, gone, since=since, now=now)
        words = ("{count} was taken away.", "{count} were taken away.")
        if not remove:
            words = ("{count} can be taken away.", "{count} can be taken away.")
        self.stdout.write(f"  {ngettext(*words, gone).format(count=gone)}")

    def _hindrance(self, pk: int, now: datetime) -> str:
        order = Order.objects.select_related("cart").get(pk=pk)
        return removal.to_be_done(order, list(Release.objects.filter(order=order)), now)

    def _tell_doubled(self, doubled: Iterable[misplacement.Doubled]) -> None:
        for place, each in enumerate(doubled):
            if place == SHOWN:
                self.stdout.write("… and more.")
                break
            carts = ", ".join(f"{cart} of {cart.merchant}" for cart in each.carts)
            self.stdout.write(
                f"{each.number} stands under several merchants: {carts}. Look up its seller at the marketplace, and "
                "say whose that seller is with --seller-id and --merchant."
            )
