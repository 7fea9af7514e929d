"""A cart's or a warehouse's folders on somebody's SFTP server, opened for one round."""

import posixpath
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta

from django.conf import settings

from core.common import slots
from core.common.slots import AllTaken
from core.common.vault import Unopenable
from core.files.file_place import PlaceBusy
from core.files.models import FileFolder, FileKind, SftpServer
from core.files.sftp.sftp_folder import Seen, SftpFolder
from core.files.sftp.sftp_session import WHOLE, SftpLogin, SftpSession
from core.files.sftp.sftp_trouble import SftpTrouble

AT_ONCE = 2  # servers, however many workers: one that is slow or dead takes no more than its share


def login_of(server: SftpServer) -> SftpLogin:
    """Return how to log in there. Raises SftpTrouble."""
    try:
        secrets = server.unseal()
    except Unopenable as why:
        raise SftpTrouble(f"The password of {server.host} can't be decrypted ({why}). Enter it again.") from why
    return SftpLogin(
        server.host,
        server.port,
        server.user,
        password=str(secrets.get("password", "")),
        private_key=str(secrets.get("private_key", "")),
        host_key=server.host_key,
    )


@contextmanager
def session_of(server: SftpServer, *, whole: float = WHOLE) -> Iterator[SftpSession]:
    """Yield a session for a while. Raises SftpTrouble, and PlaceBusy where others are at it."""
    with ExitStack() as held:
        try:
            held.enter_context(slots.slot("sftp", most=AT_ONCE))
        except AllTaken as why:
            raise PlaceBusy("Other servers are being asked just now. Try again in a minute.") from why
        yield held.enter_context(closing(SftpSession(login_of(server), settings.OUTBOUND_NETWORKS, whole=whole)))


class SftpPlace:
    def __init__(self, server: SftpServer, session: SftpSession, folder: FileFolder) -> None:
        self._server, self._session, self._known = server, session, folder.seen
        self.seen: Seen = {}

    def inbox(self, kind: FileKind, merchant_id: int | None = None) -> SftpFolder | None:
        """Files of one merchant lie in a folder of its number."""
        if merchant_id is None:
            return self._folder(self._server.folder_in)
        stock = self._server.folder_stock
        return self._folder(posixpath.join(stock, str(merchant_id)), may_be_absent=True) if stock else None

    def outbox(self, kind: FileKind) -> SftpFolder:
        return self._folder(self._server.folder_out)

    def _folder(self, path: str, *, may_be_absent: bool = False) -> SftpFolder:
        done = self._server.folder_done
        return SftpFolder(self._session, path, done, known=self._known, seen=self.seen, may_be_absent=may_be_absent)


class SftpPlaces:
    every = timedelta(minutes=1)

    def is_there(self) -> bool:
        return True

    def where(self, folder: FileFolder) -> str:
        server: SftpServer | None = SftpServer.objects.of_row(folder).first()
        return f"{server.host} (SFTP)" if server else ""

    @contextmanager
    def opened(self, folder: FileFolder, now: datetime) -> Iterator[SftpPlace]:
        server: SftpServer | None = SftpServer.objects.of_row(folder).first()
        if server is None:
            raise SftpTrouble("There is no SFTP server any more. Enter it again.")
        with session_of(server) as session:
            session.open()  # what is wrong with all of it is said before any folder is looked into
            place = SftpPlace(server, session, folder)
            yield place
            FileFolder.objects.filter(pk=folder.pk).update(seen=place.seen)
