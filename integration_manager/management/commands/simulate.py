"""Simulate Amazon on loopback: Seller Central, Login with Amazon and the SP-API."""

import signal
import threading
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from types import FrameType
from typing import Any

import waitress
from django.core.management.base import BaseCommand

from simulator.amazon import Application, Simulator
from simulator.amazon.world.saved_file import Keeper


class Command(BaseCommand):
    help = "Run the simulated Amazon. Its control page is at the address it prints."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on; keep it to this machine")
        parser.add_argument("--port", type=int, default=9900)
        parser.add_argument("--base-url", default="", help="the address others reach it at, if not host and port")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same sellers and orders")
        parser.add_argument("--orders", type=int, default=8, help="open orders for each seller and marketplace")
        parser.add_argument("--state", type=Path, help="a file that keeps everything between runs")
        parser.add_argument("--quota", action=BooleanOptionalAction, default=True, help="apply Amazon's request quotas")
        parser.add_argument("--redirect-uri", action="append", default=[], help="a registered redirect URI; repeatable")
        parser.add_argument("--login-uri", default="", help="a registered login URI; Confirm then goes through it")

    def handle(self, *args: Any, **options: Any) -> None:
        simulator = _simulator(options)
        server = waitress.create_server(
            simulator, host=options["host"], port=options["port"], threads=8, ident="simulated-amazon"
        )
        keeper = None
        if options["state"]:
            keeper = Keeper(lambda: simulator.save(options["state"]), lambda: simulator.world.changes)
            keeper.start()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _interrupt)
        self.stdout.write(f"Simulated Amazon at {simulator.base_url} (control page: {simulator.base_url}/_control)")
        try:
            server.run()
        finally:
            server.close()
            if keeper:
                keeper.stop()


def _simulator(options: dict[str, Any]) -> Simulator:
    chosen = {
        "seed": options["seed"],
        "orders": options["orders"],
        "quota": options["quota"],
        "base_url": options["base_url"].rstrip("/") or f"http://{options['host']}:{options['port']}",
        "application": Application(
            redirect_uris=tuple(options["redirect_uri"]),
            login_uri=options["login_uri"],
            login_hop=bool(options["login_uri"]),
        ),
    }
    if options["state"] and options["state"].exists():
        return Simulator.load(options["state"], **chosen)
    return Simulator(**chosen)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # waitress ends its loop on this, and what follows saves the state
