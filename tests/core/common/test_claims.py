"""A claim lasts as long as whoever holds it, and the thread that renews it does no more than that."""

import multiprocessing
import time
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from core.common import claims
from core.common.claims import CLAIM
from tests.world import NOON


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BEAT", 0.01)
    monkeypatch.setattr(claims, "_renewals", claims._Renewals())


def hears(said: list[datetime], *, kept: bool = True) -> claims.Renewal:
    def renew(moment: datetime) -> bool:
        said.append(moment)
        return kept

    return renew


def until(said: list[datetime], count: int) -> None:
    ends = time.monotonic() + 10
    while len(said) < count and time.monotonic() < ends:
        time.sleep(0.01)


def test_it_is_renewed_for_as_long_as_the_work_takes(quick: None) -> None:
    said: list[datetime] = []

    with claims.held(hears(said), now=NOON):
        until(said, 3)
    time.sleep(0.05)
    ended = len(said)
    time.sleep(0.1)

    assert ended >= 3
    assert len(said) == ended
    assert all(NOON + CLAIM <= moment < NOON + CLAIM + timedelta(seconds=15) for moment in said)


def test_the_thread_ends_when_nothing_is_held_and_begins_anew(quick: None) -> None:
    said: list[datetime] = []
    for count in (1, 2):
        with claims.held(hears(said), now=NOON):
            until(said, count)
        ends = time.monotonic() + 10
        while claims._renewals._thread is not None and time.monotonic() < ends:
            time.sleep(0.01)
        assert claims._renewals._thread is None

    assert len(said) >= 2


def test_one_that_was_lost_is_not_asked_for_again(quick: None) -> None:
    said: list[datetime] = []

    with claims.held(hears(said, kept=False), now=NOON):
        until(said, 1)
        time.sleep(0.1)

    assert len(said) == 1


def test_a_database_that_restarts_ends_no_renewing(quick: None) -> None:
    said: list[datetime] = []

    def renew(moment: datetime) -> bool:
        said.append(moment)
        if len(said) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        return True

    with claims.held(renew, now=NOON):
        until(said, 2)

    assert len(said) >= 2


def test_who_hangs_keeps_nothing_from_the_others(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LONGEST", timedelta(0))
    said: list[datetime] = []

    with claims.held(hears(said), now=NOON):
        time.sleep(0.1)

    assert said == []


def _hear(pipe: object) -> None:
    ends = time.monotonic() + 10
    while not claims.is_stopping() and time.monotonic() < ends:
        time.sleep(0.01)
    pipe.send((claims.is_stopping(), claims._renewals._held))  # type: ignore[attr-defined]


def test_the_children_of_a_worker_hear_that_it_is_to_stop_and_renew_nothing_of_its() -> None:
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe()
    with claims.held(lambda moment: True, now=NOON):
        child = forking.Process(target=_hear, args=(theirs,))
        child.start()
        try:
            claims.stop()
            heard = ours.recv()
        finally:
            claims.go_on()
            child.join(10)

    assert heard == (True, set())
