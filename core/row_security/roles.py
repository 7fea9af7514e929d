"""The roles of the database: who owns its tables, who works with them, whom the policies bind, and who only reads.

``portal`` owns the tables and migrates them. ``portal_app`` is the processes of the portal: it works for everybody and
changes no table's shape. ``portal_pages`` is what a process becomes while a request runs. ``portal_read`` reads what a
session's setting names, for reports of whoever operates the portal. roles.sql makes them, which takes a superuser.
"""

import time
from pathlib import Path
from typing import Any

from django.db import connection

APP, PAGES, READ = "portal_app", "portal_pages", "portal_read"
SQL = Path(__file__).with_name("roles.sql")
ASKED = (
    "SELECT pg_has_role(session_user, oid, 'MEMBER') "
    "AND has_table_privilege(oid, to_regclass('accounts_organization'), 'SELECT') FROM pg_roles WHERE rolname = %s"
)


AGAIN = 60.0  # seconds, after which a process that saw no roles looks again: it may have begun before ``migrate`` did


class _Seen:
    made = False
    again = 0.0


def are_made() -> bool:
    """Whether pages can stand behind the wall here. Asked with the first statement, so who needs none asks nothing."""
    if connection.vendor != "postgresql":
        return False
    if not _Seen.made and time.monotonic() >= _Seen.again:
        connection.ensure_connection()
        with connection.wrap_database_errors:
            found: Any = connection.connection.execute(ASKED, [PAGES]).fetchone()  # past the wrapper that asks us
        _Seen.made, _Seen.again = bool(found and found[0]), time.monotonic() + AGAIN
    return _Seen.made


def searches_are_quick() -> bool:
    """Whether the functions of searches are marked as roles.sql marks them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proleakproof FROM pg_proc WHERE oid = 'textlike(text, text)'::regprocedure")
        return bool(cursor.fetchone() == (True,))


def make() -> None:
    """Make the roles, where we may; elsewhere whoever runs the server does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute(SQL.read_text())
