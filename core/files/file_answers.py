"""Answering with a file that is kept."""

from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers

from core.common.vault import Unopenable
from core.files import kept_files
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
