"""Answering with a file that is kept."""

from django.http import Http404, HttpResponse
from django.utils.cache import add_never_cache_headers

from core.common.vault import Unopenable
from core.files import kept_files
from core.files.csv_text import table
from core.files.models import KeptFile


def download(file: KeptFile) -> HttpResponse:
    """Return a file as it was written. 410 where what stood in it was erased, or can't be opened any more."""
    try:
        text = kept_files.text_of(file)
    except Unopenable:
        text = ""
    if not text:
        return HttpResponse("What stood in this file is not kept any more.", status=410, content_type="text/plain")
    answer = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    add_never_cache_headers(answer)
    return answer


def rows_to_put_right(file: KeptFile) -> HttpResponse:
    """Return the rows of a file that were not taken, with the reason behind each, to be put right and sent again."""
    heads: list[str] = []
    rows: list[list[str]] = []
    for kept in file.kept_rows.filter(settled_at=None).order_by("first_row"):
        try:
            said = kept.unseal()
        except Unopenable:
            continue
        heads = heads or said["heads"]
        rows += [[*cells, *[""] * (len(heads) - len(cells)), kept.why] for cells in said["cells"]]
    if not rows:
        raise Http404
    text = table([*heads, "Why it was not taken"], rows)
    answer = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="to-put-right-{file.pk}.csv"'
    add_never_cache_headers(answer)
    return answer
