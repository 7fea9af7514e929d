"""The log of calls: one row a request, counts on the key, and a line in the portal's own log."""

from datetime import datetime
from functools import cache

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.http import HttpRequest

from core.api.models import ApiCall, ApiKey
from core.api.request_ids import id_of
from core.common import bulk_insert

log = structlog.get_logger(__name__)


def note(
    key: ApiKey,
    request: HttpRequest,
    *,
    status: int,
    milliseconds: int,
    now: datetime,
    code: str = "",
    sent: int = 0,
) -> None:
    """Keep one call. Whatever becomes of it, the request is answered: where it can't be kept it is lost, and only this.

    No query, no header and nothing of the body is kept: they may name buyers.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    log.info("api.call", key=key.public_id, method=request.method, status=status, code=code, ms=milliseconds)
    try:
        _keep(
            ApiCall(
                organization_id=key.organization_id,
                key_id=key.pk,
                method=(request.method or "")[:8],
                path=_storable(request.path)[:200],
                status=status,
                code=code,
                milliseconds=max(0, milliseconds),
                received=int(length) if length.isdecimal() and len(length) < 10 else 0,
                sent=sent,
                address=request.META.get("REMOTE_ADDR") or None,
                request_id=id_of(request),
                at=now,
            )
        )
    except (DatabaseError, ValueError):
        log.warning("api.call_lost", key=key.public_id)


def _keep(call: ApiCall) -> None:
    """Store it and count it on its key.

    All calls of a key count on its one row, so each would wait until those before it are on the disk. It does not: what
    a crash of the server takes is the log of its last moment. With PostgreSQL it is one statement, for every request
    ends with it.
    """
    failed = 1 if call.status >= 400 else 0
    if connection.vendor != "postgresql":
        with transaction.atomic():
            counted = {"calls": F("calls") + 1, "errors": F("errors") + failed}
            ApiKey.objects.filter(pk=call.key_id).update(last_used_at=call.at, **counted)
            bulk_insert.insert([call])
        return
    values = bulk_insert.columns_of(ApiCall, keyed=False).of_row(call, connection)
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [call.at, failed, call.key_id, *values])


@cache
def _statement() -> str:
    key, calls = ApiKey._meta.db_table, ApiCall._meta.db_table
    names = bulk_insert.columns_of(ApiCall, keyed=False).names
    return (
        "WITH at_once AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS it), "
        f"counted AS (UPDATE {key} SET last_used_at = %s, calls = calls + 1, errors = errors + %s "
        f"FROM at_once WHERE {key}.id = %s AND at_once.it IS NOT NULL) "
        f"INSERT INTO {calls} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
    )


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode(errors="replace").decode()
