"""What may be wrong with somebody's SFTP server: said by name, with what to do."""

from datetime import timedelta

from core.files.file_place import FolderTrouble


class SftpTrouble(FolderTrouble):
    """A person must do something."""


class LineLost(SftpTrouble):
    """It does not answer, or not any more. That may be over by itself."""

    is_passing = True


class NoWayIn(SftpTrouble):
    """It is not the server that was accepted, or refuses us. Asking again and again locks accounts."""

    rest = timedelta(hours=1)
