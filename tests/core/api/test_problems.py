"""Whatever is wrong with a request, the answer is a problem document that names it."""

from typing import Any

import pytest

from core.accounts.models import Organization
from core.api import json_body
from core.api.problems import Problem
from core.api.scopes import Scope
from tests.api_client import Program
from tests.core.api.test_keys import problem
from tests.factories import MerchantFactory
from tests.organization import acme

__all__ = ["acme"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def program(acme: Organization) -> Program:
    return Program(acme)


def test_an_address_that_is_none_is_a_problem_too(program: Program) -> None:
    document = problem(program.get("nowhere"), 404, "not_found")

    assert document["type"] == document["doc_url"]
    assert document["errors"] == []
    assert b"nowhere" not in program.get("nowhere").content


def test_a_method_that_is_none_says_which_are(program: Program) -> None:
    for method in ("DELETE", "PUT", "POST", "PATCH", "OPTIONS", "TRACE", "QUERY"):
        answer = program.ask(method, "merchants")
        problem(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=",
        "limit=1&limit=2",
        "cursor=%00",
        "colour=red",
        "limit=1_0",
    ],
)
def test_a_query_is_taken_only_as_it_is_meant(program: Program, query: str) -> None:
    document = problem(program.get(f"merchants?{query}"), 422, "invalid")

    (fault,) = document["errors"]
    assert (fault["pointer"], fault["in"]) == ("#/" + query.partition("=")[0], "query")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"{", "line 1"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": Infinity}', "Infinity"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
        (b'{"a": "\xe4"}', "UTF-8"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b'{"a": ["\\ud800"]}', "half of a character"),
        (b"[" * 21 + b"]" * 21, "deeper"),
        (b"[" * 200_000, "deeper"),
        (b'{"a":' * 100_000, "deeper"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
    ],
)
def test_a_body_that_could_mean_two_things_is_not_taken(body: bytes, said: str) -> None:
    with pytest.raises(Problem) as raised:
        json_body.read(body)

    assert said in raised.value.detail


def test_brackets_in_texts_nest_nothing() -> None:
    assert json_body.read(b'{"a": "[[[[[[[[[[[[[[[[[[[[[[[[\\"[[[[", "b": "\\\\"}') == {
        "a": "[" * 24 + '"[[[[',
        "b": "\\",
    }


def test_pages_follow_each_other_by_their_cursor(acme: Organization, program: Program) -> None:
    merchants = [MerchantFactory(organization=acme).pk for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page: Any = program.get(f"merchants?limit=2{cursor}").json()
        seen += [row["id"] for row in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == [f"mer_{pk}" for pk in merchants]
    assert page["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["", "abc", "W10", "a" * 4000])
def test_a_cursor_that_is_none_of_ours_leads_to_no_page(program: Program, cursor: str) -> None:
    problem(program.get(f"merchants?cursor={cursor}"), 404, "not_found")


def test_each_problem_has_its_place_on_the_page_it_names(program: Program) -> None:
    address = problem(program.get("nowhere"), 404, "not_found")["doc_url"]
    path, _, anchor = address.partition("#")
    page = program.client.get("/" + path.split("/", 3)[3])

    assert f'id="{anchor}"' in page.content.decode()


def test_a_body_that_is_too_large_is_refused_unread(program: Program, settings: Any) -> None:
    settings.MOST_SENT = 1000

    problem(program.post("merchants", b"[" + b" " * 1000 + b"]"), 413, "too_large")


def test_a_failure_of_ours_says_nothing_but_its_id(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("core.api.merchant_reads.access_of", fail)
    program.client.raise_request_exception = False

    answer = program.get("merchants")

    problem(answer, 500, "failed")
    assert b"secret" not in answer.content
    assert program.key.log.get().status == 500


def test_scopes_are_told_apart_by_their_words() -> None:
    assert len({scope.label for scope in Scope}) == len(Scope)
