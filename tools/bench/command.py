"""Measure the import against the simulated Amazon, beside what a team would write and beside the limit; or the list."""

import json
import platform
import subprocess
import sys
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from ipaddress import ip_network
from os import cpu_count
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings

from core.accounts.models import Organization
from tools import emptied_tables
from tools.bench import api_load, copy_limit, list_pages, our_import, plain_loop, stock_pages, told_levels, webhook_load
from tools.bench.aims import Results, judge
from tools.bench.measures import Pass, Watch
from tools.bench.played_amazon import Played, played

# Each runs in a process of its own, so that none disturbs another's memory.
PARTS: Mapping[str, Callable[[Played, Watch], list[Pass]]] = {
    "import": our_import.measure,
    "copy": copy_limit.measure,
    "loop": plain_loop.measure,
}
NAMES = {
    "first": "import, first pass",
    "unchanged": "import, nothing changed",
    "copy": "COPY, the limit",
    "loop": "update_or_create loop",
}


class Command(BaseCommand):
    help = "Measure the import of orders, or --list them. Wants an empty database; `make bench` brings PostgreSQL."
    requires_system_checks: list[str] = []  # the pages have no part in it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orders", type=int, default=10_000, help="orders of two lines (default 10000)")
        parser.add_argument("--rounds", type=int, default=3, help="medians are taken over these (default 3)")
        parser.add_argument("--json", type=Path, default=Path("bench-results.json"), help="where the figures go")
        parser.add_argument("--strict", action="store_true", help="end with 1 when an aim is missed")
        parser.add_argument("--list", type=int, metavar="N", help="measure the list of orders instead, at N of them")
        parser.add_argument("--stock", type=int, metavar="N", help="measure the stock instead, with N levels")
        parser.add_argument("--api", action="store_true", help="measure the API instead, with --orders orders")
        parser.add_argument("--told", type=int, metavar="N", help="measure how long Amazon waits for N changed levels")
        parser.add_argument("--webhooks", action="store_true", help="measure webhooks instead")
        parser.add_argument(
            "--times", type=int, default=list_pages.TIMES, help="how often each page of the list is asked for"
        )
        parser.add_argument("--part", choices=PARTS, help=SUPPRESS)
        parser.add_argument("--amazon", type=json.loads, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["part"]:
            for one in PARTS[options["part"]](Played(**options["amazon"]), Watch()):
                self.stdout.write(json.dumps(asdict(one)))
            return
        if options["list"] is not None:
            self._list(options["list"], options)
            return
        if options["stock"] is not None:
            self._stock(options["stock"], options)
            return
        if options["api"]:
            self._api(options)
            return
        if options["told"] is not None:
            self._told_levels(options["told"], options)
            return
        if options["webhooks"]:
            self._webhooks(options)
            return
        if options["orders"] < 10 or options["rounds"] < 1:
            raise CommandError("The bench wants at least 10 orders and one round.")
        claim_database()
        passes = []
        with played(options["orders"]) as amazon:
            warm(amazon)
            for number in range(options["rounds"]):
                for one in self._round(amazon, number):
                    passes.append(one)
                    self.stdout.write(f"  round {number + 1}: {line(one)}")
        with played(options["orders"] // 5) as amazon:
            warm(amazon)
            few = run("import", amazon)
        empty()
        results = judge(passes, few)
        self._tell(results)
        report = {**asdict(results), **surroundings(), "orders": options["orders"], "rounds": options["rounds"]}
        report["passes"] = [asdict(one) | {"per_s": round(one.per_s, 1)} for one in passes]
        options["json"].write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
        if options["strict"] and any(aim.met is False for aim in results.aims()):
            sys.exit(1)

    def _list(self, orders: int, options: dict[str, Any]) -> None:
        """Fill the database and ask for the list in every way."""
        if orders < 1_000 or options["times"] < 2:
            raise CommandError("The list wants at least 1,000 orders, and each page twice.")
        claim_database()
        seconds, asked = list_pages.measure(orders, times=options["times"])
        empty()
        self.stdout.write(f"{orders:,} orders written in {seconds:.0f} s.\n")
        self.stdout.write(f"{'milliseconds a page':<36}{'median':>8}{'p95':>8}")
        for told in list_pages.told(asked):
            self.stdout.write(told)
        report = {
            **surroundings(),
            "orders": orders,
            "filled_s": round(seconds, 1),
            "pages": [asdict(a) for a in asked],
        }
        options["json"].write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
        if options["strict"] and not all(page.met for page in asked):
            sys.exit(1)

    def _stock(self, levels: int, options: dict[str, Any]) -> None:
        """Bring stock in and ask for its pages, beside a hundred thousand orders or as many as are said."""
        if levels < 1_000 or options["times"] < 2:
            raise CommandError("The stock wants at least 1,000 levels, and each page twice.")
        claim_database()
        measured = stock_pages.measure(levels, options["orders"], times=options["times"])
        empty()
        for told in [*stock_pages.told(measured), *list_pages.told(measured.pages)]:
            self.stdout.write(told)
        options["json"].write_text(json.dumps({**surroundings(), **asdict(measured)}, indent=2) + "\n")
        if options["strict"] and not measured.met:
            sys.exit(1)

    def _api(self, options: dict[str, Any]) -> None:
        """Be a warehouse that claims orders, reports shipments and tells its stock."""
        if options["orders"] < 2_000:
            raise CommandError("The API wants at least 2,000 orders.")
        claim_database()
        measured = api_load.measure(options["orders"])
        empty()
        for told in measured.told():
            self.stdout.write(told)
        options["json"].write_text(json.dumps({**surroundings(), **asdict(measured)}, indent=2) + "\n")
        if options["strict"] and not measured.met:
            sys.exit(1)

    def _told_levels(self, changes: int, options: dict[str, Any]) -> None:
        """Run the portal, and change levels."""
        if changes < 2:
            raise CommandError("Change two levels at the least.")
        claim_database()
        measured = told_levels.measure(changes)
        empty()
        for told in measured.told():
            self.stdout.write(told)
        options["json"].write_text(json.dumps({**surroundings(), **asdict(measured)}, indent=2) + "\n")
        if options["strict"] and not measured.met:
            sys.exit(1)

    def _webhooks(self, options: dict[str, Any]) -> None:
        """Send messages to servers on this machine, one of which hangs."""
        claim_database()
        with override_settings(OUTBOUND_NETWORKS=[ip_network("127.0.0.0/8")]):
            missed = webhook_load.measure()
        empty()
        if options["strict"] and missed:
            sys.exit(1)

    def _round(self, amazon: Played, number: int) -> Iterator[Pass]:
        """Every part once, each round beginning with another one."""
        parts = [part for part in PARTS if part != "copy" or connection.vendor == "postgresql"]
        start = number % len(parts)
        for part in parts[start:] + parts[:start]:
            yield from run(part, amazon)

    def _tell(self, results: Results) -> None:
        self.stdout.write(f"\n{'orders a second, median':<30}")
        for name, per_s in (
            ("first", results.import_first_per_s),
            ("unchanged", results.import_unchanged_per_s),
            ("loop", results.loop_per_s),
            ("copy", results.copy_per_s),
        ):
            told = "not measured: needs PostgreSQL" if per_s is None else f"{per_s:>8.0f}"
            self.stdout.write(f"  {NAMES[name]:<28}{told}")
        self.stdout.write(f"The loop was measured on its first {plain_loop.MOST} orders.\n")
        self.stdout.write(f"{'aims':<30}{'measured':>26}  {'wanted':<10}")
        words = {True: "met", False: "MISSED", None: "not measured"}
        for aim in results.aims():
            self.stdout.write(f"  {aim.what:<28}{aim.measured:>26}  {aim.wanted:<10}{words[aim.met]}")


def claim_database() -> None:
    """Make the tables. Raises CommandError where anybody's data are: the bench empties the database again and again."""
    call_command("migrate", verbosity=0)
    if Organization.objects.exists():
        raise CommandError("This database is in use. Run `make bench`, which makes one of its own.")


def empty() -> None:
    emptied_tables.let_flush_empty_tables()
    call_command("flush", interactive=False, verbosity=0)


def warm(amazon: Played) -> None:
    """Read everything once, so that the simulator has its pages written down for whoever comes first."""
    with httpx.Client(trust_env=False) as http:
        for _ in copy_limit.pages(http, amazon):
            pass


def run(part: str, amazon: Played) -> list[Pass]:
    empty()
    command = [sys.executable, "-m", "tools.bench.measure", "--part", part, "--amazon", json.dumps(asdict(amazon))]
    done = subprocess.run(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise CommandError(f"The part “{part}” failed; what it said stands above.")
    return [Pass(**json.loads(told)) for told in done.stdout.splitlines()]


def line(one: Pass) -> str:
    speed = f"{one.per_s:>7.0f} orders/s"
    cpu = f"{one.cpu_seconds / one.orders * 1e6:>6.0f} µs CPU/order"
    return f"{NAMES[one.name]:<26}{speed} {cpu}  {one.orders} orders, {one.calls} HTTP calls, {one.peak_mb:.0f} MB"


def surroundings() -> dict[str, Any]:
    """The machine and the versions, without which figures say nothing."""
    names = ("django", "psycopg", "python-amazon-sp-api", "httpx", "cryptography")
    versions = {"python": platform.python_version(), **{name: version(name) for name in names}}
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        versions[connection.vendor] = str(cursor.fetchone()[0])
    return {
        "machine": f"{platform.system()} {platform.machine()}, {cpu_count()} cores",
        "versions": versions,
    }
