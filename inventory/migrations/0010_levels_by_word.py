from typing import Any

from django.db import migrations

# For levels that somebody looks for by words: see core/common/word_search.py, whose ``index_of`` writes this expression.
CREATE = """
CREATE INDEX levels_by_word ON inventory_stocklevel USING gin (
    to_tsvector('simple', translate("sku" || ' ' || "title", '-_./+#&(),;:|*!?@=', '                  '))
)
"""
DROP = "DROP INDEX levels_by_word"


def create(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(CREATE)


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0009_short_levels")]

    operations = [migrations.RunPython(create, drop)]
