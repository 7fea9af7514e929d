"""The rules of the house that no type and no reviewer keeps as well as a test does."""

import ast
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
OUR_APPS = {
    "accounts",
    "activity",
    "alerts",
    "api",
    "carts",
    "files",
    "inventory",
    "orders",
    "people",
    "shipping",
    "upkeep",
    "webhooks",
}
PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping", "simulator")
ADAPTERS = ("carts/marketplaces/", "shipping/warehouses/")
LOCKS = ("requirements.lock", "requirements-dev.lock")
LONGEST_FILE = 400
ERRANDS = "core/common/errands.py"  # the one writer of an errand's columns
ISLAND = "simulator/amazon/"  # it knows no errands, and has words of its own
ERRAND_COLUMNS = {"claim", "claimed_until", "claims", "attempts", "failing_since"}  # of nothing but errands
WRITING = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "keep", "settle"}
VENDORED = ROOT / "static" / "vendor"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TRANSITIONS = "orders/statuses.py"  # the only module that writes where an order is
MADE_UP = ("tools/bench/", "simulator/amazon/")  # orders that are nobody's
MOVED = ("status", "held_for")
STORING = ("update", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "save")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def place(listed: str) -> Path:
    """The list names files of its own folder by their name, and others from the root."""
    return beside if (beside := VENDORED / listed).is_file() else ROOT / listed


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[\w.-]+==[^ ;\\]+", (ROOT / lock).read_text(), flags=re.MULTILINE))


def test_imports_go_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources(*PACKAGES, "tests", "tools")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, FUNCTIONS)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert found == []


def test_only_an_adapter_knows_which_kind_it_is() -> None:
    """Everything else asks the class what it can do; otherwise a second marketplace means a search through the code."""
    adapters = {path.name for folder in ADAPTERS for path in (ROOT / folder).iterdir() if path.is_dir()} - {
        "__pycache__"
    }
    named = "[\"'](?:" + "|".join(sorted(adapters)) + ")[\"']"
    asks = re.compile(rf"kind\b\s*(?:==|!=|(?:not\s+)?in\b)\s*[\[({{]?\s*{named}|{named}\s*(?:==|!=)")
    found = [
        f"{name(path)}:{number}"
        for path in sources(*PACKAGES)
        if not name(path).startswith(ADAPTERS)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if asks.search(line)
    ]

    assert found == []


def test_only_workers_come_in_by_tasks() -> None:
    """Whoever wants something done soon rings by name: ``Bell``."""
    asks = re.compile(r"^\s*(?:from [\w.]+ import .*\btasks\b|(?:from|import) [\w.]+\.tasks\b)")
    found = [
        f"{name(path)}:{number}"
        for path in sources(*PACKAGES)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if asks.search(line)
    ]

    assert found == []


