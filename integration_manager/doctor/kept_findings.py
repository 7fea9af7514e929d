"""What the checks of other servers found, kept for a page: a worker makes them, so no page waits for a server."""

from collections.abc import Iterable
from datetime import datetime

from core.upkeep.models import KeptFinding
from integration_manager.doctor import reachability, registry
from integration_manager.doctor.registry import EXAMINATIONS, Finding

GROUPS = (reachability,)  # brings its checks along


def look_outside(*, now: datetime) -> int:
    """Make every check that asks another server, and keep what it found. Returns how many were made."""
    remote = [name for name, each in EXAMINATIONS.items() if each.remote]
    found = registry.examine(remote)
    rows = [KeptFinding(name=each.name, at=now, **_words(each.finding)) for each in found]
    KeptFinding.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=["level", "said", "remedy", "at"]
    )
    return len(rows)


def _words(finding: Finding) -> dict[str, str]:
    return {"level": finding.level, "said": finding.said, "remedy": finding.remedy}


def kept(names: Iterable[str]) -> dict[str, KeptFinding]:
    """Return what was last found, by the name of the check."""
    return {row.name: row for row in KeptFinding.objects.filter(name__in=names)}
