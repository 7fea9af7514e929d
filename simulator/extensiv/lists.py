"""Lists: conditions, sorting, pages, and the two shapes they come in.

``Accept: application/hal+json`` gets camelCase names and embedded rows, anything else PascalCase and a ResourceList.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from simulator.extensiv.query_language import Row, arranged, condition
from simulator.extensiv.requests import ApiAnswer, ApiCall, bad_query, in_pascal_case, written

HAL = "application/hal+json; charset=utf-8"
RELS = "http://api.3plCentral.com/rels/"


def listed(
    call: ApiCall,
    rows: Iterable[Mapping[str, Any]],
    *,
    rel: str,
    default: int,
    most: int,
    shape: Callable[[Row], Any] = dict,
) -> ApiAnswer:
    """Return a page of the rows. ``rel`` is the name HAL embeds them under, ``shape`` makes what is told of one."""
    found = picked(call, rows)
    page, size = page_of(call, found, default=default, most=most)
    shown = [shape(row) for row in page]
    if not call.speaks_hal:
        return said(call, {"totalResults": len(found), "resourceList": shown})
    body = {"totalResults": len(found), "_embedded": {rel: shown}, "_links": _links(call, len(found), size)}
    return ApiAnswer(200, written(body), HAL)


def picked(call: ApiCall, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return those the query asks for, in its order."""
    if text := call.query.get("rql", ""):
        fits = condition(text)
        rows = [row for row in rows if fits(row)]
    return list(arranged(rows, call.query.get("sort", "")))


def page_of(call: ApiCall, found: list[Row], *, default: int, most: int) -> tuple[list[Row], int]:
    size = call.number("pgsiz", default)
    if size > most:
        raise bad_query("pgsiz", f"The largest page has {most} rows.")
    first = (call.number("pgnum", 1) - 1) * size
    return found[first : first + size], size


def said(call: ApiCall, document: Any, *, status: int = 200, headers: list[tuple[str, str]] | None = None) -> ApiAnswer:
    """Return a document with its names as they were asked for."""
    if call.speaks_hal:
        return ApiAnswer(status, written(document), HAL, headers or [])
    return ApiAnswer(status, written(in_pascal_case(document)), headers=headers or [])


def _links(call: ApiCall, total: int, size: int) -> dict[str, dict[str, str]]:
    number = call.number("pgnum", 1)
    links = {"self": _address(call, number)}
    if number * size < total:
        links["next"] = _address(call, number + 1)
    if number > 1:
        links["prev"] = _address(call, number - 1)
    return {name: {"href": address} for name, address in links.items()}


def _address(call: ApiCall, number: int) -> str:
    return f"{call.prefix}{call.path}?{urlencode({**call.query, 'pgnum': number})}"
