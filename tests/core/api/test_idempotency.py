"""A write that is sent twice with one Idempotency-Key is done once, and answered twice with the same."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.models import Organization
from core.api.base_view import ApiView
from core.api.fields import Body, Moment, Text, Whole
from core.api.models import KeptAnswer
from core.api.scopes import Scope
from core.common import clock
from integration_manager import clean_up
from tests.api_client import Program
from tests.core.api.test_keys import problem
from tests.organization import acme

__all__ = ["acme"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api.test_idempotency")]


class MugBody(Body):
    name = Text(20)
    count = Whole(1, 9, required=False)
    made_at = Moment(required=False)


class Mugs(ApiView):
    scope = Scope.ORDERS_WRITE
    made: ClassVar[list[str]] = []
    fails: ClassVar[bool] = False

    def post(self, request: Request) -> Response:
        body = MugBody(data=request.data)
        body.is_valid(raise_exception=True)
        if self.fails:
            raise RuntimeError
        self.made.append(body.validated_data["name"])
        return Response({"number": len(self.made)}, status=201, headers={"Location": f"/mugs/{len(self.made)}"})


urlpatterns = [path("api/v1/mugs", Mugs.as_view())]


@pytest.fixture
def program(acme: Organization) -> Program:
    Mugs.made, Mugs.fails = [], False
    return Program(acme)


def test_the_same_request_is_done_once(program: Program) -> None:
    first = program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc")
    second = program.post("mugs", {"name": "Blue"}, Idempotency_Key='"abc"')

    assert Mugs.made == ["Blue"]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (second.headers["Location"], second.headers["Idempotency-Replayed"]) == ("/mugs/1", "true")
    assert "Idempotency-Replayed" not in first.headers


def test_what_is_kept_of_an_answer_is_sealed(program: Program) -> None:
    program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc")

    (sealed,) = KeptAnswer.objects.values_list("sealed", flat=True)
    assert b"number" not in bytes(sealed)


def test_without_a_key_or_with_another_it_is_done_again(program: Program) -> None:
    for headers in ({}, {}, {"Idempotency_Key": "a"}, {"Idempotency_Key": "b"}):
        program.post("mugs", {"name": "Blue"}, **headers)

    assert len(Mugs.made) == 4


def test_the_keys_of_another_client_are_its_own(program: Program, acme: Organization) -> None:
    for each in (program, Program(acme)):
        each.post("mugs", {"name": "Blue"}, Idempotency_Key="abc")

    assert len(Mugs.made) == 2


def test_one_key_for_another_request_is_refused(program: Program) -> None:
    program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc")

    document = problem(program.post("mugs", {"name": "Red"}, Idempotency_Key="abc"), 422, "key_reused")

    assert document["errors"][0]["in"] == "header"
    assert Mugs.made == ["Blue"]


def test_what_failed_validation_may_be_sent_again_mended(program: Program) -> None:
    problem(program.post("mugs", {"name": ""}, Idempotency_Key="abc"), 422, "invalid")

    assert program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc").status_code == 201


def test_what_failed_here_may_be_sent_again(program: Program) -> None:
    Mugs.fails, program.client.raise_request_exception = True, False
    problem(program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc"), 500, "failed")
    Mugs.fails = False

    assert program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc").status_code == 201


def test_while_it_is_worked_on_the_same_is_told_to_wait(program: Program) -> None:
    program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc")
    kept = KeptAnswer.objects.filter(name="abc")
    kept.update(answered=None)

    answer = program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc")
    problem(answer, 409, "in_flight")
    assert int(answer.headers["Retry-After"]) >= 1

    kept.update(turn_until=clock.now() - timedelta(seconds=1))  # whoever was at it was killed
    assert program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc").status_code == 201
    assert len(Mugs.made) == 2


def test_it_is_kept_for_seven_days(program: Program) -> None:
    program.post("mugs", {"name": "Blue"}, Idempotency_Key="abc")

    clean_up.clean_up(now=clock.now() + timedelta(days=6, hours=23))
    assert KeptAnswer.objects.count() == 1
    clean_up.clean_up(now=clock.now() + timedelta(days=7, hours=1))
    assert KeptAnswer.objects.count() == 0


@pytest.mark.parametrize("name", ["", '""', " ", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(program: Program, name: str) -> None:
    problem(program.post("mugs", {"name": "Blue"}, Idempotency_Key=name), 400, "unreadable")

    assert Mugs.made == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/name"),
        ([], "#"),
        ("Blue", "#"),
        (None, "#/name"),
        ({"name": 5}, "#/name"),
        ({"name": True}, "#/name"),
        ({"name": None}, "#/name"),
        ({"name": "x" * 21}, "#/name"),
        ({"name": "Blue", "hue": "blue"}, "#/hue"),
        ({"name": "Blue", "a/b~": 1}, "#/a~1b~0"),
        ({"name": "Blue", "count": "3"}, "#/count"),
        ({"name": "Blue", "count": 3.0}, "#/count"),
        ({"name": "Blue", "count": True}, "#/count"),
        ({"name": "Blue", "count": 10}, "#/count"),
        ({"name": "Blue", "made_at": "2026-11-29T08:00:00"}, "#/made_at"),
        ({"name": "Blue", "made_at": 1764403200}, "#/made_at"),
        ({"name": "Blue", "made_at": "0001-01-01T00:00:00+14:00"}, "#/made_at"),
    ],
)
def test_each_value_is_taken_only_as_what_it_is(program: Program, body: Any, pointer: str) -> None:
    document = problem(program.post("mugs", body), 422, "invalid")

    assert [fault["pointer"] for fault in document["errors"]] == [pointer]
    assert "Nothing was stored." in document["detail"]
    assert Mugs.made == []


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/x"])
def test_what_is_not_json_is_not_taken(program: Program, kind: str) -> None:
    problem(program.post("mugs", b"name=Blue", Content_Type=kind), 415, "wrong_media_type")


@pytest.mark.parametrize("extra", [{"Content_Encoding": "gzip"}, {"Content_Type": "application/json; charset=utf-16"}])
def test_only_plain_utf_8_is_taken(program: Program, extra: dict[str, str]) -> None:
    problem(program.post("mugs", {"name": "Blue"}, **extra), 415, "wrong_media_type")


@pytest.mark.parametrize("body", [b"", b"{", b'{"name": "\\u0000"}', b"\xff", b"[" * 50, b'{"name": "a", "name": "b"}'])
def test_a_body_nobody_can_read_is_refused_and_stores_nothing(program: Program, body: bytes) -> None:
    answer = program.post("mugs", body, Idempotency_Key="abc")

    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (Mugs.made, KeptAnswer.objects.count()) == ([], 0)
