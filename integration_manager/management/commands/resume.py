"""Let a paused portal send again, after saying what will go out."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.common import clock
from core.upkeep import installation
from integration_manager.doctor import owed_work

COPY = "Make sure that no other portal works with this data: both would send the same, and neither would know."


class Command(BaseCommand):
    help = "Let a paused portal send again. Says what is owed and asks, unless --yes is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="don't ask")
        parser.add_argument("--dry-run", action="store_true", help="only say what is owed")

    def handle(self, *args: Any, **options: Any) -> None:
        reason = installation.why_paused(note=not options["dry_run"])
        if settings.PAUSED:
            raise CommandError("PAUSED is set in the environment. Take it out and restart the portal.")
        if not reason:
            self.stdout.write("The portal is not paused.")
            return
        self.stdout.write(f"Paused: {reason}\n\nOwed, and sent once it resumes:")
        for line in owed_work.described(now=clock.now()):
            self.stdout.write(f"  {line}")
        if options["dry_run"]:
            return
        self.stdout.write(f"\n{COPY}")
        if not options["yes"] and input("Write resume to go on: ").strip().lower() != "resume":
            raise CommandError("Still paused.")
        installation.resume()
        self.stdout.write("Resumed. What is owed goes out within two minutes.")
