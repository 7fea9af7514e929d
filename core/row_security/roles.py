"""The roles of the database: who owns its tables, who works with them, whom the policies bind, and who only reads.

``portal`` owns the tables and migrates them. ``portal_app`` is the processes of the portal: it works for everybody and
changes no table's shape. ``portal_pages`` is what a process becomes while a request runs. ``portal_read`` reads what a
session's setting names, for reports of whoever operates the portal. roles.sql makes them, which takes a superuser.
"""

from functools import cache
from pathlib import Path

from django.db import connection

APP, PAGES, READ = "portal_app", "portal_pages", "portal_read"
SQL = Path(__file__).with_name("roles.sql")
ASKED = (
    "SELECT pg_has_role(session_user, oid, 'MEMBER') "
    "AND has_table_privilege(oid, to_regclass('accounts_organization'), 'SELECT') FROM pg_roles WHERE rolname = %s"
)


@cache
def are_made() -> bool:
    """Whether pages can stand behind the wall here. A process finds out once: roles come with a restart."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [PAGES])
        found = cursor.fetchone()
    return bool(found and found[0])


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
