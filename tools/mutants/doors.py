"""Every door: a query that begins with what somebody may see, without that beginning."""

import ast
from collections.abc import Iterator

from tools.mutants.changed_copy import ROOT, Mutant

PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
TENANCY = ("tests/test_tenancy.py", "tests/test_api_tenancy.py")


def doors() -> Iterator[Mutant]:
    """Return a mutant for each ``visible_to(…)`` in the product: all rows, instead of those one may see."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text()
            seen: dict[str, int] = {}
            for call in _calls(ast.parse(text)):
                segment = ast.get_source_segment(text, call) or ""
                receiver = ast.get_source_segment(text, call.func.value) or ""  # type: ignore[attr-defined]
                old = segment[len(receiver) :]
                name = file.relative_to(ROOT).as_posix()
                yield Mutant(f"{name}:{call.lineno} {receiver}", name, old, ".all()", TENANCY, at=seen.get(old, 0))
                seen[old] = seen.get(old, 0) + 1


def _calls(tree: ast.Module) -> list[ast.Call]:
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "visible_to"
    ]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))
