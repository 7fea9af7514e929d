"""Making an export of everything: owed by a row, made some rows at a time, each part kept sealed as it comes.

A worker that dies leaves it to the next one, which goes on behind the last part. No more than one part is in memory.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from core.accounts.access import Access
from core.accounts.models import Merchant, User
from core.activity.event_log import record
from core.common import claims, clock, jobs
from core.common.bell import Bell
from core.common.errands import OWED
from core.common.jobs import Job, NotYet, Tally
from core.files.models import ExportPart, MerchantExport
from integration_manager.merchant_export.export_tables import TABLES, ExportTable, Scope
from integration_manager.portal.order_list.table_files import CsvFile

AT_ONCE = 1_000  # rows
GOING_ON = timedelta(seconds=20)  # in one go: others have their turn, too
PAGE = 10  # exports
FILE = CsvFile("CSV", ",", exact=True)


def ask(merchant: Merchant, access: Access, *, by: User, now: datetime) -> MerchantExport:
    """Owe one to somebody. Where one like it is being made, that one is returned."""
    fields = {"merchant": merchant, "of_house": access.is_of_house}
    try:
        with transaction.atomic():
            made: MerchantExport = MerchantExport.objects.create(
                organization_id=merchant.organization_id,
                by=by,
                made_at=now,
                due_at=now,
                table_count=len(TABLES),
                **fields,
            )
            record("merchant.export_asked", merchant, now=now, actor=by)
    except IntegrityError:
        return MerchantExport.objects.get(state__in=OWED, **fields)
    Bell.EXPORT_DUE.ring()
    return made


def run_due(*, now: datetime) -> Tally:
    """Go on with what is owed, fairly between organizations."""
    due = MerchantExport.objects.due(now).fairly(within="organization", order_by="due_at")
    return jobs.run_due(due.select_related("by", "organization", "merchant")[:PAGE], ExportJob(), now=now)


class ExportJob(Job[MerchantExport, None]):
    def do(self, export: MerchantExport, /, *, now: datetime) -> None:
        scope, time = Scope(export), clock.running(now)
        while export.tables_done < len(TABLES):
            if claims.is_stopping() or time() - now > GOING_ON or not _step(export, scope):
                Bell.EXPORT_DUE.ring()
                raise NotYet(timedelta(0))

    def done(self, export: MerchantExport, result: None, /, *, now: datetime) -> None:
        MerchantExport.objects.filter(pk=export.pk).update(ended_at=now)
        record("merchant.exported", export.merchant, now=now, actor=export.by, count=export.row_count)

    def stuck(self, export: MerchantExport, reason: str, /, *, now: datetime) -> None:
        MerchantExport.objects.filter(pk=export.pk).update(ended_at=now)


def _step(export: MerchantExport, scope: Scope) -> bool:
    """Keep the next rows of the table it is at. False where another worker has taken it over."""
    table = TABLES[export.tables_done]
    rows = table.some(scope, after=export.after, most=AT_ONCE)
    text = _text(table, rows, scope, headed=export.after == 0)
    is_last = len(rows) < AT_ONCE
    with transaction.atomic():
        number = ExportPart.objects.filter(export=export).count() + 1
        kept = export.keep(
            row_count=export.row_count + len(rows),
            after=0 if is_last else rows[-1].pk,
            tables_done=export.tables_done + is_last,
        )
        if kept and text:
            part = ExportPart.objects.create(
                organization_id=export.organization_id,
                merchant_id=export.merchant_id,
                export=export,
                number=number,
                table=table.name,
            )
            part.seal({"text": text})
            part.save(update_fields=["sealed"])
    return kept


def _text(table: ExportTable, rows: list[object], scope: Scope, *, headed: bool) -> str:
    cells = (table.cells(row, scope) for row in rows)
    zone = scope.access.organization.zone
    written = FILE.write(list(table.columns), cells, zone=zone) if headed else FILE.body(cells, zone=zone)
    return b"".join(written).decode()
