"""Is it alive, is it ready, does everything run? In JSON, for whatever runs the containers and watches them."""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.upkeep import heartbeats, installation, known_keys
from integration_manager import silence
from integration_manager.doctor import broker_state, configuration, database_state, registry, running_state
from integration_manager.doctor.registry import Level

GROUPS = (configuration, database_state, broker_state, running_state)  # each brings its checks along
NOT_WITHOUT_KEY = "Send the header “Authorization: Bearer …” with the value of HEALTH_KEY."
NO_KEY = "Set HEALTH_KEY in the environment first, and send it in the header “Authorization: Bearer …”."


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked: a restart mends no database."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database is there and migrated, and the keys are its keys. The broker is not asked: we do without it."""
    checks = _readiness()
    status = "ok" if all(checks.values()) else "error"
    return JsonResponse({"status": status, **checks}, status=200 if status == "ok" else 503)


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Whether all of it runs, workers and scheduler too; with ``?full`` and the key, everything that doctor looks at.

    What asks another server is left to ``manage.py doctor``: no page may wait for one.
    """
    if "full" in request.GET:
        return _full(request)
    checks = _readiness()
    if all(checks.values()):
        checks["background"] = not silence.silent_sweeps(heartbeats.signs())
        checks["sending"] = not installation.why_paused()
    must = {name: passed for name, passed in checks.items() if name != "sending"}
    status = "ok" if all(checks.values()) else "warning" if all(must.values()) else "error"
    return JsonResponse({"status": status, **checks}, status=503 if status == "error" else 200)


def _full(request: HttpRequest) -> HttpResponse:
    if not settings.HEALTH_KEY:
        return JsonResponse({"status": "refused", "detail": NO_KEY}, status=403)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(given.encode(), settings.HEALTH_KEY.encode()):
        refused = JsonResponse({"status": "refused", "detail": NOT_WITHOUT_KEY}, status=401)
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    found = registry.examine(remote=False)
    worst = registry.worst(found)
    status = {Level.FINE: "ok", Level.WARNING: "warning", Level.ERROR: "error"}[worst]
    checks = [diagnosis.as_json() for diagnosis in found]
    return JsonResponse({"status": status, "checks": checks}, status=503 if worst is Level.ERROR else 200)


def _readiness() -> dict[str, bool]:
    checks = {"database": False, "migrations": False, "keys": False}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["keys"] = checks["migrations"] and known_keys.fit()
    except DatabaseError:
        checks["database"] = False
    return checks
