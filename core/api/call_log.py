"""The log of calls: one row a request, counts on the key, and a line in the portal's own log."""

from datetime import datetime

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
    failed = 1 if status >= 400 else 0
    length = request.META.get("CONTENT_LENGTH") or "0"
    log.info("api.call", key=key.public_id, method=request.method, status=status, code=code, ms=milliseconds)
    try:
        with transaction.atomic():
            _wait_for_no_disk()
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now, calls=F("calls") + 1, errors=F("errors") + failed)
            call = ApiCall(
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
            bulk_insert.insert([call])
    except (DatabaseError, ValueError):
        log.warning("api.call_lost", key=key.public_id)


def _wait_for_no_disk() -> None:
    """All calls of a key count on its one row, so each would wait until those before it are on the disk.

    What a crash of the server takes is the log of its last moment.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode(errors="replace").decode()
