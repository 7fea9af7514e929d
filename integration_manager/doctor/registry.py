"""Every check by its name, and one way to make them all.

A check is a function that returns a Finding: what it saw in a sentence and, where something is wrong, what to do. It
registers itself with ``@check``. One that cannot look, because what it asks fails in a way nobody foresaw, is an error.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.row_security import tenant

DATABASE, MIGRATIONS = "database", "migrations"  # what the checks of what is stored wait for


class Level(StrEnum):
    FINE = "fine"
    SKIPPED = "skipped"  # it does not apply here
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """A check as it is registered.

    ``remote``: it speaks to another server, which takes its time. ``after``: a check without which it sees nothing.
    """

    name: str
    run: Callable[[], Finding]
    remote: bool
    after: str
    fix: Callable[[], object] | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a check found."""

    name: str
    finding: Finding
    mended: bool = False

    def as_json(self) -> dict[str, Any]:
        found = {"name": self.name, "level": str(self.finding.level), "said": self.finding.said}
        return {**found, "remedy": self.finding.remedy, "mended": self.mended}


EXAMINATIONS: dict[str, Examination] = {}


def fine(said: str) -> Finding:
    return Finding(Level.FINE, said)


def skipped(said: str) -> Finding:
    return Finding(Level.SKIPPED, said)


def warning(said: str, remedy: str) -> Finding:
    return Finding(Level.WARNING, said, remedy)


def error(said: str, remedy: str) -> Finding:
    return Finding(Level.ERROR, said, remedy)


def check(
    name: str, *, remote: bool = False, after: str = "", fix: Callable[[], object] | None = None
) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
    """Register a check. ``fix`` mends what it finds, and is safe to do at any time."""

    def registered(run: Callable[[], Finding]) -> Callable[[], Finding]:
        if name in EXAMINATIONS:
            raise ValueError(f"two checks are called {name}")
        EXAMINATIONS[name] = Examination(name, run, remote, after, fix)
        return run

    return registered


def examine(names: Iterable[str] = (), *, remote: bool = True, fix: bool = False) -> list[Diagnosis]:
    """Make the checks: those named, or all; without ``remote`` those alone that ask no other server."""
    wanted = list(names) or [each.name for each in EXAMINATIONS.values() if remote or not each.remote]
    found: list[Diagnosis] = []
    sound: dict[str, bool] = {}
    for name in wanted:
        examination = EXAMINATIONS[name]
        if missing := _missing(examination, sound):
            found.append(Diagnosis(name, skipped(f"This waits for the check “{missing}”.")))
            continue
        finding = _looked(examination)
        mended = False
        if fix and examination.fix and finding.level in (Level.WARNING, Level.ERROR):
            examination.fix()
            finding = _looked(examination)
            mended = finding.level is Level.FINE
        found.append(Diagnosis(name, finding, mended))
    return found


def _missing(examination: Examination, sound: dict[str, bool]) -> str:
    """Return the check that has to pass first and does not. ``sound`` remembers which do."""
    first = EXAMINATIONS.get(examination.after)
    if first is None:
        return ""
    if missing := _missing(first, sound):
        return missing
    if first.name not in sound:
        sound[first.name] = _looked(first).level is not Level.ERROR
    return "" if sound[first.name] else first.name


def worst(found: Iterable[Diagnosis]) -> Level:
    levels = {diagnosis.finding.level for diagnosis in found}
    return next((level for level in (Level.ERROR, Level.WARNING) if level in levels), Level.FINE)


def _looked(examination: Examination) -> Finding:
    try:
        with tenant.every_tenant():  # a page asks, and it is about the installation
            return examination.run()
    except Exception as problem:  # noqa: BLE001  whatever it is, the other checks go on
        said = f"This could not be looked at: {type(problem).__name__}."
        return error(said, f"Run manage.py doctor --only {examination.name} --traceback, and mend what it says.")
