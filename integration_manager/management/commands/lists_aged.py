"""``manage.py lists_aged``: how old the lists of carriers and countries are, and which carriers they lack."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from core.common import clock
from integration_manager.doctor.aged_lists import every_list, sent_by_name

MONTH = timedelta(days=30)
SHOWN = 20


class Command(BaseCommand):
    help = "Say how old the lists of carriers and countries are, and which carriers were sent by name most. Read-only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=12, help="a list older than this has aged (default: 12)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        for each in every_list():
            sign = "!!" if each.is_aged(now.date(), after=options["months"] * MONTH) else "ok"
            self.stdout.write(f"{sign}  {each.title}: read {each.read}")
            self.stdout.write(f"      {each.sure}")
        found = sent_by_name(now=now).most_common(SHOWN)
        if not found:
            self.stdout.write("In the last 90 days every carrier was sent by a code of its marketplace's list.")
            return
        self.stdout.write("Carriers sent by name in the last 90 days, the most frequent first:")
        for (place, carrier), count in found:
            packages = ngettext("{count} package", "{count} packages", count).format(count=count)
            self.stdout.write(f"      {carrier} ({place}): {packages}")
        self.stdout.write("If a marketplace knows one, choose or enter its code under Shipping, Carriers.")
