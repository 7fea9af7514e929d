"""OpenSSH's server for tests of SFTP: the machine's own, run as our child, by a user without rights, on a free port."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools import children, packages, postgres

PLACES = ("/usr/sbin/sshd", "/usr/local/sbin/sshd")
FOLDERS = ("in", "out", "done", "stock")
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication yes
MaxStartups 100
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True, slots=True)
class SshServer:
    """A server that is running. Whoever has ``private_key`` may log in as ``user``."""

    port: int
    user: str
    private_key: str
    folder: Path  # with in, out, done and stock in it


def find() -> str | None:
    return next((path for path in PLACES if Path(path).exists()), None) or shutil.which("sshd")


def ensure() -> None:
    """Install OpenSSH's server where it is missing and we may; raise packages.MissingError where we may not."""
    if find() is None:
        packages.apt_install("openssh-server")


@contextmanager
def serving() -> Iterator[SshServer]:
    """Run one for the length of a with-block. Raises packages.MissingError where the machine has none."""
    program = find()
    if program is None:
        raise packages.MissingError("OpenSSH's server is not installed: apt-get install openssh-server")
    user, port = postgres.unprivileged_user(), children.free_port()
    with postgres.temporary_folder(user) as folder:
        for key in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True)
        for name in FOLDERS:
            (folder / name).mkdir()
        (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
        if user:
            for path in folder.iterdir():
                shutil.chown(path, user)
        command = [program, "-D", "-e", "-f", str(folder / "config")]
        name = user or subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        answers = partial(children.is_listening, port)
        with children.child(command, folder=folder, answers=answers, stop=signal.SIGTERM, user=user):
            yield SshServer(port, name, (folder / "user_key").read_text(), folder)
