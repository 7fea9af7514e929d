"""Plays a shift with disturbances, waits until nothing is owed any more, and compares both sides' accounts."""

import json
import random
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.accounts.models import Organization
from tools.soak.amazon import SimulatedAmazon
from tools.soak.disturbances import Disturbances
from tools.soak.outcome import SoakOutcome, judge, unfinished
from tools.soak.processes import Processes
from tools.soak.shift import Shift

FIRST_ORDERS = 40  # placed before anything goes wrong
ORDERS_A_MINUTE = 20
COUNTS_A_MINUTE = 10
STEP_SECONDS = 2.0
DISTURBED = 0.3  # chance of a disturbance in a step
ORDERED_UNTIL = 0.8  # of the time; Amazon lists no order before it is two minutes old


class Command(BaseCommand):
    help = "Kill and break things while orders flow. Wants an empty database; `make soak` brings PostgreSQL and Redis."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--minutes", type=float, default=20, help="how long things go wrong (default 20)")
        parser.add_argument("--settle", type=float, default=10, help="minutes to wait for the rest (default 10)")
        parser.add_argument("--seed", type=int, help="the same seed makes the same choices")
        parser.add_argument("--sellers", type=int, default=4, help="connected accounts (default 4)")
        parser.add_argument("--json", type=Path, help="where every figure goes")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if Organization.objects.exists() or connection.vendor != "postgresql":
            raise CommandError("This database is in use, or is not PostgreSQL. Run `make soak`, which makes its own.")
        seed = random.SystemRandom().randrange(1_000_000) if options["seed"] is None else options["seed"]
        self.stdout.write(f"Seed {seed}: {options['minutes']:g} minutes with {options['sellers']} sellers.")
        amazon, chance = SimulatedAmazon(settings.SIMULATOR_URL), random.Random(seed)
        with Processes(Path(settings.DATA_DIR), settings.SIMULATOR_URL) as processes:
            shift = Shift(amazon, chance, options["sellers"])
            disturbances = Disturbances(processes, amazon, chance)
            self._disturbed(shift, disturbances, 60 * options["minutes"])
            disturbances.end()
            settled = self._settle(shift, processes, 60 * options["settle"])
            outcome = judge(amazon, shift.ordered)
        self._tell(outcome, disturbances.counts, settled)
        if options["json"]:
            options["json"].write_text(json.dumps({"seed": seed, **asdict(outcome)}, indent=2, default=str) + "\n")
        if not outcome.is_clean or settled is None:
            sys.exit(1)

    def _disturbed(self, shift: Shift, disturbances: Disturbances, seconds: float) -> None:
        """Orders come, ship and are canceled, and something goes wrong every few seconds."""
        shift.order(FIRST_ORDERS)
        began = time.monotonic()
        while (gone := time.monotonic() - began) < seconds:
            time.sleep(STEP_SECONDS)
            if gone < ORDERED_UNTIL * seconds and shift.chance.random() < ORDERS_A_MINUTE / 60 * STEP_SECONDS:
                shift.order(1)
            if gone < ORDERED_UNTIL * seconds and shift.chance.random() < COUNTS_A_MINUTE / 60 * STEP_SECONDS:
                shift.count()
            shift.ship()
            if shift.chance.random() < DISTURBED:
                name = disturbances.one()
                self.stdout.write(f"  {gone:>5.0f} s  {name}")
            disturbances.processes.watch()

    def _settle(self, shift: Shift, processes: Processes, seconds: float) -> float | None:
        """Go on shipping until nothing is owed. Returns the seconds that took, None when it took too long."""
        began = time.monotonic()
        while (gone := time.monotonic() - began) < seconds:
            time.sleep(STEP_SECONDS)
            processes.watch()
            shift.ship()
            if shift.all_here() and not unfinished():
                return gone
        return None

    def _tell(self, outcome: SoakOutcome, disturbances: Mapping[str, int], settled: float | None) -> None:
        self.stdout.write("\n" + "\n".join(outcome.lines()))
        for name, times in Counter(disturbances).most_common():
            self.stdout.write(f"  {name:<30}{times:>6}")
        took = "not settled in time" if settled is None else f"settled {settled:.0f} s after the last disturbance"
        self.stdout.write(f"  {took}")
