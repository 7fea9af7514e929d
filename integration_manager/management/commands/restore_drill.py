"""Try a backup: restore it beside the portal, see that it opens, that nothing is missing, and that it sends nothing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integration_manager.management import backups

ASK = """
import json
from core.upkeep import installation, known_keys
from integration_manager.doctor import database_state
from integration_manager.management import backups
print("FOUND" + json.dumps({
    "rows": backups.rows(), "keys": known_keys.fit(), "paused": installation.why_paused(note=False),
    "sealed": str(database_state.look_at_what_is_sealed().level),
}))
"""
OF_EACH = {"upkeep_heartbeat", "upkeep_knownkey", "django_migrations"}  # a process writes its own


class Command(BaseCommand):
    help = "Restore a backup into a throwaway database and say whether it is good. The portal is not touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--into", metavar="URL", help="an empty PostgreSQL database; needed for one of PostgreSQL")

    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory(prefix="drill-") as name:
            folder = Path(name)
            try:
                told = backups.opened(options["file"], folder / "dump")
            except backups.NoBackup as error:
                raise CommandError(str(error)) from error
            url = self._restored(told, folder, options["into"])
            self._judge(told, self._asked(url, folder))

    def _restored(self, told: dict[str, Any], folder: Path, into: str | None) -> str:
        if told["database"] == "sqlite":
            (folder / "dump").rename(folder / "portal.sqlite3")
            return f"sqlite:///{folder}/portal.sqlite3"
        if not into:
            raise CommandError("This is a backup of PostgreSQL: name an empty database to restore into, with --into.")
        program = shutil.which("pg_restore")
        if program is None:
            raise CommandError("pg_restore is not on this machine: install PostgreSQL's client programs.")
        command = [program, "--no-owner", "--exit-on-error", f"--dbname={into}", str(folder / "dump")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CommandError(f"pg_restore failed: {done.stderr.strip()[:300]}")
        return into

    def _asked(self, url: str, folder: Path) -> dict[str, Any]:
        """Ask a process that knows this database alone, with the keys of this one."""
        env = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "REDIS_URL": "", "EMBEDDED": "true"}
        env |= {"VAULT_KEYS": ",".join(settings.VAULT_KEYS), "SECRET_KEY": settings.SECRET_KEY}
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "shell", "--verbosity", "0"]
        done = subprocess.run(command, input=ASK, env=env, capture_output=True, text=True, check=False)
        _, found, said = done.stdout.partition("FOUND")
        if not found:
            raise CommandError(f"The restored database can't be used: {done.stderr.strip()[-300:]}")
        answer: dict[str, Any] = json.loads(said)
        return answer

    def _judge(self, told: dict[str, Any], found: dict[str, Any]) -> None:
        tables = {**told["rows"], **found["rows"]}
        other = [
            f"{table}: {told['rows'].get(table)} in the backup, {found['rows'].get(table)} restored"
            for table in sorted(tables)
            if table not in OF_EACH and told["rows"].get(table) != found["rows"].get(table)
        ]
        wrong = [f"Rows differ. {'; '.join(other[:5])}."] if other else []
        if not found["keys"] or found["sealed"] != "fine":
            wrong.append("VAULT_KEYS do not open what is sealed in it.")
        if not found["paused"]:
            wrong.append("It would send: it does not see that it is a copy.")
        if wrong:
            raise CommandError(" ".join(wrong))
        self.stdout.write(f"The backup of {told['made_at']} is good.")
        self.stdout.write(
            f"  rows    {sum(found['rows'].values()):,} in {len(found['rows'])} tables, as many as it was made of"
        )
        self.stdout.write("  sealed  opens with VAULT_KEYS")
        self.stdout.write(f"  sends   nothing: {found['paused']}")
