"""The brake: what looks like a mistake of a feed rather than like sales waits for a person. Pure, over numbers.

Two things look wrong: much of what stands at the marketplace would go to zero at once, and a warehouse that reports its
stock has been silent for long. What an order takes off is told all the same: nothing is held that would oversell.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

SHARE = 0.3  # of an account's SKUs that can be bought
LEAST = 3  # SKUs: a seller of two may well sell out

ASK, ZERO, KEEP = "ask", "zero", "keep"


@dataclass(frozen=True, slots=True)
class Verdict:
    go: Mapping[str, int]  # what may be told now
    held: frozenset[str] = frozenset()
    emptied: int = 0  # of how many SKUs the zero is held
    stocked: int = 0

    @property
    def is_for_zeros(self) -> bool:
        return self.emptied > 0


def judge(
    stands: Mapping[str, int], wanted: Mapping[str, int], *, silent: Collection[str] = (), policy: str = ASK
) -> Verdict:
    """Return which of the ``wanted`` numbers may go out. ``stands`` is what each SKU was last told.

    ``silent`` are the SKUs of warehouses whose reports are too old: with ``ZERO`` they go to zero, else only what
    lowers them goes out. With ``ZERO`` any number of SKUs may go to zero; else more than ``SHARE`` are held.
    """
    if policy == ZERO:
        return Verdict({sku: 0 if sku in silent else number for sku, number in wanted.items()})
    held = {sku for sku in silent if sku in wanted and wanted[sku] > stands.get(sku, 0)}
    stocked = sum(number > 0 for number in stands.values())
    emptied = {sku for sku, number in wanted.items() if number == 0 and stands.get(sku, 0) > 0}
    if len(emptied) < LEAST or len(emptied) <= SHARE * stocked:
        emptied = set()
    held |= emptied
    go = {sku: number for sku, number in wanted.items() if sku not in held}
    return Verdict(go, frozenset(held), len(emptied), stocked)
