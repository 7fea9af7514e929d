"""The app of files that come in and go out. When Django starts it declares what may happen to their places."""

from django.apps import AppConfig

from core.activity import kinds
from core.files import events


class FilesConfig(AppConfig):
    name = "core.files"
    label = "files"

    def ready(self) -> None:
        kinds.register(events.KINDS)
