"""Keeping what somebody sets for a store: the desk's words, its custom fields, and whether it gets prices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from shipping.models import Warehouse


def keep(warehouse: Warehouse, wanted: Mapping[str, Any], *, by: User, now: datetime) -> bool:
    """Keep what differs. False when nothing does."""
    with transaction.atomic(durable=True):
        rows = Warehouse.objects.select_for_update(of=("self",)).select_related("organization")
        kept: Warehouse = rows.get(pk=warehouse.pk)
        changed = {name: value for name, value in wanted.items() if kept.settings.get(name) != value}
        if not changed:
            return False
        Warehouse.objects.filter(pk=kept.pk).update(settings={**kept.settings, **changed})
        names = ", ".join(name.replace("_", " ") for name in changed)
        record("warehouse.changed", kept.organization, now=now, actor=by, name=kept.name, fields=names)
    return True
