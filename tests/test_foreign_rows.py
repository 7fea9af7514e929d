"""No list and no search shows anything of another 3PL, or to a seller of another merchant.

What is asked for by its number is looked at in tests/test_tenancy.py, and the API in tests/test_api_tenancy.py.
"""

import pytest

from simulator.amazon import Simulator
from tests.foreign_rows import questions
from tests.test_tenancy import Things, ours, theirs

__all__ = ["ours", "theirs"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_nobody_is_shown_anything_of_somebody_else(ours: Things, theirs: Things, simulator: Simulator) -> None:
    asked = [each for each in questions(ours, theirs) if each.is_search]

    assert len(asked) > 80
    assert [each.about for each in asked if each.tells()] == []
