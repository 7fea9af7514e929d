"""How long what stands in files is kept. That a file was taken is known for good: it must not be taken again."""

from datetime import datetime, timedelta

from core.common.lifetimes import AT_ONCE, IN_ALL, Lifetime, Rows, older, register
from core.files.models import KeptFile, KeptRows, MerchantExport

CONTENT_KEPT = timedelta(days=30)
ROWS_KEPT = timedelta(days=90)
EXPORT_KEPT = timedelta(days=7)


def with_content() -> Rows:
    return KeptFile.objects.filter(sealed__isnull=False)


def erase_contents(over: Rows, now: datetime) -> int:
    """Erase what stands in some of these; their names and what became of them stay."""
    gone = 0
    while gone < IN_ALL and (ids := list(over.values_list("pk", flat=True)[:AT_ONCE])):
        gone += KeptFile.objects.filter(pk__in=ids).update(sealed=None)
    return gone


register(
    Lifetime(
        "What stands in files",
        CONTENT_KEPT,
        KeptFile,
        "at",
        lambda before: with_content().filter(at__lt=before),
        there=with_content,
        end=erase_contents,
    ),
    Lifetime(
        "Exports of everything of a merchant",
        EXPORT_KEPT,
        MerchantExport,
        "made_at",
        older(MerchantExport, "made_at"),
    ),
    Lifetime("Rows of files that were not taken", ROWS_KEPT, KeptRows, "at", older(KeptRows, "at")),
)
