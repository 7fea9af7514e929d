from tests.sftp_server import sshd, started_sshd

__all__ = ["sshd", "started_sshd"]
