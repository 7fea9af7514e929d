"""Data from before the migrations started over: set aside, so that the portal starts with a sentence, not a traceback.

Nothing is deleted. The keys stay where they are, so what was set aside can still be decrypted with them.
"""

import os
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

DATABASE = ("", "-wal", "-shm")  # SQLite's files, next to each other
SIMULATOR = "simulator.json"


def is_former() -> bool:
    """Tell whether the database was made by migrations of ours that no longer exist."""
    present = MigrationLoader(connection).disk_migrations
    applied = MigrationRecorder(connection).applied_migrations()
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).is_relative_to(settings.BASE_DIR)}
    return any(label in ours for label, name in set(applied) - set(present))


def set_aside(database: Path, *, now: datetime) -> Path:
    """Move an SQLite database, and the simulator's world next to it, into a folder of their own. Returns the folder."""
    folder = database.parent / f"set-aside-{now:%Y-%m-%d-%H%M%S}"
    folder.mkdir()
    for path in [database.with_name(database.name + ending) for ending in DATABASE] + [database.with_name(SIMULATOR)]:
        if path.exists():
            os.replace(path, folder / path.name)
    return folder
