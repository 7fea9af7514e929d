"""The Chromium that browser tests drive: the machine's own, never a download.

Where there is a choice it is the headless shell: the same engine without the windows, tabs and side panels around it,
which cost as much as the pages.
"""

import shutil
from contextlib import suppress

from tools import packages

SHELL, WHOLE = "chromium-headless-shell", "chromium"  # Debian's packages; each has its program's name
NAMES = (SHELL, WHOLE, "chromium-browser", "google-chrome")
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
    if shutil.which(SHELL) is None and packages.may_install() and packages.is_offered(SHELL):
        with suppress(packages.MissingError):  # any other will do
            packages.apt_install(SHELL)
    if find() is None:
        packages.apt_install(WHOLE)
