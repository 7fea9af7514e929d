"""What every place of files does, on a real disk and on a real SFTP server."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.common.sheets.sheet_refusal import MOST_BYTES
from core.files.file_place import REFUSED, TAKEN, FolderTrouble
from core.files.local_folder import LocalFolder
from core.files.sftp.sftp_folder import Seen, SftpFolder
from tests import sftp_server
from tools.ssh_server import SshServer


class OnDisk:
    """A folder of this server, and where it puts what was taken."""

    def __init__(self, root: Path) -> None:
        self.path, self.taken = root / "1/cart-2/orders", root / "1/cart-2/orders/taken"
        self._root = root

    def look(self) -> LocalFolder:
        return LocalFolder(str(self._root), "1", "cart-2", "orders")


class OnServer:
    """A folder of an SFTP server. What is seen of it at one look is known at the next, a minute later."""

    def __init__(self, server: SshServer, session: sftp_server.SftpSession) -> None:
        self.path, self.taken = server.folder / "in", server.folder / "done"
        self._session, self._seen = session, Seen()

    def look(self) -> SftpFolder:
        known, self._seen = {path: [*facts[:2], facts[2] - 60] for path, facts in self._seen.items()}, {}
        return SftpFolder(self._session, str(self.path), str(self.taken), known=known, seen=self._seen)


Place = OnDisk | OnServer


@pytest.fixture(params=["disk", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "disk":
        yield OnDisk(tmp_path)
        return
    server = request.getfixturevalue("sshd")
    with sftp_server.session(sftp_server.login(server)) as session:
        yield OnServer(server, session)


def lay(place: Place, name: str, data: bytes = b"a,b\n") -> None:
    place.path.mkdir(parents=True, exist_ok=True)
    (place.path / name).write_bytes(data)
    (place.path / name).chmod(0o644)
    old = time.time() - 60
    os.utime(place.path / name, (old, old))


def test_files_are_picked_up_whole_once_they_are_still_and_moved_beside_others(place: Place, tmp_path: Path) -> None:
    lay(place, "b.csv", b"x" * 300_000)
    lay(place, "large.csv", b"y" * (MOST_BYTES + 100))
    for name in (".hidden.csv", "half.csv.tmp", "half.csv.FilePart"):
        lay(place, name)
    (place.path / "folder.csv").mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_bytes(b"secret")
    (place.path / "link.csv").symlink_to(secret)
    place.look().names()
    lay(place, "young.csv", b"beginning")
    os.utime(place.path / "young.csv")

    folder = place.look()
    assert sorted(folder.names()) == ["b.csv", "large.csv"]
    assert folder.read("b.csv") == b"x" * 300_000
    assert len(folder.read("large.csv")) == MOST_BYTES + 1  # no more than tells that it is too large

    folder.put_away("large.csv", REFUSED)
    for content in (b"x", b"y", b"z"):  # clients send the same name every day
        lay(place, "b.csv", content)
        folder.put_away("b.csv", TAKEN)
    assert [path.rpartition("/")[2] for path in place.look().refused()] == ["large.csv"]
    assert sorted(path.read_bytes() for path in place.taken.glob("*b.csv")) == [b"x", b"y", b"z"]
    assert not (place.path / "b.csv").exists()
    assert secret.read_bytes() == b"secret"


def test_a_file_of_ours_is_put_whole_and_once_and_never_over_another(place: Place) -> None:
    place.path.mkdir(parents=True, exist_ok=True)
    folder = place.look()
    shown: list[str] = []
    one: dict[str, Any] = {"name": "a.csv", "data": b"one" * 50_000, "show": lambda: shown.append("a.csv")}
    assert folder.put(**one)
    assert shown == ["a.csv"]
    assert folder.put(**one, was_shown=True)  # its worker died after it was there

    for other in (b"two", b"two" * 50_000):
        with pytest.raises(FolderTrouble, match="is there already and holds something else"):
            folder.put("a.csv", other, show=bool)
    assert (place.path / "a.csv").read_bytes() == b"one" * 50_000
    assert [path.name for path in place.path.iterdir() if path.is_file()] == ["a.csv"]
    half, there = place.path / ".a.csv.tmp", place.path / "a.csv"
    there.rename(half)  # the answer was lost, and it had not been shown
    assert folder.put(**one, was_shown=True)
    assert there.read_bytes() == b"one" * 50_000
    there.unlink()  # it was shown, the answer was lost, and the client took it
    assert not folder.put(**one, was_shown=True)
    assert not there.exists()
    with pytest.raises(FolderTrouble, match="can't be read"):
        folder.read("gone.csv")
    with pytest.raises(FolderTrouble, match="can't be moved"):
        folder.put_away("gone.csv", TAKEN)
