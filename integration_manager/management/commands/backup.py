"""Write an encrypted backup of the database, while the portal runs; or decrypt one for sqlite3 or pg_restore."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.upkeep import known_keys
from integration_manager.management import backups


class Command(BaseCommand):
    help = "Back the database up into a file that only VAULT_KEYS open, or turn such a file into a dump again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dump", choices=["-"], help="read what pg_dump wrote from the standard input")
        parser.add_argument("--open", type=Path, metavar="DUMP", help="decrypt the file into this dump instead")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["open"]:
                told = backups.opened(options["file"], options["open"])
                self.stdout.write(f"A {told['database']} dump of {told['made_at']} is in {options['open']}.")
                return
            if not known_keys.fit():
                raise CommandError("VAULT_KEYS are not the keys of this database: a backup would not open with them.")
            told = backups.make(options["file"], dump=sys.stdin.buffer if options["dump"] else None)
        except (backups.NoBackup, OSError) as error:
            raise CommandError(str(error)) from error
        size = options["file"].stat().st_size
        self.stdout.write(f"{options['file']}: {sum(told['rows'].values()):,} rows, {size:,} bytes, encrypted.")
        self.stdout.write("Keep VAULT_KEYS elsewhere: without them nobody opens it, you neither.")
