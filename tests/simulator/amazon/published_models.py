"""Amazon's published models as a referee: does an exchange keep to them?

The models are not part of this repository. They are looked for in the folder named by SPAPI_MODELS, else beside the
repository; without them nothing can be checked, and the tests that need them are skipped.
"""

import copy
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).resolve().parents[3]


def models_folder() -> Path | None:
    """Where the models are, if they are anywhere."""
    named = os.environ.get("SPAPI_MODELS")
    folder = Path(named) if named else ROOT.parent / "shared" / "spapi-models"
    return folder if folder.is_dir() else None


@dataclass(frozen=True)
class Operation:
    """One operation of one model."""

    method: str
    pattern: re.Pattern[str]
    description: dict[str, Any]
    definitions: dict[str, Any]

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return [one for one in self.description.get("parameters", []) if "name" in one]


class PublishedModels:
    """All models of the folder. Properties that no model knows are problems too.

    ``tolerated`` names stray query parameters and body properties that are let through, for clients known to send some.
    """

    def __init__(self, folder: Path | None = None, tolerated: frozenset[str] = frozenset()) -> None:
        found = folder or models_folder()
        if found is None:
            raise FileNotFoundError("Amazon's models are not on this machine; set SPAPI_MODELS.")
        self.folder, self.tolerated = found, tolerated
        self.operations = [operation for path in sorted(found.glob("*.json")) for operation in _operations(path)]

    def check_exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, Sequence[str] | str],
        request_json: Any,
        status: int,
        response_json: Any,
    ) -> list[str]:
        """Everything that is not as published; an empty list when all is well."""
        operation = self._find(method, path)
        if operation is None:
            return [f"{method} {path}: no published model has this operation"]
        problems = [*self._query_problems(operation, query)]
        body = next((one for one in operation.parameters if one.get("in") == "body"), None)
        if body is not None and status < 300:  # a refused request may well break the model: that is why it was refused
            given = request_json
            if isinstance(given, dict):
                given = {key: value for key, value in given.items() if key not in self.tolerated}
            problems += [f"request {one}" for one in _problems(body["schema"], operation.definitions, given)]
        answers = operation.description["responses"]
        if str(status) not in answers:
            problems.append(f"status {status} is not published")
        elif answers[str(status)].get("schema") and response_json is not None:
            schema = answers[str(status)]["schema"]
            problems += [f"response {one}" for one in _problems(schema, operation.definitions, response_json)]
        return [f"{method} {path}: {problem}" for problem in problems]

    def check_document(self, schema: str, document: Any) -> list[str]:
        """A file against one of the schemas below ``schemas/``, e.g. ``reports/accountHealthReport-2020-11-18``."""
        text = (self.folder / "schemas" / f"{schema}.json").read_text(encoding="utf-8")
        return [_told(error) for error in jsonschema.Draft7Validator(json.loads(text)).iter_errors(document)]

    def _find(self, method: str, path: str) -> Operation | None:
        matching = [one for one in self.operations if one.method == method and one.pattern.fullmatch(path)]
        return matching[0] if matching else None

    def _query_problems(self, operation: Operation, query: Mapping[str, Sequence[str] | str]) -> Iterator[str]:
        known = {one["name"]: one for one in operation.parameters if one["in"] == "query"}
        for name, one in known.items():
            if one.get("required") and name not in query:
                yield f"query parameter {name} is required"
        for name, given in query.items():
            if name in self.tolerated:
                continue
            if name not in known:
                yield f"query parameter {name} is not published"
                continue
            values = [part for value in ([given] if isinstance(given, str) else given) for part in value.split(",")]
            allowed = known[name].get("enum") or known[name].get("items", {}).get("enum")
            if allowed and set(values) - set(allowed):
                yield f"query parameter {name} has an unknown value: {values}"
            if known[name].get("maxItems") and len(values) > known[name]["maxItems"]:
                yield f"query parameter {name} has too many values"


def _operations(path: Path) -> Iterator[Operation]:
    model = json.loads(path.read_text(encoding="utf-8"))
    if model.get("swagger") != "2.0":
        return
    definitions = _closed(model["definitions"])
    for template, methods in model["paths"].items():
        pattern = re.compile(_pattern(template))
        for method, description in methods.items():
            if method != "parameters":
                yield Operation(method.upper(), pattern, description, definitions)


def _pattern(template: str) -> str:
    """A SKU may hold anything, also a slash; other parts of a path may not."""
    return re.sub(r"\{(\w+)\}", lambda found: ".+" if found[1] == "sku" else "[^/]+", template)


def _closed(schema: Any) -> Any:
    """The same schema, with objects that allow nothing but what they name."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: value if key in {"example", "examples", "enum"} else _closed(value) for key, value in schema.items()}
    if isinstance(closed.get("properties"), dict) and "allOf" not in closed and "type" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def _problems(schema: dict[str, Any], definitions: dict[str, Any], instance: Any) -> list[str]:
    whole = {"allOf": [copy.deepcopy(schema)], "definitions": definitions}
    checker = jsonschema.Draft4Validator(whole, format_checker=_formats())
    return [_told(error) for error in checker.iter_errors(instance)]


def _told(error: jsonschema.ValidationError) -> str:
    where = "/".join(str(part) for part in error.absolute_path)
    return f"at {where or 'the top'}: {error.message[:300]}"


@cache
def _formats() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
    checker.checks("date-time")(lambda value: not isinstance(value, str) or bool(moment.fullmatch(value)))
    return checker
