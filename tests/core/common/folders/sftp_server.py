"""A real SSH server with SFTP, in a thread of the test's own process."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from core.common.folders.sftp_folder import SftpServer

USER, PASSWORD = "warehouse", "correct horse"


@dataclass
class PlayedServer:
    root: Path  # what its user sees as /
    port: int = 0
    host_key: str = ""
    client_key: str = field(default="", repr=False)  # lets its user in without a password

    def as_known(self, **said: str) -> SftpServer:
        fields = {"host": "127.0.0.1", "user": USER, "password": PASSWORD, "host_key": self.host_key, **said}
        return SftpServer(port=self.port, **fields)


class _Doors(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@contextmanager
def played(root: Path) -> Iterator[PlayedServer]:
    """Run a server on a free port of this machine. Its user sees ``root`` and nothing above."""
    ours, theirs = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    server = PlayedServer(root, client_key=theirs.export_private_key().decode())
    server.host_key = f"ssh-ed25519 {ours.get_fingerprint()}"
    known = asyncssh.import_authorized_keys(theirs.export_public_key().decode())
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        listening = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_Doors,
            server_host_keys=[ours],
            authorized_client_keys=known,
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root)),
        )
        server.port = listening.get_port()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
