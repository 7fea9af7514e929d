"""What may go wrong with an SFTP server: each is said by name, and nothing secret to one that nobody accepted."""

import socket
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import paramiko
import pytest

from core.files.file_place import FolderTrouble
from core.files.models import SftpServer
from core.files.sftp import bounded_line, private_keys, sftp_check
from core.files.sftp.private_keys import NotAKey
from core.files.sftp.sftp_folder import Seen, SftpFolder
from core.files.sftp.sftp_session import SftpSession
from core.files.sftp.sftp_trouble import LineLost, NoWayIn, SftpTrouble
from tests import sftp_server
from tests.core.common.test_allowed_addresses import INSIDE
from tests.sftp_server import HERE, SftpLogin
from tools import children
from tools.ssh_server import SshServer

OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJvkfQzjyTPU6zCZ1vNbgSSVYkeRLXRUIJ1CLbvDJ6mA"


def folder_of(session: SftpSession, path: str) -> SftpFolder:
    return SftpFolder(session, path, f"{path}/done", known={}, seen=Seen())


def why(
    wanted: SftpLogin, do: Callable[[SftpSession], object] = SftpSession.open, *, whole: float = 30.0
) -> FolderTrouble:
    """Return what is said where something can't be done."""
    with sftp_server.session(wanted, whole=whole) as session, pytest.raises(FolderTrouble) as raised:
        do(session)
    return raised.value


# -- Whom we speak to --------------------------------------------------------------------------------------------------
def test_no_address_inside_is_connected_to_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    for host in (*INSIDE, "localhost", "a.localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "user@a.example"):
        with pytest.raises(SftpTrouble, match=r"is not spoken to|no server called"):
            bounded_line.connect(host, 22, [])


def test_a_name_that_turns_inside_is_looked_up_once_and_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found, to = [["8.8.8.8"], ["8.8.8.8", "10.0.0.7"]], []

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in found.pop(0)]

    def connect(address: tuple[str, int], *_: object) -> None:
        to.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(LineLost, match="refuses connections"):
        bounded_line.connect("sftp.example", 22, [])
    with pytest.raises(SftpTrouble, match="private network"):  # one of ours among others refuses the name
        bounded_line.connect("sftp.example", 22, [])
    assert to == [("8.8.8.8", 22)]


