"""One and many are told apart by ngettext, in Python and in templates: other languages have more than two forms."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.template import Context, Template

from core.common import clock

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
# {'' if n == 1 else 's'}, "1 order" if n == 1 else f"…"
BY_HAND = re.compile(r"""['"]\w*['"] if [^'"\n]* [!=]= 1 else|\b1 [a-z ]+" if """)


def files(pattern: str, *folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob(pattern))]
    return [path for path in found if not {"migrations", "simulator"} & set(path.parts)]


def test_no_plural_is_built_by_hand() -> None:
    looked_at = [*files("*.py", *PACKAGES), *files("*.html", "templates"), *files("*.txt", "templates")]
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in looked_at
        for line in path.read_text().splitlines()
        if BY_HAND.search(line) or "|pluralize" in line or (path.suffix != ".py" and "(s)" in line)
    ]

    assert len(looked_at) > 300
    assert found == []


@pytest.mark.parametrize("line", ["f\"{n} order{'' if n == 1 else 's'}\"", '"1 try" if n == 1 else f"{n} tries"'])
def test_what_is_built_by_hand_is_seen(line: str) -> None:
    assert BY_HAND.search(line)


@pytest.mark.parametrize(("days", "words"), [(0, "0 days left"), (1, "1 day left"), (2, "2 days left")])
def test_days_are_counted_in_words(days: int, words: str) -> None:
    # A moment less than so many days, so that the day begun makes it whole.
    until = clock.now() + timedelta(days=days, seconds=-5)

    assert words in Template("{% days_left until %}").render(Context({"until": until}))
