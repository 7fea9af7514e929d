from django.db import migrations

from core.common.migration_steps import on_postgresql

# For orders that somebody knows the last digits of: see core/common/prefixes.py, which says why PostgreSQL alone has it.
CREATE = """
CREATE INDEX orders_by_ending ON orders_order (organization_id, (REVERSE(UPPER(number))) text_pattern_ops)
"""
DROP = "DROP INDEX orders_by_ending"


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_shared_views"),
    ]

    operations = [on_postgresql(CREATE, DROP)]
