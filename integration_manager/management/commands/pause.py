"""Let nothing go out until ``manage.py resume``: before a move, or while something is looked into."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.upkeep import installation


class Command(BaseCommand):
    help = "Send nothing to marketplaces and to people until manage.py resume. Everything stays readable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--because", default="", help="a sentence for everybody who opens the portal")

    def handle(self, *args: Any, **options: Any) -> None:
        said = " ".join(options["because"].split()) or "Whoever runs it paused it; manage.py resume lets it send again."
        if installation.pause(said):
            self.stdout.write("Paused. What is being done this moment ends; nothing new begins.")
        else:
            self.stdout.write("It was paused already.")
