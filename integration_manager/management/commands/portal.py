"""The whole product in the foreground, for trying it out and for small warehouses: ``make run``."""

import ipaddress
import os
import signal
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from carts.consent import grants
from core.common import clock
from core.upkeep import installation
from integration_manager import data_folder
from integration_manager.data_folder import RunningPortal
from integration_manager.doctor import database_state
from integration_manager.management import demo_data, embedded, former_data
from integration_manager.settled import settle
from integration_manager.watch import SilenceWatch
from integration_manager.wsgi import application

SCREEN = """
  Integration Manager     {url}
  Log in as               {email}
  Password                {password}
{amazon}
  Stop with Ctrl-C. Everything you do is kept in {data}.
"""
SIMULATED = """  Simulated Amazon        {url}/_control  (place orders, let buyers cancel, break things)
  Simulated warehouse     {url}/wms  (3PL Warehouse Manager: client demo-client, secret demo-secret)"""
FORMER = """
  The data here was made by an earlier version and cannot be read by this one.
  It was moved to {folder}, and the portal starts empty. Nothing was deleted.
"""
REAL = "  Amazon                  the real one, with application {app}"


class Command(BaseCommand):
    help = "Run web, worker, scheduler and the simulated Amazon in this process."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="don't create the demo organization")
        parser.add_argument("--paused", action="store_true", help="send nothing until manage.py resume says so")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("This runs everything in one process on SQLite. In production, use docker compose up.")
        here = RunningPortal(os.getpid(), settings.PORT, settings.SIMULATOR_PORT)
        with ExitStack() as until_the_end:
            try:
                until_the_end.enter_context(data_folder.hold(settings.DATA_DIR, here))
            except data_folder.Occupied as other:
                raise CommandError(_occupied(other.by)) from other
            except OSError as problem:
                raise CommandError(
                    f"{settings.DATA_DIR} cannot be written to ({problem.strerror}), and everything is kept there. "
                    "Give it to the user that the portal runs as, or name another folder in DATA_DIR."
                ) from problem
            self._run(options)

    def _run(self, options: dict[str, Any]) -> None:
        embedded.claim_port(settings.PORT, what="the web pages", variable="PORT")
        if settings.AMAZON_SIMULATED:
            embedded.claim_port(settings.SIMULATOR_PORT, what="the simulated Amazon", variable="SIMULATOR_PORT")
        self._set_former_data_aside()
        if later := database_state.later_migrations(MigrationLoader(connection)):
            raise CommandError(f"{database_state.said_later(later)} {database_state.TAKE_BACK}")
        self.stdout.write("Preparing the database…")
        self.stdout.flush()
        call_command("migrate", verbosity=0, interactive=False)
        if options["paused"]:
            installation.pause("It was started with --paused. manage.py resume lets it send again.")
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGINT, _interrupt)  # also if a script started us in the background
        with embedded.Running() as running:
            if settings.AMAZON_SIMULATED:
                running.start_simulator(
                    settings.SIMULATOR_PORT,
                    state=settings.DATA_DIR / former_data.SIMULATOR,
                    login_uri=grants.login_uri("amazon"),
                )
                # The simulated warehouse is on this machine too, where otherwise nothing is sent.
                settings.OUTBOUND_NETWORKS = settings.OUTBOUND_NETWORKS or [ipaddress.ip_network("127.0.0.1/32")]
            running.start_worker()
            running.start_beat()
            web = embedded.web_server(application, settings.PORT)
            running.callback(web.close)
            watch = SilenceWatch()
            watch.start()
            running.callback(watch.stop)
            self.stdout.write(self._screen(demo=not options["no_demo"]))
            if reason := installation.why_paused():
                self.stdout.write(f"  PAUSED: nothing is sent. {reason}\n")
            self.stdout.flush()
            settle()
            web.run()  # ends on Ctrl-C
        self.stdout.write("Stopped.")

    def _set_former_data_aside(self) -> None:
        if connection.vendor == "sqlite" and former_data.is_former(former_data.applied()):
            connection.close()
            folder = former_data.set_aside(Path(connection.settings_dict["NAME"]), now=clock.now())
            self.stdout.write(FORMER.format(folder=folder))

    def _screen(self, *, demo: bool) -> str:
        amazon = SIMULATED.format(url=settings.SIMULATOR_URL)
        if not settings.AMAZON_SIMULATED:
            amazon = REAL.format(app=settings.AMAZON_APP_ID)
        email, password = "(anybody you have added)", "(theirs)"
        if demo:
            furnished = demo_data.furnish()
            email, password = furnished.user.email, furnished.password or "(the one you chose)"
        return SCREEN.format(
            url=settings.PUBLIC_URL, email=email, password=password, amazon=amazon, data=settings.DATA_DIR
        )


def _occupied(by: RunningPortal) -> str:
    who = f"process {by.process}, at port {by.port}" if by.process else "another process"
    return (
        f"A portal works on {settings.DATA_DIR} already ({who}). Two would do everything twice. Stop that one first, "
        "or give this one a folder and ports of its own: make run DATA_DIR=… PORT=… SIMULATOR_PORT=…"
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
