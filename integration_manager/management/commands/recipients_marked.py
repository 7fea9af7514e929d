"""Making what orders are found by where name and city are sealed: of orders from before, and anew after a new key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.common import vault
from orders.models import Recipient
from orders.recipient_marks import FIELDS, RecipientMarks

AT_ONCE = 500


class Command(BaseCommand):
    help = "Make orders findable by their buyer's name and city: those that are not yet, or with --all every one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that are: after a new key in VAULT_KEYS")

    def handle(self, *args: Any, **options: Any) -> None:
        """In steps, each a commit of its own: it may be stopped and begun again, and the portal runs meanwhile."""
        made = unopened = after = 0
        while rows := self._next(after, everything=options["all"]):
            for row in rows:
                try:
                    address, _ = row.open()
                except vault.Unopenable:
                    unopened += 1
                    continue
                marks = RecipientMarks.of(row.organization_id, address).fields
                # Not over an address that was changed since it was read: that one was marked then.
                made += Recipient.objects.filter(pk=row.pk, sealed=row.sealed).update(**marks)
            after = rows[-1].pk
        self.stdout.write(f"{made} orders can be found by name and city.")
        if unopened:
            self.stdout.write(f"{unopened} can't be: no key in VAULT_KEYS opens their addresses.")

    def _next(self, after: int, *, everything: bool) -> list[Recipient]:
        rows = Recipient.objects.filter(pk__gt=after, sealed__isnull=False).select_related("order")
        if not everything:
            rows = rows.filter(**dict.fromkeys(FIELDS, ""))
        return list(rows.order_by("pk")[:AT_ONCE])
