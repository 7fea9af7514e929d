"""The figures of all rounds, beside what was aimed at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tools.bench.measures import Pass

TIMES_THE_LOOP = 10.0
PART_OF_COPY = 0.3
UNCHANGED_TIMES_FIRST = 2.0
CALLS_PER_ORDER = 0.0102
PEAK_MB = 200.0
GROWTH_MB = 10.0  # what memory may differ by between few orders and many: noise, not growth


@dataclass(frozen=True, slots=True)
class Aim:
    what: str
    measured: str
    wanted: str
    met: bool | None  # None: could not be measured here


@dataclass(frozen=True, slots=True)
class Results:
    """Medians over the rounds; memory is the most of any round.

    A ratio is the median of each round's own: on a shared machine a round has its weather, and its parts share it.
    """

    import_first_per_s: float
    import_unchanged_per_s: float
    loop_per_s: float
    copy_per_s: float | None  # None without PostgreSQL
    times_the_loop: float
    part_of_copy: float | None
    unchanged_times_first: float
    http_calls_per_order: float
    statements_per_page: Mapping[str, tuple[int, int]]  # the fewest and the most of any page
    peak_mb: float
    peak_mb_of_few: float

    def aims(self) -> list[Aim]:
        of_loop, of_copy, of_first = self.times_the_loop, self.part_of_copy, self.unchanged_times_first
        grown = self.peak_mb - self.peak_mb_of_few
        statements = ", ".join(f"{name} {_range(*ends)}" for name, ends in self.statements_per_page.items())
        constant = all(fewest == most for fewest, most in self.statements_per_page.values())
        return [
            Aim("first pass / loop", f"{of_loop:.1f}", f"≥ {TIMES_THE_LOOP:g}", of_loop >= TIMES_THE_LOOP),
            Aim(
                "first pass / COPY",
                "needs PostgreSQL" if of_copy is None else f"{of_copy:.2f}",
                f"≥ {PART_OF_COPY:g}",
                None if of_copy is None else of_copy >= PART_OF_COPY,
            ),
            Aim(
                "unchanged / first pass",
                f"{of_first:.1f}",
                f"≥ {UNCHANGED_TIMES_FIRST:g}",
                of_first >= UNCHANGED_TIMES_FIRST,
            ),
            Aim(
                "HTTP calls an order",
                f"{self.http_calls_per_order:.4f}",
                f"≤ {CALLS_PER_ORDER}",
                self.http_calls_per_order <= CALLS_PER_ORDER,
            ),
            Aim("SQL statements a page", statements, "constant", constant),
            Aim("peak memory, MB", f"{self.peak_mb:.0f}", f"< {PEAK_MB:g}", self.peak_mb < PEAK_MB),
            Aim("… more than for a fifth, MB", f"{grown:+.1f}", f"≤ {GROWTH_MB:g}", grown <= GROWTH_MB),
        ]


def judge(passes: Sequence[Pass], few: Sequence[Pass]) -> Results:
    """``few``: the passes of an import of a fifth of the orders, to see whether memory grows."""
    by_name: dict[str, list[Pass]] = {}
    for one in passes:
        by_name.setdefault(one.name, []).append(one)
    ours = by_name["first"] + by_name["unchanged"]
    return Results(
        import_first_per_s=_typical(by_name["first"]),
        import_unchanged_per_s=_typical(by_name["unchanged"]),
        loop_per_s=_typical(by_name["loop"]),
        copy_per_s=_typical(by_name["copy"]) if "copy" in by_name else None,
        times_the_loop=_ratio(by_name["first"], by_name["loop"]),
        part_of_copy=_ratio(by_name["first"], by_name["copy"]) if "copy" in by_name else None,
        unchanged_times_first=_ratio(by_name["unchanged"], by_name["first"]),
        http_calls_per_order=max(one.calls_per_order for one in by_name["first"]),
        statements_per_page={name: _ends(by_name[name]) for name in ("first", "unchanged")},
        peak_mb=round(max(one.peak_mb for one in ours), 1),
        peak_mb_of_few=round(max(one.peak_mb for one in few), 1),
    )


def _typical(passes: Iterable[Pass]) -> float:
    return round(median(one.per_s for one in passes), 1)


def _ratio(ones: Sequence[Pass], others: Sequence[Pass]) -> float:
    return round(median(one.per_s / other.per_s for one, other in zip(ones, others, strict=True)), 3)


def _ends(passes: Iterable[Pass]) -> tuple[int, int]:
    counts = [count for one in passes for count in one.statements]
    return min(counts, default=0), max(counts, default=0)


def _range(fewest: int, most: int) -> str:
    return str(fewest) if fewest == most else f"{fewest} to {most}"
