"""Errands of one run at several at a time: on a real PostgreSQL, where one connection sees what another one wrote."""

import threading
from datetime import datetime

import pytest
from django.db import connections

from core.common import jobs
from core.common.jobs import Job, Tally
from core.common.remote import Unavailable
from shipping.models import Confirmation
from tests.factories import ConfirmationFactory
from tests.world import NOON

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
PATIENCE = 20.0  # seconds, for a machine that is busy


class Server(Job[Confirmation, str]):
    """Another server, and how many asked it at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked: list[int] = []
        self.at_it = self.most = 0

    def do(self, errand: Confirmation, /, *, now: datetime) -> str:
        with self.lock:
            self.asked.append(errand.pk)
            self.at_it += 1
            self.most = max(self.most, self.at_it)
        try:
            return self.answer(errand)
        finally:
            with self.lock:
                self.at_it -= 1

    def answer(self, errand: Confirmation) -> str:
        return "yes"

    def done(self, errand: Confirmation, result: str, /, *, now: datetime) -> None:
        """Nothing follows."""

    def stuck(self, errand: Confirmation, reason: str, /, *, now: datetime) -> None:
        """Nothing follows."""


def due(count: int) -> list[Confirmation]:
    return [ConfirmationFactory(due_at=NOON) for _ in range(count)]


def test_lanes_are_at_it_at_once_behind_a_first_that_goes_alone_and_do_each_errand_once() -> None:
    class Meeting(Server):
        all_there = threading.Barrier(3)

        def answer(self, errand: Confirmation) -> str:
            if self.asked[0] == errand.pk:
                assert self.at_it == 1
            else:
                self.all_there.wait(PATIENCE)  # one at a time would never get past it
            return "yes"

    errands, server = due(7), Meeting()

    assert jobs.run_due(errands, server, now=NOON, lanes=3) == Tally(done=7)
    assert server.most == 3
    assert sorted(server.asked) == [each.pk for each in errands]
    assert Confirmation.objects.done().count() == 7


def test_an_errand_that_hangs_holds_up_its_own_lane_alone() -> None:
    errands = due(6)
    others = threading.Semaphore(0)

    class Hanging(Server):
        def answer(self, errand: Confirmation) -> str:
            if errand.pk == errands[1].pk:
                assert all(others.acquire(timeout=PATIENCE) for _ in range(5)), "the others waited for it"
            else:
                others.release()
            return "yes"

    assert jobs.run_due(errands, Hanging(), now=NOON, lanes=2) == Tally(done=6)


def test_a_server_that_does_not_answer_the_first_is_asked_in_one_lane_and_not_for_ever() -> None:
    class Away(Server):
        ends_after = 3

        def answer(self, errand: Confirmation) -> str:
            raise Unavailable("no answer")

    server = Away()

    assert jobs.run_due(due(5), server, now=NOON, lanes=3) == Tally(waiting=3, is_away=True)
    assert server.most == 1


def test_another_worker_at_the_same_errands_does_none_of_them_again() -> None:
    errands, server = due(8), Server()

    def run(lanes: int) -> None:
        try:
            jobs.run_due(errands, server, now=NOON, lanes=lanes)
        finally:
            connections.close_all()

    runs = [threading.Thread(target=run, args=(lanes,)) for lanes in (2, 3)]
    for each in runs:
        each.start()
    for each in runs:
        each.join(PATIENCE)

    assert sorted(server.asked) == [each.pk for each in errands]
