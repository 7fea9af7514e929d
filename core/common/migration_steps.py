"""Steps of migrations that a database needs and another doesn't."""

from typing import Any

from django.db import migrations


def on_postgresql(do: str, undo: str) -> migrations.RunPython:
    """The operation that runs ``do``, and ``undo`` on the way back, on PostgreSQL and nothing elsewhere."""

    def forwards(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(do)

    def backwards(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(undo)

    return migrations.RunPython(forwards, backwards)
