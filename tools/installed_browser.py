"""The Chromium that browser tests drive: the machine's own, never a download."""

import shutil

from tools import packages

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure() -> None:
    """Install Chromium where it is missing and we may; raise packages.MissingError where we may not."""
    if find() is None:
        packages.apt_install("chromium")
