"""Using a folder for a cart or a warehouse, and stopping that."""

from datetime import datetime

from core.accounts.models import User
from core.files.kept_files import FileSubject, whose
from core.files.models import FileFolder


def use(subject: FileSubject, *, by: User, now: datetime) -> FileFolder:
    """Pick up files of a folder from now on."""
    named = whose(subject)
    key = {name: named.pop(name) for name in ("subject_kind", "subject_id")}
    folder, _ = FileFolder.objects.get_or_create(**key, defaults={**named, "by": by, "made_at": now, "due_at": now})
    return folder


def stop(subject: FileSubject) -> bool:
    """Leave its folder alone from now on. What lies there stays."""
    return bool(FileFolder.objects.of(subject).delete()[0])


def parts_of(subject: FileSubject) -> tuple[str, str]:
    """Return where its folder is, below the one of all files."""
    named = whose(subject)
    return str(named["organization_id"]), f"{named['subject_kind']}-{named['subject_id']}"
