"""Programs of the machine: found, or installed by apt-get where we are root."""

import os
import shutil
import subprocess

APT_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive"}


class MissingError(Exception):
    """The machine lacks a program and we cannot install it. The message says what a person can do."""


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def is_offered(package: str) -> bool:
    """Whether the distribution has such a Debian package. A machine that never asked for lists asks for them now."""
    ask = ["apt-cache", "show", "--quiet", package]
    if subprocess.run(ask, capture_output=True, check=False).returncode == 0:
        return True
    subprocess.run(["apt-get", "-qq", "update"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0


def apt_install(package: str) -> None:
    """Install a Debian package; say why not where that is impossible."""
    if not may_install():
        raise MissingError(f"{package} is not installed and only root can install it: apt-get install {package}")
    print(f"Installing {package} by apt-get…", flush=True)
    for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
        done = subprocess.run(
            ["apt-get", "-qq", *command], env=os.environ | APT_ENVIRONMENT, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise MissingError(f"apt-get {command[0]} failed; {package} is still missing.")
