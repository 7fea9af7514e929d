"""Which warehouse ships what of an order that none has all of."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from shipping.routing_rules.fewest_warehouses import MOST_WAREHOUSES, split

RENO, OSLO, GRAZ = 1, 2, 3
stocks = st.dictionaries(st.sampled_from([RENO, OSLO, GRAZ]), st.dictionaries(st.integers(1, 3), st.integers(0, 4)))


class Shelves:
    """Each warehouse's units by line: no line shares its stock with another."""

    def __init__(self, there: Mapping[int, Mapping[int, int]]) -> None:
        self.there = there

    def most(self, warehouse_id: int, line: int, beside: Mapping[int, int]) -> int:
        return self.there.get(warehouse_id, {}).get(line, 0)

    def split(self, wanted: list[tuple[int, int]]) -> dict[int, dict[int, int]]:
        return split(wanted, [RENO, OSLO, GRAZ], self.most)


def test_each_line_goes_whole_to_the_first_warehouse_that_has_it() -> None:
    shelves = Shelves({RENO: {1: 5}, OSLO: {1: 5, 2: 5}})
    assert shelves.split([(1, 1), (2, 3)]) == {RENO: {1: 1}, OSLO: {2: 3}}


def test_as_few_warehouses_as_can_be_in_the_sequence_of_the_rules() -> None:
    shelves = Shelves({RENO: {1: 1}, OSLO: {2: 1}, GRAZ: {2: 1, 3: 1}})
    assert shelves.split([(1, 1), (2, 1), (3, 1)]) == {RENO: {1: 1}, GRAZ: {2: 1, 3: 1}}


def test_a_lines_units_are_divided_only_where_no_warehouse_has_them_all() -> None:
    assert Shelves({RENO: {1: 2}, OSLO: {1: 1}}).split([(1, 3)]) == {RENO: {1: 2}, OSLO: {1: 1}}
    whole = Shelves({RENO: {1: 2, 2: 1}, OSLO: {1: 1}, GRAZ: {1: 3}})
    assert whole.split([(1, 3), (2, 1)]) == {RENO: {2: 1}, GRAZ: {1: 3}}


def test_what_they_do_not_have_together_is_not_split() -> None:
    assert Shelves({RENO: {1: 2}, OSLO: {1: 1}}).split([(1, 4)]) == {}
    assert Shelves({RENO: {1: 2}}).split([(1, 1), (2, 1)]) == {}


@given(stocks, st.dictionaries(st.integers(1, 3), st.integers(1, 6), min_size=1))
def test_all_of_it_is_shipped_and_nothing_that_is_not_there(
    there: dict[int, dict[int, int]], wanted: dict[int, int]
) -> None:
    found = Shelves(there).split(list(wanted.items()))

    if found:
        assert 2 <= len(found) <= MOST_WAREHOUSES
        assert {line: sum(mine.get(line, 0) for mine in found.values()) for line in wanted} == wanted
        assert all(count <= there[each][line] for each, mine in found.items() for line, count in mine.items())
