"""This server's disk: told while there is still room to tell it. Full, nothing can be stored, an alert neither."""

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from core.accounts.models import Organization
from core.alerts.own_alerts import DISK_FULL
from core.alerts.raised import keep_alerts

LEAST = 512 * 2**20  # bytes
LEAST_SHARE = 0.02  # of a disk so small that it has little more at its best


def watch(*, now: datetime) -> None:
    """Raise or close the alert of every organization."""
    free = _free(Path(settings.DATA_DIR))
    if free is None:
        keep_alerts(DISK_FULL, [], now=now)
        return
    message = (
        f"Only {free // 2**20} MB are left on the disk of {settings.DATA_DIR}. Once it is full, no order is stored, "
        "nothing is sent and nobody is told. Delete what is not needed, or make the disk larger. Nothing owed is lost: "
        "it waits."
    )
    path = reverse("alerts:alerts")
    keep_alerts(DISK_FULL, [(each, message, path) for each in Organization.objects.order_by("pk")], now=now)


def _free(path: Path) -> int | None:
    """Return how much is left where that is too little."""
    while not path.exists() and path != path.parent:
        path = path.parent
    usage = shutil.disk_usage(path)
    return usage.free if usage.free < min(LEAST, usage.total * LEAST_SHARE) else None
