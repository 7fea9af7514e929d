"""Which tests are likely to come by a door: those of its folder, of its module, and of the pages that use it."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from tools.mutants.changed_copy import ROOT
from tools.mutants.doors import PACKAGES, Door

MOST = 10  # files
TOO_DEAR = ("tests/browser/", "tests/journeys/", "tests/running/", "tests/simulator/", "tests/tools/")
ROUTE = re.compile(r"""path\(\s*(?:r?"[^"]*"),\s*([\w.]+)(?:\.as_view\(\))?,[^)]*?name="(\w+)\"""", re.S)
NAMESPACE = re.compile(r'^app_name = "(\w+)"', re.M)


def tests_for(door: Door) -> list[str]:
    """The likeliest first."""
    module = door.file.removesuffix(".py").replace("/", ".")
    folder = "tests/" + str(Path(door.file).parent).removeprefix("integration_manager/") + "/"
    users = [each for each, text in _product().items() if _names(text, module)]
    routes = _routes({module}), _routes(set(users))
    points: Counter[str] = Counter()
    for test, text in _tests().items():
        points[test] += 3 * _names(text, module)
        points[test] += 2 * test.startswith(folder) + 2 * (Path(test).stem == f"test_{Path(door.file).stem}")
        points[test] += 2 * (Path(test).stem == f"test_{Path(door.file).parent.name}")
        points[test] += 2 * any(f'"{route}"' in text for route in routes[0])
        points[test] += any(f'"{route}"' in text for route in routes[1])
        points[test] += any(_names(text, user) for user in users)
    return [test for test, many in points.most_common(MOST) if many]


def _names(text: str, module: str) -> bool:
    parent, _, name = module.rpartition(".")
    return module in text or re.search(rf"from {re.escape(parent)} import [^\n]*\b{name}\b", text) is not None


def _routes(modules: set[str]) -> set[str]:
    """What the addresses are called whose views stand in these modules."""
    found = set()
    for of_urls, text in _product().items():
        space = NAMESPACE.search(text)
        if not of_urls.endswith("urls") or space is None:
            continue
        for view, name in ROUTE.findall(text):
            owner = _imported(text, view.split(".")[0])
            if owner in modules or f"{owner}.{view.split('.')[0]}" in modules:
                found.add(f"{space[1]}:{name}")
    return found


def _imported(text: str, name: str) -> str:
    """From where a name of this text comes."""
    given = re.search(rf"^from ([\w.]+) import (?:[^\n(]*|\([^)]*)\b{name}\b", text, re.M)
    return given[1] if given else ""


@cache
def _product() -> dict[str, str]:
    return {
        file.relative_to(ROOT).as_posix().removesuffix(".py").replace("/", "."): file.read_text()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
    }


@cache
def _tests() -> dict[str, str]:
    every = {file.relative_to(ROOT).as_posix(): file.read_text() for file in (ROOT / "tests").rglob("test_*.py")}
    return {name: text for name, text in every.items() if not name.startswith(TOO_DEAR)}
