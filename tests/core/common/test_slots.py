"""So many at once, over all processes of a machine."""

import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import pytest

from core.common.slots import AllTaken, slot


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def taken(most: int) -> bool:
    try:
        with slot("tests", most=most):
            return False
    except AllTaken:
        return True


def test_so_many_have_one_and_the_next_is_told_at_once() -> None:
    with slot("tests", most=2):
        assert not taken(2)
        with slot("tests", most=2):
            assert taken(2)
            assert not taken(3)
        assert not taken(2)
    assert not taken(1)


def test_it_is_given_back_when_something_went_wrong() -> None:
    with pytest.raises(ZeroDivisionError), slot("tests", most=1):
        raise ZeroDivisionError

    assert not taken(1)


def _hold(said: Any) -> None:
    with slot("tests", most=1):
        said.send("held")
        time.sleep(30)


def test_other_processes_count_and_one_that_was_killed_holds_nothing() -> None:
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe()
    child = forking.Process(target=_hold, args=(theirs,))
    child.start()
    assert ours.recv() == "held"
    assert taken(1)

    assert child.pid
    os.kill(child.pid, 9)
    child.join(10)

    assert not taken(1)
