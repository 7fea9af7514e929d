"""What a web process keeps is not looked through again and again."""

import gc

import pytest
from django.utils.module_loading import import_string

from integration_manager import web_worker
from integration_manager.settled import settle

pytestmark = pytest.mark.one_database


def test_what_is_there_at_the_start_is_left_out_of_later_rounds() -> None:
    kept: list[list[int]] = [[]]

    settle()

    assert not any(each is kept for each in gc.get_objects())
    assert import_string(web_worker.SETTLE) is settle
