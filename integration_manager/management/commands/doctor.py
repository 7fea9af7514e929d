"""Look for what is wrong with this installation, and say how to mend it. Exits with 0, 1 (warnings) or 2 (errors)."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from integration_manager.doctor import (
    aged_lists,
    broker_state,
    configuration,
    database_state,
    reachability,
    registry,
    running_state,
)
from integration_manager.doctor.registry import Diagnosis, Level

GROUPS = (
    configuration,
    database_state,
    broker_state,
    running_state,
    reachability,
    aged_lists,
)  # each brings its checks along
EXITS = {Level.FINE: 0, Level.WARNING: 1, Level.ERROR: 2}
SIGNS = {Level.FINE: "ok", Level.SKIPPED: "--", Level.WARNING: "!!", Level.ERROR: "XX"}


class Command(BaseCommand):
    help = "Look for what is wrong with this installation, and say how to mend it. Sends nothing to anybody."
    requires_system_checks: list[str] = []  # they are the first thing it looks at, and must not keep it from the rest

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--fix", action="store_true", help="mend what can be mended without a person's decision")
        parser.add_argument("--local", action="store_true", help="ask no other server (mail, Amazon, our own address)")
        parser.add_argument(
            "--only", action="append", default=[], metavar="NAME", help="this check alone; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := [name for name in options["only"] if name not in registry.EXAMINATIONS]:
            known = ", ".join(registry.EXAMINATIONS)
            raise CommandError(f"There is no check called {', '.join(unknown)}. There are: {known}.")
        if options["traceback"]:
            for name in options["only"]:
                registry.EXAMINATIONS[name].run()  # what it fails with is what is asked for
        found = registry.examine(options["only"], remote=not options["local"], fix=options["fix"])
        worst = registry.worst(found)
        if options["json"]:
            checks = [diagnosis.as_json() for diagnosis in found]
            self.stdout.write(json.dumps({"level": str(worst), "checks": checks}, indent=2, ensure_ascii=False))
        else:
            self._tell(found)
        if EXITS[worst]:
            sys.exit(EXITS[worst])

    def _tell(self, found: list[Diagnosis]) -> None:
        for diagnosis in found:
            finding = diagnosis.finding
            mended = " (mended)" if diagnosis.mended else ""
            self.stdout.write(f"{SIGNS[finding.level]}  {diagnosis.name}: {finding.said}{mended}")
            if finding.remedy:
                self.stdout.write(f"      → {finding.remedy}")
        errors = sum(diagnosis.finding.level is Level.ERROR for diagnosis in found)
        warnings = sum(diagnosis.finding.level is Level.WARNING for diagnosis in found)
        counted = [
            ngettext("{count} check", "{count} checks", len(found)).format(count=len(found)),
            ngettext("{count} error", "{count} errors", errors).format(count=errors),
            ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings),
        ]
        self.stdout.write(f"{', '.join(counted)}.")
