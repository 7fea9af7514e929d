"""How long things took: steps add up, and a quantile is within 5 % of the true one."""

import math
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shipping.performance import durations

TAKEN = st.lists(st.integers(min_value=1, max_value=90 * 24 * 3600), min_size=1, max_size=60)


def kept(seconds: list[int]) -> dict[str, dict[str, int]]:
    steps = durations.Steps(durations.step(timedelta(seconds=each)) for each in seconds)
    return durations.packed({durations.TO_SHIP: steps})


@given(TAKEN, TAKEN, st.sampled_from([0.5, 0.95]))
def test_a_quantile_of_added_rows_is_within_five_per_cent_of_the_true_one(
    some: list[int], others: list[int], share: float
) -> None:
    steps = durations.added([kept(some), kept(others)])[durations.TO_SHIP]
    every = sorted(some + others)
    true = every[max(1, math.ceil(len(every) * share)) - 1]

    found = durations.quantile(steps, share)

    assert found is not None
    assert abs(found.total_seconds() - true) <= 0.05 * true + 1
    assert durations.together([{durations.TO_SHIP: steps}])[durations.TO_SHIP] == steps


def test_of_nothing_there_is_no_quantile_and_what_ends_before_it_begins_took_no_time() -> None:
    assert durations.quantile(durations.Steps(), 0.5) is None
    assert durations.quantile(durations.Steps([durations.step(timedelta(seconds=-5))]), 0.5) == timedelta(0)
