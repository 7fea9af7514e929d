"""Stop everything with one seller account, or go on with it: effective from the next request."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carts.consent import stops
from carts.models import Grant
from core.common import clock


class Command(BaseCommand):
    help = "Ask nothing more of the marketplace for a seller account. manage.py pause stops all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("seller", help="the seller's id at the marketplace, like A1BLUEMUGCO01")
        parser.add_argument("--because", default="", help="a sentence for everybody who works with it")
        parser.add_argument("--go-on", action="store_true", help="go on with what was stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(Grant.objects.filter(seller_id=options["seller"]).select_related("merchant"))
        if not found:
            raise CommandError(f"Nobody has connected seller {options['seller']}.")
        because = " ".join(options["because"].split())[:200] or "Whoever runs the portal stopped it."
        for grant in found:
            now = clock.now()
            done = stops.go_on(grant, now=now) if options["go_on"] else stops.stop(grant, because, now=now)
            said = ("goes on" if options["go_on"] else "stopped") if done else "as before"
            self.stdout.write(f"{grant.merchant}, {grant}: {said}.")
