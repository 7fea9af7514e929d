from typing import Any

from django.db import migrations

# For orders that somebody knows the last digits of: see core/common/prefixes.py, which says why PostgreSQL alone has it.
CREATE = """
CREATE INDEX orders_by_ending ON orders_order (organization_id, (REVERSE(UPPER(number))) text_pattern_ops)
"""
DROP = "DROP INDEX orders_by_ending"


def create(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(CREATE)


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_shared_views"),
    ]

    operations = [migrations.RunPython(create, drop)]
