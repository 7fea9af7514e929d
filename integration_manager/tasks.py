"""Doors for the worker: cleaning up after every app, and asking other servers for the Set-up check."""

import structlog
from celery import shared_task

from core.common import clock
from core.common.bell import Bell
from core.files.models import FileFolder
from integration_manager import clean_up, late_erasure
from integration_manager.doctor import kept_findings
from integration_manager.file_exchange import exchange
from integration_manager.merchant_export import export_run
from integration_manager.off_boarding import cut_off, deletion

log = structlog.get_logger(__name__)


@shared_task(name=Bell.CLEAN_UP_DUE)
def clean_up_due() -> None:
    """Sweep: end what was kept long enough, and tell of what should have ended and did not."""
    ended = clean_up.clean_up(now=clock.now())
    for what, rows in ended.items():
        log.info("clean_up.deleted", what=what, rows=rows)
    late_erasure.tell(now=clock.now())
    cut_off.cut_off_all(now=clock.now())
    if deletion.EVERYTHING in ended:  # there may be much more: it goes on at once
        Bell.CLEAN_UP_DUE.ring()


@shared_task(name=Bell.LOOK_OUTSIDE)
def look_outside() -> None:
    """Run: the checks of mail server, Amazon and our own address, for an owner who waits for them."""
    kept_findings.look_outside(now=clock.now())


@shared_task(name=Bell.EXPORT_DUE)
def export_due() -> None:
    """Sweep: go on with exports of everything of a merchant."""
    export_run.run_due(now=clock.now())


@shared_task(name=Bell.FILES_DUE)
def files_due() -> None:
    """Sweep: ring for every folder that is to be looked into."""
    for pk in exchange.due(clock.now()):
        Bell.EXCHANGE_FILES.ring(folder_id=pk)


@shared_task(name=Bell.EXCHANGE_FILES)
def exchange_files(*, folder_id: int, **_: object) -> None:
    """Run: pick up what lies in one folder, and put there what is owed."""
    folder = FileFolder.objects.filter(pk=folder_id).first()
    if folder is not None:
        exchange.exchange(folder, now=clock.now())
