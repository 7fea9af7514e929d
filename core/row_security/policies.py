"""The policies: every table of rows that belong to somebody has one: it compares theirs with the session's.

They bind everybody but the tables' owner and roles that go past them. ``build`` runs with every ``migrate``, so a new
table has its policy with the migration that makes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

from core.row_security import roles
from core.row_security.tenant import SETTING

NAME = "of_organization"
OWNER = "accounts.Organization"
# Within a SELECT of its own it is worked out once, and not for every row. What stands within a CASE is compared and
# never looked up: an index of organizations may be the worst way to find what a query asks for, and without statistics,
# as after a large import, PostgreSQL takes any for the best.
ASKED = f"(SELECT NULLIF(current_setting('{SETTING}', true), '')::bigint)"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rows of a table are shown."""

    table: str
    condition: str


def policies() -> Iterator[Policy]:
    """Every table with an owner: by its column, or by the row it hangs on."""
    for model in apps.get_models(include_auto_created=True):
        condition = _condition(model)
        if condition:
            yield Policy(model._meta.db_table, condition)


def build() -> None:
    """Put the policies on, and let the roles at the tables. Does what is missing: it runs after every migration."""
    if connection.vendor != "postgresql":
        return
    roles.make()
    with connection.cursor() as cursor:
        for policy in _not_there():
            table = connection.ops.quote_name(policy.table)
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"CREATE POLICY {NAME} ON {table} USING ({policy.condition})")
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[roles.APP, roles.PAGES, roles.READ]])
        for (role,) in cursor.fetchall():
            may = "SELECT" if role == roles.READ else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"GRANT {may} ON ALL TABLES IN SCHEMA public TO {role}")
            if role != roles.READ:
                cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")


def missing() -> list[str]:
    """Return the tables that have an owner and no policy."""
    return [policy.table for policy in _not_there()]


def _not_there() -> list[Policy]:
    asked = (
        "SELECT tablename FROM pg_policies JOIN pg_class ON oid = format('%%I.%%I', schemaname, tablename)::regclass "
        "WHERE policyname = %s AND schemaname = current_schema() AND relrowsecurity"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [NAME])
        there = {table for (table,) in cursor.fetchall()}
    return [policy for policy in policies() if policy.table not in there]


def _condition(model: Any) -> str:
    if model._meta.label == OWNER:
        return _is_asked("id")
    owners = [field for field in model._meta.concrete_fields if field.many_to_one or field.one_to_one]
    for field in owners:
        if field.related_model._meta.label == OWNER:
            return _is_asked(connection.ops.quote_name(str(field.column)))
    for field in owners:  # what is shown of the row it hangs on decides
        above = field.related_model
        if not field.null and above is not model and _condition(above):
            table, key = connection.ops.quote_name(above._meta.db_table), str(above._meta.pk.column)
            return f"{connection.ops.quote_name(str(field.column))} IN (SELECT {key} FROM {table})"
    return ""


def _is_asked(column: str) -> str:
    return f"CASE WHEN {column} = {ASKED} THEN true ELSE false END"
