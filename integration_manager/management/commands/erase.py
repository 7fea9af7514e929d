"""Erase and delete what is over, now; or only say what there is and what is overdue."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.common import clock
from integration_manager import clean_up, retention_report


class Command(BaseCommand):
    help = "Erase buyers' data and delete what was kept long enough. The worker does the same every hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--report", action="store_true", help="only say what is kept and what is overdue")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["report"]:
            while ended := clean_up.clean_up(now=clock.now()):
                for what, rows in ended.items():
                    self.stdout.write(f"{what}: {rows}")
        overdue = 0
        self.stdout.write(f"{'what':<46}{'rows':>9}{'overdue':>9}  {'oldest':<17}kept")
        for kind in retention_report.for_operator(now=clock.now()):
            oldest = f"{kind.oldest:%Y-%m-%d %H:%M}" if kind.oldest else "-"
            self.stdout.write(f"{kind.what:<46}{kind.rows:>9}{kind.overdue:>9}  {oldest:<17}{kind.kept}")
            overdue += kind.overdue or 0
        self.stdout.write(f"overdue {overdue}")
        if overdue:
            raise CommandError("Something is kept for longer than it may be: run manage.py erase.")
