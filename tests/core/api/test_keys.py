"""Keys open what they are for, and nothing else; ended, they open nothing."""

from datetime import timedelta
from typing import Any

import pytest

from core.accounts.models import Organization
from core.api import keys
from core.api.models import ApiCall, ApiKey
from core.api.scopes import Scope
from core.common import clock
from tests.api_client import Program
from tests.factories import MerchantFactory, make_person
from tests.organization import acme

__all__ = ["acme"]
pytestmark = pytest.mark.django_db


def problem(answer: Any, status: int, code: str) -> Any:
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert (answer.status_code, document["status"], document["code"]) == (status, status, code)
    assert answer.headers["X-Request-Id"].startswith("req_")
    assert document["detail"]
    return document


def test_a_key_is_shown_once_and_only_its_digest_is_kept(acme: Organization) -> None:
    key, full = keys.issue(acme, name="WMS", scopes=[Scope.ORDERS_READ], by=make_person(acme), now=clock.now())
    secret = full.partition(".")[2]

    assert full.startswith(f"{key.public_id}.")
    assert len(secret) == 43
    kept = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(kept)
    assert keys.find(full, address="192.0.2.1", now=clock.now()) == key
    assert keys.find_pair(key.public_id, secret, address="192.0.2.1", now=clock.now()) == key


@pytest.mark.parametrize("spoilt", ["", ".", "im_ab12cd34ef", "im_ab12cd34ef.", "\0.\0", "im_ab12cd34ef." + "a" * 43])
def test_what_is_no_key_opens_nothing(acme: Organization, spoilt: str) -> None:
    assert keys.find(spoilt, address="192.0.2.1", now=clock.now()) is None


def test_a_key_with_another_secret_opens_nothing(acme: Organization) -> None:
    one, two = Program(acme), Program(acme)
    two.full = f"{one.key.public_id}.{two.full.partition('.')[2]}"

    problem(two.get("merchants"), 401, "not_authenticated")


def test_without_a_key_one_is_asked_for(acme: Organization) -> None:
    program = Program(acme)
    answer = program.get("merchants", Authorization="")

    problem(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    problem(program.get("merchants", Authorization="Basic abc"), 401, "not_authenticated")


def test_a_revoked_key_opens_nothing_at_once(acme: Organization) -> None:
    program = Program(acme)
    assert program.get("merchants").status_code == 200

    assert keys.revoke(program.key, by=None, now=clock.now())
    assert not keys.revoke(program.key, by=None, now=clock.now())

    assert "revoked" in problem(program.get("merchants"), 401, "key_ended")["detail"]


def test_an_expired_key_opens_nothing(acme: Organization) -> None:
    program = Program(acme, expires_at=clock.now() - timedelta(seconds=1))

    problem(program.get("merchants"), 401, "key_ended")


def test_two_keys_open_the_same_while_one_takes_the_place_of_the_other(acme: Organization) -> None:
    program, now = Program(acme, Scope.SETTINGS_READ), clock.now()

    fresh, full = keys.rotate(program.key, ends_at=now + timedelta(days=1), by=None, now=now)

    assert fresh.scopes == program.key.scopes
    assert program.get("merchants").status_code == 200
    assert program.get("merchants", Authorization=f"Bearer {full}").status_code == 200
    old = program.full
    assert keys.find(old, address="", now=now + timedelta(days=2)) is None
    assert keys.find(full, address="", now=now + timedelta(days=2)) == fresh
    with pytest.raises(keys.KeyRefused):
        keys.rotate(program.key, ends_at=now, by=None, now=now)


def test_a_key_does_only_what_it_has_a_scope_for(acme: Organization) -> None:
    program = Program(acme, Scope.SHIPMENTS_WRITE)

    assert "settings:read" in problem(program.get("merchants"), 403, "wrong_scope")["detail"]


def test_a_key_comes_only_from_its_addresses(acme: Organization) -> None:
    program = Program(acme, addresses=["192.0.2.0/24", "2001:db8::1"])

    problem(program.get("merchants"), 403, "wrong_address")
    program.client.defaults["REMOTE_ADDR"] = "192.0.2.77"
    assert program.get("merchants").status_code == 200


def test_a_key_of_one_merchant_sees_only_theirs(acme: Organization) -> None:
    mine, other = MerchantFactory(organization=acme), MerchantFactory(organization=acme)
    MerchantFactory()

    seen = Program(acme, merchant=mine).get("merchants").json()["data"]
    assert seen == [{"id": f"mer_{mine.pk}", "name": mine.name}]
    every = {row["id"] for row in Program(acme).get("merchants").json()["data"]}
    assert every == {f"mer_{mine.pk}", f"mer_{other.pk}"}


def test_what_a_key_asked_is_counted_and_found_by_the_id_of_the_answer(acme: Organization) -> None:
    program = Program(acme, Scope.SETTINGS_READ)
    well = program.get("merchants?limit=5")
    badly = program.get("merchants?limit=0")

    calls = {call.request_id: call for call in ApiCall.objects.filter(key=program.key)}
    assert calls[well.headers["X-Request-Id"]].status == 200
    refused = calls[badly.headers["X-Request-Id"]]
    assert (refused.status, refused.code, refused.path) == (422, "invalid", "/api/v1/merchants")
    program.key.refresh_from_db()
    assert (program.key.calls, program.key.errors) == (2, 1)
    assert program.key.last_used_at is not None


def test_who_asks_too_often_is_told_how_long_to_wait(acme: Organization, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 60
    program = Program(acme)

    answers = [program.get("merchants") for _ in range(21)]

    late = next(answer for answer in answers if answer.status_code == 429)
    problem(late, 429, "too_many_requests")
    assert 1 <= int(late.headers["Retry-After"]) <= 10
    assert Program(acme).get("merchants").status_code == 200
