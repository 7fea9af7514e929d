"""Whether this database is the one that sends.

A copy of a database, restored elsewhere to try a backup or to look at something, holds everything that is owed to
sellers and buyers. With the keys it could send all of it a second time. So the database remembers where it is: its own
identity, which no dump holds, and PUBLIC_URL. Where one of the two is another, the portal pauses by itself: everything
can be looked at, nothing goes out, and ``manage.py resume`` is the one way on.
"""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from core.common import clock
from core.common.kept_statements import KeptStatement
from core.common.remote import Throttled
from core.upkeep import known_keys
from core.upkeep.models import Installation

ONLY = 1  # the number of its one row
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ASK_AGAIN = timedelta(minutes=1)
BY_SETTING = "PAUSED is set in the environment."
SAID_PAUSED = KeptStatement(
    lambda: Installation.objects.exclude(paused_at=None).filter(pk=ONLY).values_list("paused_because", flat=True)
)
COPY = (
    "This looks like a copy of another portal's database. If nothing else works with that data any more, let it send "
    "with manage.py resume."
)
MOVED = (
    "PUBLIC_URL is {here}, and this database belonged to {there}. If it moved here for good, let it send with "
    "manage.py resume."
)


class Paused(Throttled):
    """Nothing is sent from here until somebody says so. It waits at no cost."""


# -- Asking ----------------------------------------------------------------------------------------------------------
def get() -> Installation:
    """Return the row, made when there is none: then this is where the data was made, or was last worked with."""
    found = Installation.objects.filter(pk=ONLY).first()
    if found is None:
        fresh = {"created_at": clock.now(), "database": identity(), "address": settings.PUBLIC_URL}
        found, is_new = Installation.objects.get_or_create(pk=ONLY, defaults=fresh)
        if is_new:
            with suppress(ValueError):  # said by a check of the settings
                known_keys.note()
    return found


def why_paused(*, note: bool = True) -> str:
    """Return why nothing may be sent, in a sentence, or nothing. What it notices, it writes down with ``note``. Whoever
    only looks leaves that out: a mistyped PUBLIC_URL on one command line must not stop the portal beside it."""
    if settings.PAUSED:
        return BY_SETTING
    row = get()
    if row.paused_at is None and (reason := _foreign(row, note=note)):
        if note:
            pause(reason)
        return reason
    return row.paused_because if row.paused_at else ""


def said_paused() -> str:
    """Return why nothing is sent, as far as it was noticed: for pages, which only read."""
    if settings.PAUSED:
        return BY_SETTING
    return str(SAID_PAUSED.first() or "")


def check_may_send() -> None:
    """Raise Paused where nothing may be sent. Whoever speaks to another server asks first."""
    if reason := why_paused():
        raise Paused(f"The portal is paused: nothing is sent. {reason}", retry_in=ASK_AGAIN)


# -- Telling ---------------------------------------------------------------------------------------------------------
def pause(reason: str) -> bool:
    """Send nothing from now on. False when it was paused before."""
    get()
    running = Installation.objects.filter(pk=ONLY, paused_at=None)
    return bool(running.update(paused_at=clock.now(), paused_because=reason))


def resume() -> bool:
    """Send from here, from this database, from now on. False when nothing was paused."""
    was = bool(why_paused())
    here = {"database": identity(), "address": settings.PUBLIC_URL}
    Installation.objects.filter(pk=ONLY).update(paused_at=None, paused_because="", **here)
    return was and not settings.PAUSED


# -- Where it is -----------------------------------------------------------------------------------------------------
def _foreign(row: Installation, *, note: bool) -> str:
    """Return why the row was written elsewhere, or nothing."""
    here, there = settings.PUBLIC_URL, row.address
    if identity() != row.database:
        return COPY
    if here != there and urlsplit(there).hostname not in LOOPBACK:  # from a try on one's own machine it may go anywhere
        return MOVED.format(here=here, there=there)
    if here != there and note:
        Installation.objects.filter(pk=ONLY, address=there).update(address=here)
    return ""


def identity() -> str:
    """Return what tells this database from every copy of it: numbers that a dump leaves behind."""
    if connection.vendor == "postgresql":
        here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
        numbers = _asked(f"SELECT concat({here}, ':', %s::regclass::oid)", Installation._meta.db_table)
        return f"{_of_server()}:{numbers}"
    name = str(connection.settings_dict["NAME"])
    file = Path(name)
    return f"{file.resolve()}:{file.stat().st_ino}" if file.is_file() else name


def _of_server() -> str:
    """The number of the server's cluster. Where one may not ask for it, the database's own has to do.

    A connection that ends at this moment is no such answer: it would make a copy of the very database that asked.
    """
    try:
        with transaction.atomic():
            return _asked("SELECT system_identifier::text FROM pg_control_system()")
    except ProgrammingError:
        return ""


def _asked(sql: str, *values: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return str(cursor.fetchone()[0])
