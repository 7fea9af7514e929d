"""The time zones that people choose from."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from zoneinfo import available_timezones


def zones() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the time zones as choices, by continent. UTC first."""
    yield "UTC", [("UTC", "UTC")]
    for region, names in groupby(_names(), key=lambda name: name.partition("/")[0]):
        yield region, [(name, name.partition("/")[2].replace("_", " ")) for name in names]


@lru_cache(maxsize=1)
def _names() -> list[str]:
    """The zones of places. Etc and the like are for machines."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
