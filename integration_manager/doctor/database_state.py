"""Checks of the database, and of whether the keys open what is in it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import QuerySet

from carts.consent import grants
from carts.models import Grant
from core.accounts.mfa_adapter import FactorAdapter
from core.common import clock, vault
from core.row_security import policies, roles
from core.upkeep import heartbeats, installation, known_keys
from integration_manager.doctor.configuration import clear_sessions
from integration_manager.doctor.registry import DATABASE, MIGRATIONS, Finding, check, error, fine, skipped, warning
from orders.models import Recipient

OLDEST_POSTGRES = 14
SKEW = timedelta(seconds=5)
FULL = 0.8
MANY_SESSIONS = 10_000
SAMPLE = 20  # rows of each kind, the first and the last


@check(DATABASE)
def look_at_database() -> Finding:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        said = f"The database does not answer: {str(problem).strip().splitlines()[0]}"
        return error(_hidden(said), "See that it runs, and that DATABASE_URL names it with its user and password.")
    return fine(f"{connection.display_name} answers.")


def _hidden(text: str) -> str:
    password = str(connection.settings_dict.get("PASSWORD") or "")
    return text.replace(password, "…") if password else text


@check("database-version", after=DATABASE)
def look_at_version() -> Finding:
    version = connection.get_database_version()
    said = f"{connection.display_name} {'.'.join(map(str, version))}."
    if connection.vendor == "postgresql" and version[0] < OLDEST_POSTGRES:
        return error(said, f"Upgrade to PostgreSQL {OLDEST_POSTGRES} or later.")
    return fine(said)


def role_is_mighty() -> bool:
    """Whether PostgreSQL lets our role do more than work with its own tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@check("database-role", after=DATABASE)
def look_at_role() -> Finding:
    if connection.vendor != "postgresql":
        return skipped("SQLite knows no roles.")
    if role_is_mighty():
        return warning(
            "The portal is a superuser of PostgreSQL: a fault of it could read and change the whole server.",
            "Give it a role of its own, as docs/running.md says under “The database's roles”.",
        )
    return fine("The portal's role in PostgreSQL may do no more than it needs.")


@check("row-security", after=DATABASE)
def look_at_row_security() -> Finding:
    if connection.vendor != "postgresql":
        return skipped("SQLite knows no row-level security. Pages are narrowed by their queries.")
    how = "Run the script of the roles and then migrate, as docs/running.md says under “The database's roles”."
    if not roles.are_made():
        return warning("PostgreSQL does not narrow what pages see: only their queries do.", how)
    if open_tables := policies.missing():
        return error(f"PostgreSQL narrows nothing on {', '.join(open_tables)}.", "Run manage.py migrate.")
    if not roles.searches_are_quick():
        return warning("Pages are narrowed by PostgreSQL, and searches are slow by it.", how)
    return fine("PostgreSQL shows a page the rows of its organization only.")


def later_migrations(loader: MigrationLoader) -> list[str]:
    """Return what a later version did to the database, and this one knows nothing of."""
    known = set(loader.disk_migrations)
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations if (app, name) not in known)


def said_later(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"The database is of a later version, which made {', '.join(names[:5])}{more}: storing orders may fail."


TAKE_BACK = "Start the later version again, or roll back as docs/running.md says under “Upgrade and roll back”."


@check(MIGRATIONS, after=DATABASE)
def look_at_migrations() -> Finding:
    executor = MigrationExecutor(connection)
    if later := later_migrations(executor.loader):
        return error(said_later(later), TAKE_BACK)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        if not executor.loader.applied_migrations:
            return error("The database is empty: no tables were made yet.", "Run manage.py migrate.")
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in plan[:5])
        more = f" and {len(plan) - 5} more" if len(plan) > 5 else ""
        said = f"The database is of an earlier version. Its missing migrations: {names}{more}."
        return error(said, "Run manage.py migrate.")
    return fine("The database is of this version.")


@check("database-clock", after=DATABASE)
def look_at_clock() -> Finding:
    ahead = clock.now() - heartbeats.now()
    said = f"The clocks here and at the database differ by {abs(ahead.total_seconds()):.0f} seconds."
    if abs(ahead) > SKEW:
        return warning(said, "Set both by a time server (chrony, systemd-timesyncd).")
    return fine(said)


@check("database-connections", after=DATABASE)
def look_at_connections() -> Finding:
    if connection.vendor != "postgresql":
        return skipped("SQLite counts no connections.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
        used, most = cursor.fetchone()
    said = f"{used} of PostgreSQL's {most} connections are in use."
    if used > most * FULL:
        return warning(said, "Raise max_connections, or lower WEB_CONCURRENCY, WORKER_CONCURRENCY or CONN_MAX_AGE.")
    return fine(said)


@check("sessions", after=MIGRATIONS, fix=clear_sessions)
def look_at_sessions() -> Finding:
    over = Session.objects.filter(expire_date__lt=clock.now()).count()
    said = f"{over:,} log-ins that are over are still kept."
    if over > MANY_SESSIONS:
        return warning(said, "Run manage.py doctor --fix, or manage.py clearsessions.")
    return fine(said)


# -- Keys ------------------------------------------------------------------------------------------------------------
@check("keys", after=MIGRATIONS)
def look_at_keys() -> Finding:
    try:
        lacking = known_keys.missing()
    except ValueError:
        return error("VAULT_KEYS holds a key that is none.", PUT_BACK)
    if lacking:
        return error(known_keys.described(lacking), PUT_BACK)
    return fine("VAULT_KEYS are the keys of this database.")


PUT_BACK = (
    "Put the keys back that were in VAULT_KEYS before, behind the newest: id:new,id:old. Nothing is lost yet. "
    "manage.py rotate_keys says when one may go."
)


@check("sealed", after=MIGRATIONS)
def look_at_what_is_sealed() -> Finding:
    """Open the first and the last of each kind: those of the oldest key and of the newest."""
    closed = [*_closed_grants(), *_closed_recipients(), *_closed_factors()]
    if closed:
        return error(f"The keys don't open {', '.join(sorted(set(closed)))}.", PUT_BACK)
    return fine("The keys open authorizations, addresses and second factors.")


def _closed_grants() -> Iterator[str]:
    for grant in _first_and_last(Grant.objects.exclude(state=Grant.State.ENDED)):
        if not grants.is_readable(grant):
            yield "sellers' authorizations"


def _closed_recipients() -> Iterator[str]:
    for recipient in _first_and_last(Recipient.objects.exclude(sealed=None).select_related("order")):
        try:
            recipient.open()
        except vault.Unopenable:
            yield "buyers' addresses"


def _closed_factors() -> Iterator[str]:
    adapter = FactorAdapter()
    for factor in _first_and_last(Authenticator.objects.filter(type=Authenticator.Type.TOTP)):
        try:
            adapter.decrypt(factor.data["secret"])
        except vault.Unopenable:
            yield "second factors"


def _first_and_last(rows: "QuerySet[Any]") -> Iterable[Any]:
    found = [*rows.order_by("pk")[:SAMPLE], *rows.order_by("-pk")[:SAMPLE]]
    return {row.pk: row for row in found}.values()


@check("paused", after=MIGRATIONS)
def look_at_pause() -> Finding:
    if reason := installation.why_paused(note=False):
        return warning(f"The portal is paused: nothing is sent. {reason}", _resume())
    return fine("The portal may send.")


def _resume() -> str:
    return "Take PAUSED out and restart." if settings.PAUSED else "Run manage.py resume; it says first what is owed."
