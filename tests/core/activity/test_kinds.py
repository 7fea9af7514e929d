"""What happened is recorded in declared kinds alone, and whatever is stored can be shown."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template import Context, Template

from core.accounts.access import Access, Role
from core.activity import kinds, timeline
from core.activity.event_log import event, record, record_all
from core.activity.kinds import Ending, EventKind, Plural
from core.activity.models import Event
from orders.models import Order
from tests.factories import OrderFactory

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
RECORDING = {"record", "event"}
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Call:
    """One place in the code where something is recorded. ``values`` is None where they are handed on as a whole."""

    place: str
    kinds: frozenset[str]
    values: frozenset[str] | None


def calls() -> Iterator[Call]:
    for path in sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        if "migrations" in path.parts or path.name == "event_log.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RECORDING:
                literals = {
                    each.value
                    for each in ast.walk(node.args[0])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
                named = {keyword.arg for keyword in node.keywords}
                values = None if None in named else frozenset(name for name in named if name)
                yield Call(f"{path.relative_to(ROOT)}:{node.lineno}", frozenset(literals), values)


@pytest.fixture
def order(db: None) -> Order:
    made: Order = OrderFactory()
    return made


# -- What is declared ------------------------------------------------------------------------------------------------
def test_everything_recorded_is_declared_and_everything_declared_is_recorded() -> None:
    found = list(calls())

    assert [call.place for call in found if not call.kinds] == [], "name the kind where it is recorded"
    assert {kind for call in found for kind in call.kinds} == {kind.name for kind in kinds.declared()}


def test_every_call_that_names_its_values_names_all_that_the_sentence_needs() -> None:
    named = [(call, call.values) for call in calls() if call.values is not None]
    missing = [
        (call.place, name, sorted(kind.needed - values))
        for call, values in named
        for name in call.kinds
        if (kind := kinds.find(name)) and kind.needed - values
    ]

    assert len(named) > 50
    assert missing == []


def test_events_are_made_by_recording_alone() -> None:
    makers = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Event"
    ]

    assert [Path(maker).name for maker in makers] == ["event_log.py"]


def test_a_kind_has_one_meaning() -> None:
    known = next(kinds.declared())
    kinds.register([known])  # the same again does no harm

    with pytest.raises(ValueError, match="declared twice"):
        kinds.register([EventKind(known.name, "bad", "Something else")])
    assert kinds.find(known.name) == known


def test_an_ending_names_only_what_is_sure_to_be_there() -> None:
    with pytest.raises(ValueError, match="names who"):
        kinds.register([EventKind("order.tried", "calm", "Tried", (Ending("what", ": {what}, by {who}"),))])
    assert kinds.find("order.tried") is None


# -- What is recorded ------------------------------------------------------------------------------------------------
def test_an_undeclared_kind_is_not_recorded(order: Order) -> None:
    with pytest.raises(kinds.UndeclaredEvent, match="'order.dreamt'"):
        record("order.dreamt", order, now=AT)
    with pytest.raises(kinds.UndeclaredEvent):
        record_all([event("order.dreamt", order, now=AT)])

    assert not Event.objects.exists()


def test_an_event_that_lacks_a_value_is_not_recorded(order: Order) -> None:
    with pytest.raises(kinds.UndeclaredEvent, match="order.moved needs reason"):
        record("order.moved", order, now=AT, to="held")
    with pytest.raises(kinds.UndeclaredEvent, match="order.lines_taken needs count"):
        record("order.lines_taken", order, now=AT)

    assert not Event.objects.exists()
    record("order.moved", order, now=AT, to="held", reason="no address")
    assert Event.objects.get().kind == "order.moved"


# -- What is shown ---------------------------------------------------------------------------------------------------
def house(order: Order) -> Access:
    """Somebody of the 3PL's own."""
    return Access(user_id=0, organization=order.organization, role=Role.OWNER)


def shown(order: Order) -> list[str]:
    return [each.sentence for each in timeline.history("order", order.pk, house(order))]


def test_one_and_many_are_said_each_in_its_way(order: Order) -> None:
    for count in (1, 2):
        record("order.lines_taken", order, now=AT, count=count)
    for left in (0, 1, 3):
        record("order.shipped", order, now=AT, carrier="UPS", service="Ground", tracking="1Z", left=left)

    assert shown(order) == [
        "1 line that was left out ships, too",
        "2 lines that were left out ship, too",
        "Shipped by <strong>UPS</strong> Ground, tracking 1Z",
        "Shipped by <strong>UPS</strong> Ground, tracking 1Z, 1 unit still to ship",
        "Shipped by <strong>UPS</strong> Ground, tracking 1Z, 3 units still to ship",
    ]


def test_a_sentence_ends_by_what_is_known(order: Order) -> None:
    for way in ("", "setup_link"):
        record("cart.granted", order, now=AT, place="Amazon.com", seller="A1", way=way)

    assert shown(order) == [
        "Seller <strong>A1</strong> authorized us for Amazon.com",
        "Seller <strong>A1</strong> authorized us for Amazon.com, with the setup link",
    ]


def stored(order: Order, kind: str, **details: object) -> None:
    """As another version left it: what is stored is never changed."""
    Event.objects.create(
        organization_id=order.organization_id,
        kind=kind,
        subject_kind="order",
        subject_id=order.pk,
        at=AT,
        details=details,
    )


def test_a_kind_nobody_knows_is_shown_as_text(order: Order) -> None:
    stored(order, "order.<b>{reason}</b>", reason="<script>")
    stored(order, "order.{0}{")
    stored(order, "order.put_aside")

    page = Template("{% timeline events %}").render(
        Context({"events": timeline.history("order", order.pk, house(order))})
    )

    assert "order &lt;b&gt;{reason}&lt;/b&gt;" in page
    assert "order {0}{" in page
    assert "order put aside" in page
    assert "<b>" not in page
    assert "<script>" not in page


def test_an_old_event_that_lacks_values_is_shown_with_dashes(order: Order) -> None:
    stored(order, "order.moved", to="held")
    stored(order, "order.lines_taken")
    stored(order, "order.lines_taken", count="<i>")

    assert shown(order) == [
        "Became <strong>held</strong>: —",
        "— lines that were left out ship, too",
        "&lt;i&gt; lines that were left out ship, too",
    ]


def test_plural_words_need_the_number_they_go_by() -> None:
    kind = EventKind("x.y", "calm", Plural("things", "one thing", "many things"))

    assert kind.needed == {"things"}
    assert [kind.words({"things": number}) for number in (0, 1, 2)] == ["many things", "one thing", "many things"]
