"""Connecting a warehouse's system, and matching its accounts with merchants: each in one commit with its events."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from core.accounts.models import Merchant, User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from core.common.bell import Bell
from shipping.alerts import WAREHOUSE_REFUSED, WRONG_ZONE
from shipping.connection import secrets
from shipping.models import Warehouse, WarehouseAccount


class MatchTaken(Exception):
    """Somebody else matched one of these accounts meanwhile. The message says so."""


def connect(
    warehouse: Warehouse, said: Mapping[str, str], sealed: Mapping[str, str], *, by: User, now: datetime
) -> None:
    """Keep what was entered. What waited for it goes on."""
    with transaction.atomic(durable=True):
        kept = Warehouse.objects.select_for_update(of=("self",)).select_related("organization").get(pk=warehouse.pk)
        Warehouse.objects.filter(pk=kept.pk).update(settings={**kept.settings, **said})
        secrets.keep(kept, sealed)
        record("warehouse.connected", kept, now=now, actor=by, name=kept.name)
        close_alerts(kept, WAREHOUSE_REFUSED, WRONG_ZONE, now=now)
        WarehouseAccount.objects.filter(warehouse=kept).update(due_at=now)
        Bell.RELEASE_DUE.ring()


def match(
    warehouse: Warehouse,
    matches: Mapping[int, str],
    names: Mapping[str, str],
    *,
    by: User,
    now: datetime,
) -> int:
    """Say which account each of these merchants is; an empty one: none. Returns how many changed. Raises MatchTaken."""
    changed = 0
    try:
        with transaction.atomic(durable=True):
            kept = Warehouse.objects.select_for_update(of=("self",)).select_related("organization").get(pk=warehouse.pk)
            rows = {row.merchant_id: row for row in WarehouseAccount.objects.filter(warehouse=kept)}
            merchants = Merchant.objects.filter(organization=kept.organization_id).in_bulk(list(matches))
            differ = [pk for pk, account in matches.items() if account != (rows[pk].account if pk in rows else "")]
            WarehouseAccount.objects.filter(pk__in=[rows[pk].pk for pk in differ if pk in rows]).delete()
            for pk in differ:
                merchant, account = merchants[pk], matches[pk]
                what = {"name": kept.name, "merchant": merchant.name}
                if not account:
                    record("warehouse.unmatched", kept, now=now, actor=by, **what)
                    continue
                WarehouseAccount.objects.create(
                    organization_id=kept.organization_id,
                    merchant=merchant,
                    warehouse=kept,
                    account=account,
                    name=names.get(account, ""),
                    due_at=now,
                    stock_due_at=now,
                )
                record("warehouse.matched", kept, now=now, actor=by, account=account, **what)
            changed = len(differ)
    except IntegrityError as error:
        raise MatchTaken("Somebody else changed this at the same moment. Open the page again.") from error
    return changed
