"""The page of an SFTP server, for whichever pages have one: what it shows, and what its buttons do."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from core.accounts.doors import person_of
from core.files import folder_records
from core.files.file_place import PlaceBusy
from core.files.kept_files import FileSubject
from core.files.models import FileFolder, PlaceKind, SftpServer
from core.files.sftp import host_keys, sftp_check, sftp_place, sftp_records
from core.files.sftp.forms import SftpForm
from core.files.sftp.sftp_trouble import SftpTrouble


def shown(subject: FileSubject, form: SftpForm | None, *, has_stock: bool = False) -> dict[str, Any]:
    """Return the context of ``core/files/sftp.html``. ``form`` is one that was filled in wrong."""
    server = sftp_records.of(subject)
    return {
        "server": server,
        "form": form or SftpForm(None, server=server, has_stock=has_stock),
        "offered": host_keys.fingerprint(server.offered_key) if server else "",
        "accepted": host_keys.fingerprint(server.host_key) if server else "",
        "folder": FileFolder.objects.of(subject).filter(place=PlaceKind.SFTP).first(),
    }


def act(request: HttpRequest, subject: FileSubject, *, now: datetime, has_stock: bool = False) -> SftpForm | None:
    """Do what was pressed, and say so. Returns the form where it was filled in wrong."""
    server, do = sftp_records.of(subject), request.POST.get("do", "")
    if do == "stop":
        if folder_records.stop(subject, by=person_of(request), now=now):
            messages.success(request, "The server is left alone from now on. What lies there stays.")
    elif server is not None and do in BUTTONS:
        BUTTONS[do](request, subject, server, now)
    else:
        form = SftpForm(request.POST, server=server, has_stock=has_stock)
        if form.is_valid() and (used := sftp_records.used_by_another(subject, form.open_values)):
            field, whose = used
            form.add_error(field, f"{whose} uses this folder. One of the two would take the other's files.")
        if not form.is_valid():
            return form
        server = sftp_records.save(subject, form.open_values, form.secrets, by=person_of(request), now=now)
        _test(request, subject, server, now)
    return None


def _test(request: HttpRequest, subject: FileSubject, server: SftpServer, now: datetime) -> None:
    try:
        with sftp_place.session_of(server, whole=sftp_check.SECONDS) as session:
            found = sftp_check.look(server, session)
    except (SftpTrouble, PlaceBusy) as why:
        messages.error(request, str(why))
        return
    sftp_records.keep_findings(server, found, now=now)
    messages.info(request, "The server was tested. Here is what was found.")


def _accept(request: HttpRequest, subject: FileSubject, server: SftpServer, now: datetime) -> None:
    wanted = request.POST.get("fingerprint", "")[:100]
    if not sftp_records.accept(server, subject, wanted, by=person_of(request), now=now):
        messages.error(request, "That is not the key it showed last. Press Test, and compare again.")
        return
    server.refresh_from_db()
    _test(request, subject, server, now)


def _use(request: HttpRequest, subject: FileSubject, server: SftpServer, now: datetime) -> None:
    if not server.host_key:
        messages.error(request, "Accept its key first.")
        return
    folder_records.use(subject, PlaceKind.SFTP, by=person_of(request), now=now)
    messages.success(request, "The server is in use. It is looked into every minute.")


BUTTONS = {"test": _test, "accept": _accept, "use": _use}
