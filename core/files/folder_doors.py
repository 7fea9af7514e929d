"""What pages show of a folder, and the button that begins or ends using it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest

from core.accounts.doors import person_of
from core.files import folder_records, places
from core.files.kept_files import FileSubject
from core.files.models import FileFolder, PlaceKind


def shown(subject: FileSubject) -> dict[str, Any]:
    """Return the context of ``core/files/folder.html``."""
    folder: FileFolder | None = FileFolder.objects.of(subject).first()
    where = places.of(folder).where(folder) if folder is not None else ""
    return {"folder": folder, "folder_where": where, "has_folders": PlaceKind.LOCAL in places.there()}


def switch(request: HttpRequest, subject: FileSubject, *, now: datetime) -> None:
    """Begin using its folder, or end that, and say so."""
    if request.POST.get("do") == "stop":
        if folder_records.stop(subject, by=person_of(request), now=now):
            messages.success(request, "The folder is left alone from now on. What lies there stays.")
    elif not settings.FILES_DIR:
        messages.error(request, "Whoever runs the portal named no place for folders (FILES_DIR).")
    else:
        folder_records.use(subject, PlaceKind.LOCAL, by=person_of(request), now=now)
        messages.success(request, "The folder is in use. It is looked into every half minute.")
