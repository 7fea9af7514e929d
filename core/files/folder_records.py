"""Using a folder for a cart or a warehouse, and stopping that."""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.files.kept_files import FileSubject, whose
from core.files.models import FileFolder, PlaceKind


def use(subject: FileSubject, place: PlaceKind, *, by: User, now: datetime) -> FileFolder:
    """Pick up files of a folder from now on, and no longer of another that it used before."""
    named = whose(subject)
    key = {name: named.pop(name) for name in ("subject_kind", "subject_id")}
    fresh = {"place": place, "by": by, "made_at": now, "due_at": now, "seen": {}, "failures": 0, "error": ""}
    with transaction.atomic():
        folder, is_new = FileFolder.objects.get_or_create(**key, defaults={**named, **fresh})
        is_other = not is_new and folder.place != place
        if is_other:
            FileFolder.objects.filter(pk=folder.pk).update(**fresh)
            folder.refresh_from_db()
        if is_new or is_other:
            record("files.place_used", subject, now=now, actor=by, place=str(place.label))
    return folder


def look_soon(subject: FileSubject, *, now: datetime) -> None:
    """What kept it waiting was changed: look at once."""
    FileFolder.objects.of(subject).update(due_at=now, failures=0)


def stop(subject: FileSubject, *, by: User, now: datetime) -> bool:
    """Leave its folder alone from now on. What lies there stays."""
    with transaction.atomic():
        was_used = bool(FileFolder.objects.of(subject).delete()[0])
        if was_used:
            record("files.place_left", subject, now=now, actor=by)
    return was_used


def parts_of(subject: FileSubject) -> tuple[str, str]:
    """Return where its folder on this server is, below the one of all files."""
    named = whose(subject)
    return _parts(named["organization_id"], named["subject_kind"], named["subject_id"])


def parts_of_row(folder: FileFolder) -> tuple[str, str]:
    return _parts(folder.organization_id, folder.subject_kind, folder.subject_id)


def _parts(organization_id: int, kind: str, pk: int) -> tuple[str, str]:
    return str(organization_id), f"{kind}-{pk}"
