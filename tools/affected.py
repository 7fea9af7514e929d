"""Which test files a change touches, and how far away each is: by what imports what, renders it or has its address.

Read from the sources alone, nothing is imported. A distance is a number of steps: a test of the changed module is one
step away, a test of what imports that module two. It is a guess for a quick look; ``make test`` runs everything.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping", "simulator", "tests", "tools")
TEMPLATES = "templates"

Users = dict[str, set[str]]  # a file, and the files that use it


def touched(changed: Iterable[str], root: Path = ROOT) -> dict[str, int]:
    """Return test files with their distance: the nearest first, and those first that bear a changed file's name."""
    changed = set(changed)
    users = users_of(root)
    distances: dict[str, int] = {}
    step, reached = 0, changed
    while reached:
        distances |= dict.fromkeys(reached, step)
        reached = {user for each in reached for user in users[each]} - distances.keys()
        step += 1
    tests = [name for name in distances if is_test(name) and (root / name).is_file()]
    alike = {f"test_{Path(name).stem}.py" for name in changed}
    tests.sort(key=lambda name: (distances[name], name.rpartition("/")[2] not in alike, name))
    return {name: distances[name] for name in tests}


def is_test(name: str) -> bool:
    return name.startswith("tests/") and name.rpartition("/")[2].startswith("test_") and name.endswith(".py")


def users_of(root: Path) -> Users:
    modules = {module_of(path, root): path for folder in SOURCES for path in sorted((root / folder).rglob("*.py"))}
    texts = {path.relative_to(root).as_posix(): path.read_text() for path in modules.values()}
    trees = {name: ast.parse(text) for name, text in texts.items()}
    files = {module: path.relative_to(root).as_posix() for module, path in modules.items()}
    users: Users = defaultdict(set)
    for name, tree in trees.items():
        for module in imported(tree):
            if module in files:
                users[files[module]].add(name)
        if name.endswith("/conftest.py"):  # nobody imports it, and all beside and below it stand on it
            users[name] |= {
                test for test in texts if is_test(test) and test.startswith(name.removesuffix("conftest.py"))
            }
    add_templates(users, root, texts)
    add_addresses(users, files, trees, texts)
    return users


def module_of(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield what is imported, absolutely: of ``from a import b`` both ``a`` and ``a.b``, whichever is a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def add_templates(users: Users, root: Path, texts: dict[str, str]) -> None:
    """A template is used by whatever names it: a view, or another template."""
    templates = {path.relative_to(root / TEMPLATES).as_posix(): path for path in (root / TEMPLATES).rglob("*.*")}
    using = texts | {f"{TEMPLATES}/{name}": path.read_text() for name, path in templates.items()}
    for user, text in using.items():
        for named in re.findall(r"[\w/-]+\.(?:html|txt)", text):
            if named in templates:
                users[f"{TEMPLATES}/{named}"].add(user)


def add_addresses(users: Users, files: dict[str, str], trees: dict[str, ast.Module], texts: dict[str, str]) -> None:
    """A view is used by tests that ask for its address by name."""
    asked: Users = defaultdict(set)
    for test, text in texts.items():
        if is_test(test):
            for name in re.findall(r"(?:[\"']\w+:|reverse\([\"'])(\w+)[\"']", text):
                asked[name].add(test)
    for name, tree in trees.items():
        if name.startswith("tests/"):
            continue
        known = {module.rpartition(".")[2]: files[module] for module in imported(tree) if module in files}
        for module, route in routes(tree):
            users[known.get(module, name)] |= asked[route]


def routes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield module and name of each ``path(…, module.view, name=…)``; no module where the view is in the same file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"path", "re_path"}:
            given = [each.value for each in node.keywords if each.arg == "name"]
            names = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            view = node.args[1] if len(node.args) > 1 else None
            module = view.value.id if isinstance(view, ast.Attribute) and isinstance(view.value, ast.Name) else ""
            yield from ((module, name) for name in names)
