"""Every door: a query that begins with what somebody may see."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tools.mutants.changed_copy import ROOT

PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")


@dataclass(frozen=True, slots=True)
class Door:
    """One ``visible_to(…)`` of the product, by its file and its lines."""

    file: str
    first: int
    last: int
    receiver: str

    def is_at(self, file: str, line: int) -> bool:
        return file == self.file and self.first <= line <= self.last


def doors() -> Iterator[Door]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text()
            for call in _calls(ast.parse(text)):
                receiver = ast.get_source_segment(text, call.func.value) or ""  # type: ignore[attr-defined]
                name = file.relative_to(ROOT).as_posix()
                yield Door(name, call.lineno, call.end_lineno or call.lineno, " ".join(receiver.split())[:60])


def _calls(tree: ast.Module) -> list[ast.Call]:
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "visible_to"
    ]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))
