"""Keeping an SFTP server: what was entered, what its test found, and the key that a person accepted."""

import hmac
from datetime import datetime
from typing import Any

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.files import folder_owners, folder_records
from core.files.kept_files import FileSubject, whose
from core.files.models import SftpServer
from core.files.sftp import host_keys
from core.files.sftp.forms import FOLDERS, WHERE
from core.files.sftp.sftp_check import SftpFindings

PICKED_UP = ("folder_in", "folder_stock")
ANOTHER = {"host", "port"}  # where they change, it is another server
WRITTEN = ("host_key", "sealed", "by", "at", "tested_at", "checks", "offered_key")


def of(subject: FileSubject) -> SftpServer | None:
    found: SftpServer | None = SftpServer.objects.of(subject).first()
    return found


def used_by_another(subject: FileSubject, values: dict[str, Any]) -> tuple[str, str] | None:
    """Return (field, whose) of a folder there that another of the organization has, and one of the two picks up from.

    They would take each other's files. What others' organizations have there is not asked: nobody here may know of it.
    """
    same = SftpServer.objects.filter(
        organization=subject.organization_id,
        host__iexact=values["host"],
        port=values["port"],
        user=values["user"],
    ).exclude(pk__in=SftpServer.objects.of(subject))
    for other in same.order_by("pk"):
        read = {getattr(other, name) for name in PICKED_UP}
        used = {getattr(other, name) for name in FOLDERS}
        for name in FOLDERS:
            path = values.get(name)
            meets = path and (path in read or (name in PICKED_UP and path in used))
            if meets and (called := folder_owners.called(other)):
                return name, called
    return None


def save(
    subject: FileSubject, values: dict[str, Any], secrets: dict[str, str], *, by: User, now: datetime
) -> SftpServer:
    """Keep what was entered. Another server's key is to be accepted anew. ``secrets``: empty, they stay."""
    named = whose(subject)
    key = {name: named.pop(name) for name in ("subject_kind", "subject_id")}
    with transaction.atomic():
        found, is_new = SftpServer.objects.get_or_create(**key, defaults={**named, **values, "by": by, "at": now})
        server: SftpServer = SftpServer.objects.select_for_update().get(pk=found.pk)
        changed = [name for name, value in values.items() if is_new or getattr(server, name) != value]
        if ANOTHER & set(changed):
            server.host_key = ""
        if secrets:
            server.seal(secrets)
        elif set(WHERE) & set(changed):
            server.sealed = None  # it was entered for another
        for name, value in values.items():
            setattr(server, name, value)
        server.by, server.at, server.tested_at, server.checks, server.offered_key = by, now, None, [], ""
        server.save(update_fields=[*values, *WRITTEN])
        if fields := [*changed, *secrets]:
            record("files.sftp_changed", subject, now=now, actor=by, fields=", ".join(map(_word, fields)))
        folder_records.look_soon(subject, now=now)
    return server


def keep_findings(server: SftpServer, found: SftpFindings, *, now: datetime) -> None:
    checks = [{"name": name, "problem": problem} for name, problem in found.steps]
    kept = {"offered_key": found.offered_key, "checks": checks, "tested_at": now}
    SftpServer.objects.filter(pk=server.pk, at=server.at).update(**kept)


def accept(server: SftpServer, subject: FileSubject, fingerprint: str, *, by: User, now: datetime) -> bool:
    """A person compared the key the server showed. False where it shows another one by now."""
    shown = host_keys.fingerprint(server.offered_key)
    if not shown or not hmac.compare_digest(shown.encode(), fingerprint.encode()):
        return False
    with transaction.atomic():
        mine = SftpServer.objects.filter(pk=server.pk, offered_key=server.offered_key)
        if not mine.update(host_key=server.offered_key):
            return False
        record("files.sftp_key_accepted", subject, now=now, actor=by, host=server.host, key=shown)
        folder_records.look_soon(subject, now=now)
    return True


def _word(name: str) -> str:
    return {"host": "server"}.get(name, name.replace("_", " "))
