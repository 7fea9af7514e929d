"""What of a split order is whose: shared out whatever was packed, canceled or added meanwhile."""

from hypothesis import given
from hypothesis import strategies as st

from shipping.shipments.release_parts import shares

units = st.dictionaries(st.integers(1, 4), st.integers(0, 6), max_size=4)


@given(units, st.lists(units, min_size=1, max_size=4))
def test_the_parts_together_are_for_exactly_what_is_open(opened: dict[int, int], parts: list[dict[int, int]]) -> None:
    found = shares(opened, parts)

    assert len(found) == len(parts)
    for line, wanted in opened.items():
        assert sum(mine.get(line, 0) for mine in found) == wanted
    for mine, part in list(zip(found, parts, strict=True))[1:]:
        assert all(0 <= count <= part[line] for line, count in mine.items())


def test_what_was_canceled_the_later_part_loses_and_what_was_added_the_first_gets() -> None:
    assert shares({1: 2}, [{1: 2}, {1: 1}]) == [{1: 2}, {1: 0}]
    assert shares({1: 5, 2: 1}, [{1: 2}, {1: 1}]) == [{1: 4, 2: 1}, {1: 1}]


def test_of_an_order_without_parts_nothing_is_shared() -> None:
    assert shares({1: 5}, []) == []
