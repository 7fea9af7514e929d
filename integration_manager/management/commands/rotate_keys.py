"""Change keys: seal everything anew with the newest, and say which old ones may leave VAULT_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.common import clock
from core.upkeep import known_keys
from integration_manager import key_rotation


class Command(BaseCommand):
    help = (
        "Seal everything anew with the first key of VAULT_KEYS, while the portal runs, and say which others may go. It "
        "may be stopped and begun again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--report", action="store_true", help="only say what needs which key")
        parser.add_argument("--forget", metavar="ID", help="a key that is lost: what it sealed stays closed for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        if lost := options["forget"]:
            self._forget(lost)
        missing = known_keys.missing()
        if missing and not options["report"]:
            self._say(key_rotation.needs(now=clock.now()))
            raise CommandError(f"{known_keys.described(missing)} Nothing was changed. Put them back first.")
        if not options["report"]:
            known_keys.note()
            for each in key_rotation.reseal():
                self.stdout.write(f"{each.what}: {each.done} sealed anew")
                if each.closed:
                    self.stderr.write(f"{each.what}: {each.closed} that no key opens")
        needs = key_rotation.needs(now=clock.now())
        self._say(needs)
        old = known_keys.needed()
        still = [name for name in old if name in needs.of]
        if not options["report"]:
            known_keys.retire([name for name in old if name not in still and name != known_keys.names()[0]])
        for name in known_keys.names()[1:]:
            if name not in still:
                self.stdout.write(f"Nothing needs the key {name}: take it out of VAULT_KEYS, and restart.")
        if still:
            raise CommandError(f"Still needed, so leave them in VAULT_KEYS: {', '.join(still)}.")

    def _say(self, needs: key_rotation.Needs) -> None:
        for name, kinds in sorted(needs.of.items()):
            for what, rows in kinds.items():
                self.stdout.write(f"needs {name or 'a key that nobody knows'}: {rows} {what}")

    def _forget(self, name: str) -> None:
        if name in known_keys.names():
            raise CommandError(f"{name} is in VAULT_KEYS, so it is not lost.")
        if name not in known_keys.needed():
            raise CommandError(f"Nothing needs a key {name}.")
        for what, rows in key_rotation.needs(now=clock.now()).of.get(name, {}).items():
            self.stderr.write(f"closed for ever: {rows} {what}")
        known_keys.retire([name])
