"""docs/amazon.md decides about every field of Amazon's order: none is forgotten, and none is made up."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.amazon.published_models import ROOT, models_folder

ROW = re.compile(r"^\| `(?P<path>[\w.\[\]*]+)` \| (?P<decision>[^|]+) \| (?P<place>[^|]+) \|$", re.MULTILINE)
DECISIONS = {"kept", "kept, sealed", "left out"}


def decided() -> dict[str, tuple[str, str]]:
    text = (ROOT / "docs" / "amazon.md").read_text(encoding="utf-8")
    return {row["path"]: (row["decision"].strip(), row["place"].strip()) for row in ROW.finditer(text)}


def fields(definitions: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    """The paths of all that has no parts of its own, below this one."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "array":
        yield from fields(definitions, schema["items"], f"{path}[]")
    elif "properties" in schema:
        for name, part in schema["properties"].items():
            yield from fields(definitions, part, f"{path}.{name}" if path else name)
    else:
        yield path


def covers(row: str, path: str) -> bool:
    return path.startswith(row[:-1]) if row.endswith("*") else row == path


def test_every_field_of_the_published_order_is_decided_once() -> None:
    folder = models_folder()
    if folder is None:
        pytest.skip("Amazon's models are not on this machine; set SPAPI_MODELS.")
    definitions = json.loads((folder / "orders_2026-01-01.json").read_text(encoding="utf-8"))["definitions"]
    published = list(fields(definitions, definitions["Order"], ""))

    rows = decided()
    assert [path for path in published if not any(covers(row, path) for row in rows)] == []
    assert [row for row in rows if not any(covers(row, path) for path in published)] == []
    assert len(published) > 100


def test_every_decision_says_what_and_where_or_why() -> None:
    for path, (decision, place) in decided().items():
        assert decision in DECISIONS, path
        assert place.startswith("because ") == (decision == "left out"), path
