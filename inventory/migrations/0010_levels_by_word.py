from django.db import migrations

from core.common.migration_steps import on_postgresql

# For levels that somebody looks for by words: see core/common/word_search.py, whose ``index_of`` writes this expression.
CREATE = """
CREATE INDEX levels_by_word ON inventory_stocklevel USING gin (
    to_tsvector('simple', translate("sku" || ' ' || "title", '-_./+#&(),;:|*!?@=', '                  '))
)
"""
DROP = "DROP INDEX levels_by_word"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0009_short_levels")]

    operations = [on_postgresql(CREATE, DROP)]
