"""Whose rows the database shows to this thread.

Every query of a page begins with ``visible_to``. This is the wall behind it: while a request runs, PostgreSQL itself
leaves out the rows of other organizations, and all rows until somebody said whose request it is:

    with tenant.behind_wall():                  # the request, from its beginning
        with tenant.every_tenant():             # finding out who asks: a key, a link, a log-in
            key = keys.admit(…)
        tenant.work_for(key.organization_id)    # from here on its rows, and no others

Workers and commands work for everybody, and stay in front of the wall: outside ``behind_wall`` nothing here does
anything. SQLite knows no such thing.

The wall stands on two settings of the database's session: its role, ``portal_pages``, which the policies bind, and the
organization, which they compare with (policies.py). Every statement looks whether its session has been told: a
connection that was made anew has not, and what a transaction was told goes with it.
https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.db.models import Model, QuerySet
from psycopg.pq import TransactionStatus

from core.row_security import roles

M = TypeVar("M", bound=Model)

Standing = tuple[str, str]  # the role, and the organization's number
SETTING = "portal.organization"
STAND = f"SELECT set_config('role', %s, false), set_config('{SETTING}', %s, false)"
IN_FRONT: Standing = ("none", "")  # PostgreSQL's word for the role that logged in


class OtherTenant(Exception):
    """A fault of the portal's: something of one organization was about to be stored for another."""


class _Place(threading.local):
    """Where this thread stands, and what the database was told of it.

    What is said within a transaction goes with it when it is rolled back. ``lasting`` is what holds then; where it is
    not what was said, ``said`` is None, and the next statement says it again.
    """

    is_behind = False
    is_lifted = False
    organization: int | None = None
    standing: Standing = IN_FRONT
    said: Standing | None = None
    lasting: Standing | None = None
    said_to: Any = None  # the connection of the driver


_place = _Place()


@contextmanager
def behind_wall() -> Iterator[None]:
    """What runs inside sees nobody's rows before ``work_for``. Where there is no wall, nothing changes."""
    if connection.vendor != "postgresql":
        yield
        return
    around = _place.is_behind, _place.is_lifted, _place.organization
    _move(is_behind=True, is_lifted=False, organization=None)
    try:
        with connection.execute_wrapper(_checked):
            yield
    finally:
        _move(is_behind=around[0], is_lifted=around[1], organization=around[2])
        _step_out()


def is_behind_wall() -> bool:
    """Whether this thread's statements run under the policies: COPY is refused there."""
    return _place.is_behind and not _place.is_lifted and roles.are_made()


def work_for(organization_id: int | None) -> None:
    """Show this organization's rows from here on, or nobody's."""
    if _place.is_behind:
        _move(organization=organization_id)  # the next statement says it


def worked_for() -> int | None:
    """Return whose rows a page sees: what answers bit by bit goes on with them."""
    return _place.organization


def refuse_others(owners: Iterable[int]) -> None:
    """Raise OtherTenant where a page is about to store rows of another organization past the wall."""
    if is_behind_wall() and any(owner != _place.organization for owner in owners):
        raise OtherTenant(f"A page of organization {_place.organization} stores no rows of another one.")


@contextmanager
def every_tenant() -> Iterator[None]:
    """Show all rows: for finding out whose a request is, and nothing beyond it."""
    if not _place.is_behind or _place.is_lifted:
        yield
        return
    _move(is_lifted=True)
    try:
        connection.close_if_health_check_failed()  # as a cursor does: this may be the request's first statement
        _tell()  # at once: COPY is no statement that would say it
        yield
    finally:
        _move(is_lifted=False)


def find(rows: "QuerySet[M]") -> M | None:
    """Return the first row, whoever's it is, and work for its organization from here on: a secret opened the page."""
    with every_tenant():
        found = rows.first()
        if found is not None:
            work_for(found.organization_id)  # type: ignore[attr-defined]
    return found


def _move(**where: Any) -> None:
    for name, value in where.items():
        setattr(_place, name, value)
    behind = _place.is_behind and not _place.is_lifted
    _place.standing = (roles.PAGES, str(_place.organization or "")) if behind else IN_FRONT


def _step_out() -> None:
    """Take the session back in front of the wall. Where it is lost nothing is taken back, and the answer stands."""
    if connection.connection is None:
        return
    try:
        _tell()
    except DatabaseError:
        connection.close()


def _tell() -> None:
    """Have the database's session stand where this thread does."""
    connection.ensure_connection()
    driver, standing = connection.connection, _place.standing
    if driver is not _place.said_to:
        _place.said, _place.lasting, _place.said_to = None, IN_FRONT, driver
    if driver.closed or driver.info.transaction_status == TransactionStatus.INERROR:
        _place.said = None  # it takes no word now: the next statement that it does take says it
        return
    if not roles.are_made():
        return
    if _place.said != standing:
        with connection.wrap_database_errors:
            driver.execute(STAND, standing)
    # What surrounds a test is rolled back after it, and no request's own.
    if all(block._from_testcase for block in connection.atomic_blocks):  # type: ignore[attr-defined]
        _place.lasting = standing
    _place.said = standing if _place.lasting == standing else None


def _checked(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    place = _place
    if context["connection"].connection is not place.said_to or place.said != place.standing:
        _tell()
    return execute(sql, params, many, context)
