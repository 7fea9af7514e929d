"""``make demo``: the main job from end to end on a throwaway database, compared with what the other sides noted."""

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from integration_manager.management import demo_data, embedded
from integration_manager.management.demonstration import Demonstration, DemoStep, Failed
from integration_manager.management.played_wms import WmsRefused
from integration_manager.management.warehouse_demonstration import WarehouseDemonstration
from integration_manager.wsgi import application

THROWN_AWAY = "DEMO_THROWN_AWAY"  # set in the process that runs on the throwaway database


class Command(BaseCommand):
    help = "Take orders and stock there and back against the simulator and a played WMS. Your data is not touched."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what happened as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        code = self._play(as_json=options["json"]) if os.environ.get(THROWN_AWAY) else play_elsewhere(options["json"])
        sys.exit(code)

    def _play(self, *, as_json: bool) -> int:
        call_command("migrate", verbosity=0, interactive=False)
        demo = demo_data.furnish()
        say = self.stderr.write if as_json else self.stdout.write
        with embedded.Running() as running:
            running.start_simulator(settings.SIMULATOR_PORT)
            port = embedded.free_port()
            web = embedded.web_server(application, port)
            running.start("web", web.run, web.close)
            api = f"http://{embedded.HOST}:{port}/api/v1"
            try:
                steps = [
                    step
                    for play in (Demonstration, WarehouseDemonstration)
                    for step in play(demo, settings.SIMULATOR_URL, api, lambda line: say(f"  {line}")).play()
                ]
            except (Failed, WmsRefused) as failed:
                self.stderr.write(f"The demonstration stopped: {failed}")
                return 1
        agrees = all(step.agrees for step in steps)
        self.stdout.write(as_text(steps, agrees) if not as_json else as_json_text(steps, agrees))
        return 0 if agrees else 1


def play_elsewhere(as_json: bool) -> int:
    """Run this command again in a process that knows only an empty database and a simulated Amazon."""
    port = str(embedded.free_port())
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        ours = {key: value for key, value in os.environ.items() if not key.startswith("AMAZON_")}
        ours |= {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{Path(folder) / 'demo.sqlite3'}", "REDIS_URL": ""}
        ours |= {"EMBEDDED": "true", "AMAZON_SIMULATED": "true", "SIMULATOR_PORT": port, THROWN_AWAY: "yes"}
        ours |= {"OUTBOUND_NETWORKS": "127.0.0.1/32"}  # the simulated warehouse
        ours |= {"PUBLIC_URL": "http://127.0.0.1", "SIMULATOR_URL": f"http://127.0.0.1:{port}"}
        command = [sys.executable, sys.argv[0], "demo", *(["--json"] if as_json else [])]
        return subprocess.run(command, env=ours, check=False).returncode


def as_json_text(steps: list[DemoStep], agrees: bool) -> str:
    rows = [{"step": step.name, "ours": step.ours, "theirs": step.theirs, "agrees": step.agrees} for step in steps]
    return json.dumps({"agrees": agrees, "steps": rows}, indent=2)


def as_text(steps: list[DemoStep], agrees: bool) -> str:
    rows = [(step.name, short(step.ours), short(step.theirs), "same" if step.agrees else "DIFFERS") for step in steps]
    rows.insert(0, ("", "our database", "the other side", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    verdict = "Both sides agree." if agrees else "The two sides differ."
    return "\n".join(["", *(line.rstrip() for line in lines), "", verdict])


def short(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(str(part) for part in value) if len(value) <= 3 else f"{len(value)} in all"
    return "—" if value is None else str(value)
