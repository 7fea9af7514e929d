"""No page, no list, no search and no answer of the API shows anything of another 3PL, or to a seller of another one."""

import pytest

from simulator.amazon import Simulator
from tests.foreign_rows import questions
from tests.test_tenancy import Things, ours, theirs

__all__ = ["ours", "theirs"]
pytestmark = pytest.mark.django_db


def test_nobody_is_shown_anything_of_somebody_else(ours: Things, theirs: Things, simulator: Simulator) -> None:
    asked = list(questions(ours, theirs))

    assert len(asked) > 300
    assert [each.about for each in asked if each.tells()] == []
