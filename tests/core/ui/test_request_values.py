"""What a request brings is read without trust: by one rule for all pages."""

import pytest
from django.http import Http404, QueryDict

from core.ui.request_values import read_id, read_ids, read_number, read_text


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)],
)
def test_digits_are_a_number(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", " 7", "-7", "+7", "7.0", "1_000", "٧", "²", "seven", "9" * 19])
def test_nothing_else_is_one(text: str) -> None:
    assert read_number(text) is None
    assert read_id(text) == 0


def test_ids_are_kept_in_order_each_once() -> None:
    assert read_ids(["3", "1", "3", "2", "01"]) == [3, 1, 2]
    assert read_ids([]) == []


@pytest.mark.parametrize("wrong", ["0", "x", "", "9" * 19])
def test_a_list_with_something_that_is_no_id_is_not_found(wrong: str) -> None:
    with pytest.raises(Http404):
        read_ids(["1", wrong])


def test_a_search_is_stripped_shortened_and_holds_no_nul() -> None:
    query = QueryDict(mutable=True)
    query["q"] = "  blue\0 mug  "
    query["cause"] = "x" * 200

    assert read_text(query) == "blue mug"
    assert len(read_text(query, "cause", most=40)) == 40
    assert read_text(query, "absent") == ""
