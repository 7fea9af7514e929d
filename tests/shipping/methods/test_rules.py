"""Which of all that is said about ship methods decides: pure, and the same whatever stands in which order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipping.methods.rules import Decision, MethodFacts, Rulebook, fits, most_specific_first, rank, words_of
from shipping.models import MethodRule, ShipMethod
from tests.world import NOON

RENO, OSLO = 1, 2
NAMES = ("person", "prime", "rule", "mapped", "house_rule", "default", "house_default")
METHODS = {
    name: ShipMethod(pk=pk, label=name, warehouse_id=RENO, carrier="UPS", scac="UPSN", service=name)
    for pk, name in enumerate(NAMES, start=1)
}
ORDER = MethodFacts("SecondDay", True, Decimal("99.99"), "EUR", "DE", "10115", METHODS["person"])


def rule(pk: int = 1, *, by: str = "rule", **conditions: Any) -> MethodRule:
    return MethodRule(pk=pk, ship_method=METHODS[by], made_at=conditions.pop("made_at", NOON), **conditions)


def book(*said: str, reject: bool = False, **fields: Any) -> Rulebook:
    """All that may be said, as far as it is said."""
    return Rulebook(
        warehouse_id=RENO,
        reject=reject,
        prime=METHODS["prime"] if "prime" in said else None,
        rules=[rule(country="DE")] if "rule" in said else [],
        mapped={"SecondDay": METHODS["mapped"]} if "mapped" in said else {},
        house_rules=[rule(2, by="house_rule", prime=True)] if "house_rule" in said else [],
        default=METHODS["default"] if "default" in said else None,
        house_default=METHODS["house_default"] if "house_default" in said else None,
    )


def facts(**changes: Any) -> MethodFacts:
    known = {name: getattr(ORDER, name) for name in MethodFacts.__slots__}
    return MethodFacts(**(known | {"chosen": None} | changes))


# -- The order of decision -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", range(len(NAMES)))
def test_what_is_nearer_to_the_order_decides(place: int) -> None:
    left = NAMES[place:]

    decision = book(*left).decide(facts(chosen=METHODS["person"] if "person" in left else None))

    assert decision.method == METHODS[left[0]]
    assert decision.how


def test_nothing_said_holds_the_order_or_lets_it_pass() -> None:
    assert book(reject=True).decide(facts()) == Decision(None, "", held=True)
    assert book(reject=False).decide(facts()) == Decision(None, "under the cart's own name")


def test_a_ship_method_of_another_warehouse_decides_nothing() -> None:
    here, there = book(*NAMES[1:]), Rulebook(warehouse_id=OSLO, reject=True)
    moved = {name: getattr(here, name) for name in Rulebook.__slots__ if name not in ("warehouse_id", "reject")}

    assert Rulebook(warehouse_id=OSLO, reject=True, **moved).decide(facts(chosen=METHODS["person"])) == there.decide(
        facts()
    )


def test_it_says_by_which_rule() -> None:
    assert book("rule").decide(facts()).how == "by the cart's rule “to DE”"
    assert book("mapped").decide(facts()).how == "as “SecondDay” is mapped"
    assert book("house_rule").decide(facts()).how == "by the rule for all carts “Prime”"


# -- What fits -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("conditions", "otherwise"),
    [
        ({"service": "SecondDay"}, {"service": "NextDay"}),
        ({"prime": True}, {"is_prime": False}),
        ({"prime": False}, None),
        ({"country": "DE"}, {"country": "AT"}),
        ({"country": "DE"}, {"country": None}),
        ({"country": "DE", "postal_prefix": "101"}, {"postal_code": "20095"}),
        ({"country": "DE", "postal_prefix": "101"}, {"postal_code": None}),
        ({"country": "DE", "postal_prefix": "101"}, {"country": "FR"}),
        ({"least": Decimal("99.99"), "currency": "EUR"}, {"total": Decimal("99.98")}),
        ({"least": Decimal("99.99"), "currency": "EUR"}, {"currency": "USD"}),
        ({"least": Decimal("99.99"), "currency": "EUR"}, {"total": None}),
        ({"below": Decimal("100"), "currency": "EUR"}, {"total": Decimal("100")}),
    ],
)
def test_a_rule_fits_what_it_says_and_nothing_else(
    conditions: dict[str, Any], otherwise: dict[str, Any] | None
) -> None:
    assert fits(rule(**conditions), facts()) is (otherwise is not None)
    if otherwise is not None:
        assert not fits(rule(**conditions), facts(**otherwise))


@pytest.mark.parametrize("code", ["SW1A 1AA", "sw1a1aa", " SW1A-1AA"])
def test_postal_codes_are_compared_as_people_write_them(code: str) -> None:
    assert fits(rule(country="GB", postal_prefix="sw1 a"), facts(country="GB", postal_code=code))


@pytest.mark.parametrize("kept", ["GB", "UK", "uk"])
@pytest.mark.parametrize("shown", ["GB", "UK", "gb"])
def test_a_rule_for_the_uk_fits_what_goes_to_gb(kept: str, shown: str) -> None:
    assert fits(rule(country=kept), facts(country=shown))
    assert not fits(rule(country=kept), facts(country="UA"))


def test_the_postal_code_is_asked_for_only_where_an_order_hangs_on_it() -> None:
    asking = Rulebook(RENO, False, rules=[rule(country="DE", postal_prefix="10")])

    assert asking.asks_postal_code(facts(postal_code=None))
    assert not asking.asks_postal_code(facts(country="AT"))
    assert not asking.asks_postal_code(facts(chosen=METHODS["person"]))


# -- The most specific first -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"service": "SecondDay", "prime": True}, {"country": "DE"}),
        ({"country": "DE", "postal_prefix": "101"}, {"country": "DE", "postal_prefix": "1"}),
        ({"country": "DE", "postal_prefix": "1"}, {"country": "DE", "prime": True}),
        ({"country": "DE"}, {"least": Decimal(5), "currency": "EUR"}),
        ({"least": Decimal(5), "currency": "EUR"}, {"service": "SecondDay"}),
        ({"service": "SecondDay"}, {"prime": True}),
    ],
)
def test_more_conditions_come_first_then_the_narrower_kind(first: dict[str, Any], second: dict[str, Any]) -> None:
    later = NOON + timedelta(days=1)

    assert [each.pk for each in most_specific_first([rule(1, **second), rule(2, made_at=later, **first)])] == [2, 1]


def test_of_two_alike_the_older_one_comes_first() -> None:
    older, newer = rule(2, country="DE"), rule(1, country="DE", made_at=NOON + timedelta(hours=1))

    assert most_specific_first([newer, older]) == [older, newer]


CONDITIONS = st.fixed_dictionaries(
    {
        "service": st.sampled_from(["", "SecondDay", "NextDay"]),
        "prime": st.sampled_from([None, True, False]),
        "country": st.sampled_from(["", "DE", "AT"]),
        "postal_prefix": st.sampled_from(["", "1", "101", "20"]),
        "least": st.none() | st.decimals(0, 200, places=2),
        "below": st.none() | st.decimals(0, 200, places=2),
        "currency": st.sampled_from(["EUR", "JPY"]),
        "made_at": st.integers(0, 2).map(lambda hours: NOON + timedelta(hours=hours)),
    }
)
ORDERS = st.builds(
    MethodFacts,
    service=st.sampled_from(["SecondDay", "NextDay", ""]),
    is_prime=st.booleans(),
    total=st.none() | st.decimals(0, 200, places=2),
    currency=st.sampled_from(["EUR", "JPY", ""]),
    country=st.sampled_from([None, "DE", "AT"]),
    postal_code=st.sampled_from([None, "10115", "20095"]),
)


@given(st.lists(CONDITIONS, max_size=8), ORDERS, st.randoms(use_true_random=False))
def test_the_order_rules_were_written_in_never_matters(
    said: list[dict[str, Any]], order: MethodFacts, dice: Any
) -> None:
    rules = [rule(pk, **conditions) for pk, conditions in enumerate(said, start=1)]
    shuffled = dice.sample(rules, len(rules))

    assert most_specific_first(shuffled) == most_specific_first(rules)
    assert len({rank(each) for each in rules}) == len(rules)
    winner = Rulebook(RENO, True, rules=most_specific_first(rules))._first(most_specific_first(rules), order)
    fitting = [each for each in rules if fits(each, order)]
    assert winner == (min(fitting, key=rank) if fitting else None)


@given(CONDITIONS, ORDERS)
def test_one_more_condition_never_lets_a_rule_fit_more_and_never_moves_it_back(
    said: dict[str, Any], order: MethodFacts
) -> None:
    wide, narrow = rule(1, **said), rule(1, **(said | {"country": "DE", "prime": True}))
    if not said["country"] and said["prime"] is None:
        assert rank(narrow) < rank(wide)
        assert fits(wide, order) or not fits(narrow, order)


# -- In words --------------------------------------------------------------------------------------------------------
def test_what_a_postal_code_begins_with_is_not_told_in_an_orders_history() -> None:
    said = rule(
        service="NextDay", prime=False, country="DE", postal_prefix="101", least=Decimal("50.0000"), currency="EUR"
    )

    assert words_of(said) == "NextDay, not Prime, to DE, certain postal codes, from 50 EUR"
    assert words_of(said, whole=True) == "NextDay, not Prime, to DE, postal code 101…, from 50 EUR"
    assert "101" not in Rulebook(RENO, False, rules=[rule(country="DE", postal_prefix="101")]).decide(facts()).how
