"""Is it alive, is it ready? For whatever runs the containers."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from core.common import vault


def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked: a restart mends no database."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """The database is there and migrated, and the keys can be read. The broker is not asked: we do without it."""
    checks = {"database": False, "migrations": False, "keys": bool(vault.ring(tuple(settings.VAULT_KEYS)))}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        checks["database"] = False
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)
