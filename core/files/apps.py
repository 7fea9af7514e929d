"""The app of files that come in and go out."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "core.files"
    label = "files"
