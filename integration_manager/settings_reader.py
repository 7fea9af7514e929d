"""Reading settings from the environment: blanks count as not given, lists come without spaces, faults become sentences.

A value that cannot be read does not end the process in the middle of the settings. The default stands in for it, what
is wrong is noted, and the system checks (setting_checks.py) refuse to start with all of it said at once.
"""

import ipaddress
import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import environ

YES = {"1", "true", "yes", "on", "y", "t", "ok"}
NO = {"0", "false", "no", "off", "n", "f"}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ANY_NETWORK = ("0.0.0.0/0", "::/0")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsReader(environ.Env):
    """``problems`` holds what could not be read, by the name of the setting."""

    def __init__(self, file: Path | None = None, given: Mapping[str, str] | None = None) -> None:
        super().__init__()
        if file is not None and file.is_file():
            environ.Env.read_env(file)  # what the process was given goes before what stands in the file
        given = os.environ if given is None else given
        self.ENVIRON = {name: value.strip() for name, value in given.items() if value.strip()}
        self.problems: dict[str, str] = {}

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **_: Any) -> Any:
        """Return what is given, read as ``cast``; the default when nothing or nothing readable is given."""
        if var not in self.ENVIRON:
            return default
        reading: Callable[[str], Any] = READINGS.get(_name_of(cast), cast or str)
        return self.read(var, reading, default)

    def read(self, name: str, reading: Callable[[str], Any], default: Any) -> Any:
        """Return what is given, read by a function that raises ValueError with a sentence."""
        if name not in self.ENVIRON:
            return default
        try:
            return reading(self.ENVIRON[name])
        except ValueError as error:
            self.problems[name] = f"{name} {error}"
            return default

    def number(self, name: str, *, default: float, least: float, most: float) -> Any:
        """Return a number within limits; a whole one where the default is whole."""
        whole = isinstance(default, int)

        def reading(given: str) -> float:
            found = _whole(given) if whole else _fraction(given)
            if not least <= found <= most:
                raise ValueError(f"is {given}, and has to be between {least} and {most}.")
            return found

        return self.read(name, reading, default)

    def past_day(self, name: str) -> date | None:
        """Return a day that is over, or nothing where none is given."""
        found: date | None = self.read(name, _past_day, None)
        return found

    def level(self, name: str, *, default: str) -> str:
        """Return the name of a level of the logs, however it is written."""
        return str(self.read(name, _level, default))

    def networks(self, name: str, *, default: list[str]) -> list[Network]:
        """Return addresses and networks; ``*`` stands for all there are."""
        fallback = [ipaddress.ip_network(each) for each in default]
        found: list[Network] = self.read(name, _networks, fallback)
        return found


def _name_of(cast: Any) -> str:
    return getattr(cast, "__name__", "list" if cast == [str] else "")


def _truth(given: str) -> bool:
    if given.lower() in YES | NO:
        return given.lower() in YES
    raise ValueError(f"is “{given}”. Write true or false.")


def _whole(given: str) -> int:
    try:
        return int(given)
    except ValueError:
        raise ValueError(f"is “{given}”. Write a whole number.") from None


def _fraction(given: str) -> float:
    try:
        found = float(given)
    except ValueError:
        found = float("nan")
    if found != found or found in (float("inf"), float("-inf")):
        raise ValueError(f"is “{given}”. Write a number, like 5 or 2.5.")
    return found


def items(given: str) -> list[str]:
    """Return what stands between the commas, without the spaces around it; nothing for two commas in a row."""
    return [each.strip() for each in given.split(",") if each.strip()]


def _past_day(given: str) -> date:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = date.max
    if found > datetime.now(UTC).date() + timedelta(days=1):  # somewhere it is tomorrow already
        raise ValueError(f"is “{given}”. Write the day the secret was made, like 2026-11-20.")
    return found


def _level(given: str) -> str:
    if given.upper() not in LEVELS:
        raise ValueError(f"is “{given}”. Write one of {', '.join(LEVELS)}.")
    return given.upper()


def _networks(given: str) -> list[Network]:
    found: list[Network] = []
    for each in items(given):
        try:
            found += [ipaddress.ip_network(part, strict=False) for part in (ANY_NETWORK if each == "*" else (each,))]
        except ValueError:
            raise ValueError(
                f"names “{each}”, which is neither an address nor a network. Write them like 10.0.0.5 or 172.16.0.0/12."
            ) from None
    return found


READINGS: dict[str, Callable[[str], Any]] = {"bool": _truth, "int": _whole, "float": _fraction, "list": items}
