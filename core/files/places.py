"""The kinds of places that files are taken from and put to."""

from collections.abc import Mapping

from core.files.file_place import PlaceAdapter
from core.files.local_folder import LocalPlaces
from core.files.models import FileFolder, PlaceKind
from core.files.sftp.sftp_place import SftpPlaces

PLACES: Mapping[str, PlaceAdapter] = {PlaceKind.LOCAL: LocalPlaces(), PlaceKind.SFTP: SftpPlaces()}


def there() -> list[str]:
    """Return the kinds that this installation has."""
    return [kind for kind, place in PLACES.items() if place.is_there()]


def of(folder: FileFolder) -> PlaceAdapter:
    return PLACES[folder.place]