def test_however_many_addresses_it_has_a_server_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moment, tried = [100.0], list[float]()

    def connect(_: object, patience: float) -> None:
        tried.append(patience)
        moment[0] += patience
        raise TimeoutError

    monkeypatch.setattr(bounded_line.host_addresses, "look_up", lambda *_, **__: ["8.8.8.8", "8.8.4.4", "9.9.9.9"])
    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(bounded_line, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    with pytest.raises(LineLost, match="does not answer"):
        bounded_line.connect("sftp.example", 22, [], most=sftp_check.SECONDS)
    assert tried == [bounded_line.CONNECTING, sftp_check.SECONDS - bounded_line.CONNECTING]


def test_nothing_secret_is_said_to_a_server_with_another_key(sshd: SshServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SftpSession, "log_in", lambda _: pytest.fail("logged in"))

    assert "Nobody accepted the key" in str(why(sftp_server.login(sshd, host_key="")))
    changed = why(sftp_server.login(sshd, host_key=OTHER_KEY))
    assert isinstance(changed, NoWayIn)
    assert "changed: it was SHA256:" in str(changed)
    rsa = paramiko.RSAKey.generate(2048)
    other_kind = why(sftp_server.login(sshd, host_key=f"{rsa.get_name()} {rsa.get_base64()}"))
    assert "is one of another kind" in str(other_kind)


# -- What it answers ---------------------------------------------------------------------------------------------------
def test_each_way_it_fails_is_said_by_name(sshd: SshServer) -> None:
    closed = sshd.folder / "out"
    said = {
        "refuses connections": why(sftp_server.login(sshd, port=children.free_port())),
        "Check the user and the password": why(sftp_server.login(sshd, private_key="", password="wrong")),
        "nowhere is not there": why(sftp_server.login(sshd), lambda it: folder_of(it, "/nowhere").names()),
    }
    closed.chmod(0o555)
    try:
        folder = str(closed)
        said["the server forbids it"] = why(
            sftp_server.login(sshd), lambda it: folder_of(it, folder).put("a", b"a", show=bool)
        )
    finally:
        closed.chmod(0o755)

    assert {words: words in str(trouble) for words, trouble in said.items()} == dict.fromkeys(said, True)
    assert [type(trouble) for trouble in said.values()][:2] == [LineLost, NoWayIn]


def test_a_line_that_breaks_in_the_middle_of_a_file_leaves_nothing_half(sshd: SshServer) -> None:
    path = sshd.folder / "in" / "a.csv"
    path.write_bytes(b"x" * 400_000)
    path.chmod(0o644)
    with sftp_server.breaking(sshd.port, after=200_000) as port:
        read = why(sftp_server.login(sshd, port=port), lambda it: folder_of(it, str(path.parent)).read("a.csv"))
    assert isinstance(read, LineLost)
    assert path.exists()

    out = sshd.folder / "out"

    def put_many(it: SftpSession) -> None:
        for number in range(99):
            folder_of(it, str(out)).put(f"{number}.csv", b"y" * 90_000, show=bool)

    with sftp_server.breaking(sshd.port, after=5_000) as port, sftp_server.session(sftp_server.login(sshd)) as whole:
        put = why(sftp_server.login(sshd, port=port), put_many)
        assert isinstance(put, LineLost)
        there = [each for each in out.iterdir() if not each.name.startswith(".")]
        assert all(each.read_bytes() == b"y" * 90_000 for each in there)
        for number in range(len(there) + 1):
            folder_of(whole, str(out)).put(f"{number}.csv", b"y" * 90_000, show=bool)  # what was half is written anew
    assert list(out.glob(".*")) == []


def test_a_line_that_was_lost_between_two_files_is_made_anew(sshd: SshServer) -> None:
    with sftp_server.session(sftp_server.login(sshd)) as session:
        folder = folder_of(session, str(sshd.folder / "in"))
        folder.names()
        with session.asking() as client:
            client.get_channel().get_transport().close()
        assert folder.names() == []


def test_a_server_that_says_nothing_is_left_in_time() -> None:
    with socket.create_server((HERE, 0)) as silent:
        slow = why(SftpLogin(HERE, silent.getsockname()[1], "ida", "x", host_key=OTHER_KEY), whole=0.3)

    assert isinstance(slow, LineLost)


def test_names_that_lead_elsewhere_are_left_alone_and_named(sshd: SshServer, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["../../etc/passwd", "a/b.csv", "a\\b.csv", "a\nb.csv", "n" * 300, "..", "good.csv"]
    entries = []
    for name in names:
        entry = paramiko.SFTPAttributes()
        entry.filename, entry.st_mode, entry.st_size, entry.st_mtime = name, 0o100644, 4, 1
        entries.append(entry)
    monkeypatch.setattr("core.files.sftp.sftp_folder.listed", lambda *_: entries)
    with sftp_server.session(sftp_server.login(sshd)) as session:
        folder = SftpFolder(session, "/in", "/done", known={"/in/good.csv": [4, 1, 1]}, seen=Seen())

        assert folder.names() == ["good.csv"]
        assert [path for path in folder.refused() if "\\\\nb" in path or "passwd" in path]
        monkeypatch.setattr("core.files.sftp.sftp_folder.LISTED", 5)
        assert folder.names() == []  # the good one is the seventh
        with pytest.raises(SftpTrouble, match="holds more than 5 files and folders"):
            folder.refused()


# -- The test ----------------------------------------------------------------------------------------------------------
def test_the_test_names_every_step_and_stops_before_an_unknown_key(sshd: SshServer) -> None:
    wanted = sftp_server.login(sshd)
    server = SftpServer(
        host=HERE,
        host_key=wanted.host_key,
        **{f"folder_{name}": str(sshd.folder / name) for name in ("in", "out", "done", "stock")},
    )
    with sftp_server.session(wanted) as session:
        found = sftp_check.look(server, session)
    assert [problem for _, problem in found.steps if problem] == []
    assert len(found.steps) == 9
    assert [path for name in ("in", "out", "done") for path in (sshd.folder / name).iterdir()] == []

    server.host_key = ""
    with sftp_server.session(sftp_server.login(sshd, host_key="")) as session:
        found = sftp_check.look(server, session)
    assert found.offered_key == wanted.host_key
    assert [name for name, _ in found.steps] == ["Connection", "Its key"]


class PasswordServer(paramiko.ServerInterface):
    """Takes one password, and has no SFTP."""

    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == ("ida", "pass word")
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


def test_a_password_lets_in_and_a_server_without_sftp_says_so() -> None:
    key = paramiko.ECDSAKey.generate()
    with socket.create_server((HERE, 0)) as listening:

        def serve() -> None:
            transport = paramiko.Transport(listening.accept()[0])
            transport.add_server_key(key)
            transport.start_server(server=PasswordServer())

        threading.Thread(target=serve, daemon=True).start()
        kept = f"{key.get_name()} {key.get_base64()}"
        wanted = SftpLogin(HERE, listening.getsockname()[1], "ida", "pass word", host_key=kept)

        assert "lets ida in, but not by SFTP" in str(why(wanted))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PuTTY-User-Key-File-3: ssh-ed25519", "PuTTYgen"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "no private key"),
        ("-----BEGIN RSA PRIVATE KEY-----\n\x00\n-----END RSA PRIVATE KEY-----", "no private key"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJvk", "no private key"),
        ("x" * 16_000, "no private key"),
    ],
)
def test_what_is_no_key_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(NotAKey, match=said):
        private_keys.read(text)