def test_no_file_is_too_long_to_read_in_one_go() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in sources(*PACKAGES, "tests", "tools")}

    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def written_by_hand(tree: ast.AST) -> Iterator[int]:
    """Lines that name an errand's state for a column, or write one of the columns its verbs keep."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(keywords=keywords):
                pairs = [(each.arg, each.value) for each in keywords]
                writing = isinstance(node.func, ast.Attribute) and node.func.attr in WRITING
            case ast.Dict(keys=keys, values=values):
                names = [str(key.value) if isinstance(key, ast.Constant) else None for key in keys]
                pairs, writing = list(zip(names, values, strict=True)), True
            case ast.Assign(targets=targets, value=value):
                flat = [each for target in targets for each in getattr(target, "elts", [target])]
                pairs, writing = [(getattr(target, "attr", None), value) for target in flat], True
            case ast.AugAssign(target=target, value=value):
                pairs, writing = [(getattr(target, "attr", None), value)], True
            case _:
                continue
        if any(writing and column in ERRAND_COLUMNS or column == "state" and names_a_state(to) for column, to in pairs):
            yield getattr(node, "lineno", 0)


def names_a_state(value: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "ErrandState" for node in ast.walk(value))


def test_only_its_own_module_writes_the_state_of_an_errand() -> None:
    """Elsewhere a verb says what becomes of it, so that nothing of what it leaves behind is forgotten."""
    found = [
        f"{name(path)}:{line}"
        for path in sources(*PACKAGES)
        if name(path) != ERRANDS and not name(path).startswith(ISLAND)
        for line in written_by_hand(ast.parse(path.read_text()))
    ]

    assert (ROOT / ERRANDS).is_file()
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "rows.update(state=ErrandState.DUE, due_at=now)",
        "rows.filter(state=ErrandState.STUCK)",
        "fresh = {'state': ErrandState.DUE if again else ErrandState.STUCK}",
        "release.state, release.reference = ErrandState.DONE, number",
        "release.state = ErrandState.DONE",
        "rows.update(failing_since=None)",
        "fresh = {'attempts': 0}",
        "release.attempts += 1",
        "release.keep(claimed_until=None)",
    ],
)
def test_a_state_written_by_hand_is_found(code: str) -> None:
    assert list(written_by_hand(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "Package.objects.filter(confirmation__state=ErrandState.DONE)",
        "carts.update(state=State.LIVE)",
        "release.stop(why)",
    ],
)
def test_reading_a_state_is_free(code: str) -> None:
    assert list(written_by_hand(ast.parse(code))) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_hashes_everything(lock: str) -> None:
    """Locks name packages, not places: they install from whatever index the machine is set up with."""
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())

    assert re.findall(r"\S*://\S*|^-\S+.*", text, flags=re.MULTILINE) == []
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_dev_lock_holds_the_runtime_lock() -> None:
    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


def test_every_migration_can_be_taken_back() -> None:
    """docs/running.md rolls back by it, without losing what came in since."""
    ours = {key: each for key, each in MigrationLoader(None).disk_migrations.items() if key[0] in OUR_APPS}

    assert len(ours) > 20
    stuck = [key for key, each in ours.items() if not all(step.reversible for step in each.operations)]
    assert stuck == []


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_vendored_files_are_what_their_list_says() -> None:
    """``static/vendor/VERSIONS``: one line a file, ``path name version licence sha256``."""
    lines = (VENDORED / "VERSIONS").read_text().splitlines()
    entries = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    listed = {name(place(entry[0])): entry[-1] for entry in entries}
    actual = {path: hashlib.sha256((ROOT / path).read_bytes()).hexdigest() for path in listed}
    ours = ("VERSIONS", "README.md")
    present = {name(path) for path in VENDORED.rglob("*") if path.is_file() and path.name not in ours}

    assert actual == listed
    assert present - listed.keys() == set()


def test_only_the_table_of_transitions_says_where_an_order_is() -> None:
    """Everybody else calls ``advance`` or ``move``: so no order goes where it cannot, and none without its times."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources(*PACKAGES)
        if name(path) != TRANSITIONS and not name(path).startswith(MADE_UP)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.expr | ast.stmt) and writes_a_status(node)
    ]

    assert found == []


def writes_a_status(node: ast.AST) -> bool:
    """Whether it is ``order.status = …``, a call that stores ``status=…``, or a dictionary of what is stored."""
    match node:
        case ast.Assign(targets=targets):
            return any(isinstance(part, ast.Attribute) and part.attr in MOVED for part in flat(targets))
        case ast.AnnAssign(target=ast.Attribute(attr=attribute)) | ast.AugAssign(target=ast.Attribute(attr=attribute)):
            return attribute in MOVED
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=attribute), *_]):
            return attribute in MOVED
        case ast.Call(func=ast.Attribute(attr=method), args=args, keywords=keywords) if method in STORING:
            named = [part.value for arg in args for part in ast.walk(arg) if isinstance(part, ast.Constant)]
            return any(keyword.arg in MOVED for keyword in keywords) or any(each in MOVED for each in named)
        case ast.Call(func=ast.Name(id="Order"), keywords=keywords):
            return any(keyword.arg in MOVED for keyword in keywords)
        case ast.Dict(keys=keys, values=values):
            said = [value for key, value in zip(keys, values, strict=True) if getattr(key, "value", None) in MOVED]
            return any(word in ast.unparse(value) for value in said for word in ("OrderStatus", "HeldFor", "verdict"))
    return False


def flat(targets: list[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        yield from flat(target.elts) if isinstance(target, ast.Tuple | ast.List) else [target]


@pytest.mark.parametrize(
    "written",
    [
        "order.status = NEW",
        "order.reason, order.status = '', NEW",
        "Order.objects.filter(pk=1).update(status=NEW)",
        "Order.objects.bulk_update(orders, ['status'])",
        "Order(status=NEW)",
        "setattr(order, 'held_for', '')",
        "fields = {'status': verdict.status}",
        "fields = {'status': OrderStatus.NEW}",
    ],
)
def test_a_status_written_by_hand_is_seen(written: str) -> None:
    assert any(writes_a_status(node) for node in ast.walk(ast.parse(written)))
