"""Every door: a query that begins with what somebody may see."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tools.mutants.changed_copy import ROOT

PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Door:
    """One ``visible_to(…)`` of the product: by its file and lines, and by a name that stays when lines move."""

    file: str
    first: int
    last: int
    name: str

    def is_at(self, file: str, line: int) -> bool:
        return file == self.file and self.first <= line <= self.last


def doors() -> Iterator[Door]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text, path, times = file.read_text(), file.relative_to(ROOT).as_posix(), Counter[str]()
            if ".visible_to(" not in text:
                continue
            for place, call in _calls(ast.parse(text)):
                receiver = ast.get_source_segment(text, call.func.value) or ""  # type: ignore[attr-defined]
                name = f"{path}:{place} {' '.join(receiver.split())[:60]}"
                times[name] += 1
                again = f" {times[name]}" if times[name] > 1 else ""
                yield Door(path, call.lineno, call.end_lineno or call.lineno, name + again)


def _calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    """Each with the functions and classes it stands in."""
    found = list(_within(tree, ()))
    return sorted(found, key=lambda each: (each[1].lineno, each[1].col_offset))


def _within(node: ast.AST, place: tuple[str, ...]) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr == "visible_to":
            yield ".".join(place), child
        yield from _within(child, (*place, child.name) if isinstance(child, NAMED) else place)
