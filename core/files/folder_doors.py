"""What pages show of a folder, and the button that begins or ends using it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest

from core.accounts.doors import person_of
from core.files import folder_records
from core.files.kept_files import FileSubject
from core.files.models import FileFolder


def shown(subject: FileSubject) -> dict[str, Any]:
    """Return the context of ``core/files/folder.html``. Nothing where the operator named no place for folders."""
    if not settings.FILES_DIR:
        return {}
    folder: FileFolder | None = FileFolder.objects.of(subject).first()
    parts = folder_records.parts_of(subject)
    return {"folder": folder, "folder_path": str(Path(settings.FILES_DIR).joinpath(*parts))}


def switch(request: HttpRequest, subject: FileSubject, *, now: datetime) -> None:
    """Begin using its folder, or end that, and say so."""
    if request.POST.get("do") == "stop":
        if folder_records.stop(subject):
            messages.success(request, "The folder is left alone from now on. What lies there stays.")
    elif not settings.FILES_DIR:
        messages.error(request, "Whoever runs the portal named no place for folders (FILES_DIR).")
    else:
        folder_records.use(subject, by=person_of(request), now=now)
        messages.success(request, "The folder is in use. It is looked into every half minute.")
