"""Folders on a server, against a real SSH server."""

import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.common.allowed_addresses import AddressRefused
from core.common.folders.disk_folder import DiskFolder
from core.common.folders.folder import Folder, FolderFile, whole_files
from core.common.folders.sftp_folder import SftpFolder, SftpServer, UnknownServer, read_key
from core.common.remote import Disconnected, Rejected, Unavailable
from tests.core.common.folders.sftp_server import PlayedServer, played

pytestmark = pytest.mark.one_database
OWN = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedServer]:
    with played(tmp_path_factory.mktemp("sftp")) as running:
        yield running


@pytest.fixture(params=["sftp", "disk"])
def folder(request: pytest.FixtureRequest, server: PlayedServer, tmp_path: Path) -> Iterator[tuple[Folder, Path]]:
    """A folder of each kind, and where its files lie."""
    if request.param == "disk":
        with DiskFolder(tmp_path) as opened:
            yield opened, tmp_path
        return
    for each in sorted(server.root.rglob("*"), reverse=True):
        each.unlink() if each.is_file() else each.rmdir()
    with SftpFolder(server.as_known(), OWN) as opened:
        yield opened, server.root


def test_a_file_is_found_read_and_put_away(folder: tuple[Folder, Path]) -> None:
    there, place = folder
    (place / "in").mkdir()
    (place / "in" / "orders 1.csv").write_bytes(b"a,b\n1,2\n")

    found = there.files("in")
    read = there.read("in", found[0])
    there.put_away("in", "orders 1.csv", "in/archive", as_name="orders 1.csv")
    there.put_away("in", "orders 1.csv", "in/archive", as_name="orders 1.csv")  # said twice

    assert ([file.name for file in found], read) == (["orders 1.csv"], b"a,b\n1,2\n")
    assert there.files("in") == []
    assert (place / "in" / "archive" / "orders 1.csv").read_bytes() == b"a,b\n1,2\n"


def test_a_file_appears_whole_and_in_place_of_an_older_one(folder: tuple[Folder, Path]) -> None:
    there, place = folder

    there.write("out/tracking", "a.csv", b"old")
    there.write("out/tracking", "a.csv", b"new" * 100_000)

    assert [each.name for each in (place / "out" / "tracking").iterdir()] == ["a.csv"]
    assert (place / "out" / "tracking" / "a.csv").read_bytes() == b"new" * 100_000


def test_what_somebody_is_still_writing_is_left_alone(folder: tuple[Folder, Path]) -> None:
    there, place = folder
    for name in ("a.csv.part", ".hidden.csv", "b.csv.filepart", "c.tmp", "done.csv"):
        (place / name).write_bytes(b"x")
    (place / "folder.csv").mkdir()

    found = there.files("")

    assert [file.name for file in found] == ["done.csv"]
    assert whole_files(found, {}) == []
    assert whole_files(found, {"done.csv": found[0].look}) == found
    (place / "done.csv").write_bytes(b"xy")
    assert whole_files(there.files(""), {"done.csv": found[0].look}) == []
    with pytest.raises(Unavailable, match="changed"):
        there.read("", found[0])


def test_a_file_beyond_all_measure_is_refused_by_name(folder: tuple[Folder, Path]) -> None:
    there, place = folder
    with (place / "huge.csv").open("wb") as held:
        held.truncate(5_000_001)

    with pytest.raises(Rejected, match="huge.csv is larger than 5 MB"):
        there.read("", there.files("")[0])


@pytest.mark.parametrize("path", ["../other", "in/../../x", "a\x00b"])
def test_no_path_leads_out(folder: tuple[Folder, Path], path: str) -> None:
    with pytest.raises(Rejected, match="no folder"):
        folder[0].files(path)


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.csv").write_text("x")
    (tmp_path / "root").mkdir()
    os.symlink(tmp_path / "secret", tmp_path / "root" / "in")
    os.symlink(tmp_path / "secret" / "a.csv", tmp_path / "root" / "b.csv")

    with DiskFolder(tmp_path / "root") as there:
        assert there.files("") == []
        with pytest.raises(Rejected, match="leads out"):
            there.files("in")


# -- Who is let in, and by whom ----------------------------------------------------------------------------------------
def opened(server: SftpServer, networks: list[ipaddress.IPv4Network] = OWN) -> list[FolderFile]:
    with SftpFolder(server, networks) as there:
        return there.files("")


def test_a_key_opens_as_well_as_a_password(server: PlayedServer) -> None:
    opened(server.as_known(password="", private_key=server.client_key))


def test_a_server_nobody_accepted_shows_its_key_and_gets_no_password(server: PlayedServer) -> None:
    with pytest.raises(UnknownServer) as unknown:
        opened(server.as_known(host_key=""))

    assert unknown.value.host_key == server.host_key


@pytest.mark.parametrize(
    ("said", "why"),
    [({"host_key": "ssh-ed25519 SHA256:another"}, "another key than before"), ({"password": "wrong"}, "user name")],
)
def test_another_server_or_a_wrong_password_ends_it(server: PlayedServer, said: dict[str, str], why: str) -> None:
    with pytest.raises(Disconnected, match=why):
        opened(server.as_known(**said))


def test_a_private_address_is_spoken_to_only_where_the_operator_allows_it(server: PlayedServer) -> None:
    with pytest.raises(AddressRefused, match="OUTBOUND_NETWORKS"):
        opened(server.as_known(), [])


def test_a_server_that_is_not_there_is_asked_again_later() -> None:
    with pytest.raises(Unavailable, match="doesn't answer"):
        opened(SftpServer("127.0.0.1", "x", port=1))
    with pytest.raises(Unavailable, match="can't be found"):
        opened(SftpServer("no-such-server.invalid", "x"))


def test_what_is_no_key_is_refused_as_it_is_pasted() -> None:
    with pytest.raises(Rejected, match="not a private key"):
        read_key("-----BEGIN NOTHING-----")
