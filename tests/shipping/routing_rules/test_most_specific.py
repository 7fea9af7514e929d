"""Which routing rule decides: pure, and the same whatever stands in which order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from carts.models import Cart
from shipping.methods.rules import MethodFacts
from shipping.models import RoutingRule, Warehouse
from shipping.routing_rules.rules import (
    NO_RULE,
    NO_STOCK,
    Placement,
    RoutingBook,
    fits,
    most_specific_first,
    rank,
    words_of,
)
from tests.world import NOON

CART, OTHER = 1, 2
PLACES = {pk: Warehouse(pk=pk, name=name) for pk, name in enumerate(("Reno", "Oslo", "Graz"), start=1)}

RULES = st.fixed_dictionaries(
    {
        "cart_id": st.sampled_from([None, CART, OTHER]),
        "service": st.sampled_from(["", "Standard", "NextDay"]),
        "prime": st.sampled_from([None, True, False]),
        "program": st.sampled_from(["", "AMAZON_BUSINESS"]),
        "country": st.sampled_from(["", "DE", "AT"]),
        "postal_prefix": st.sampled_from(["", "1", "101", "20"]),
        "in_stock": st.booleans(),
        "warehouse_id": st.sampled_from(list(PLACES)),
        "made_at": st.integers(0, 2).map(lambda hours: NOON + timedelta(hours=hours)),
    }
)
ORDERS = st.builds(
    MethodFacts,
    service=st.sampled_from(["Standard", "NextDay"]),
    is_prime=st.booleans(),
    country=st.sampled_from([None, "DE", "AT"]),
    postal_code=st.sampled_from([None, "10115", "20095"]),
    programs=st.sampled_from([(), ("AMAZON_BUSINESS",)]),
)
STOCKED = st.sets(st.sampled_from(list(PLACES)))


def rule(pk: int = 1, **said: Any) -> RoutingRule:
    made = RoutingRule(pk=pk, **({"made_at": NOON, "warehouse_id": 1} | said))
    made.warehouse = PLACES[made.warehouse_id]
    if made.cart_id is not None:
        made.cart = Cart(pk=made.cart_id, name="Amazon.de")
    return made


def book(*rules: RoutingRule) -> RoutingBook:
    return RoutingBook(CART, rules=most_specific_first(rules))


@given(st.lists(RULES, max_size=8), ORDERS, STOCKED, st.randoms(use_true_random=False))
def test_the_most_specific_rule_that_fits_wins_in_whatever_order_they_were_written(
    said: list[dict[str, Any]], order: MethodFacts, stocked: set[int], dice: Any
) -> None:
    rules = [rule(pk, **each) for pk, each in enumerate(said, start=1)]

    placed = book(*dice.sample(rules, len(rules))).decide(order, stocked)

    assert len({rank(each) for each in rules}) == len(rules)  # a total order
    fitting = [each for each in rules if fits(each, order, CART, stocked)]
    winner = min(fitting, key=rank, default=None)
    assert placed.warehouse == (winner.warehouse if winner else None)
    assert bool(placed.how) == (winner is not None)
    assert bool(placed.why_not) == (winner is None)


@given(RULES, ORDERS, STOCKED)
def test_one_more_condition_never_lets_a_rule_fit_more_and_always_comes_first(
    said: dict[str, Any], order: MethodFacts, stocked: set[int]
) -> None:
    wide = rule(1, **said)
    for more in ({"country": "DE"}, {"prime": True}, {"cart_id": CART}, {"in_stock": True}):
        if any(said[name] for name in more) or said["prime"] is not None:
            continue
        narrow = rule(2, **(said | more))
        assert rank(narrow) < rank(wide)
        assert fits(wide, order, CART, stocked) or not fits(narrow, order, CART, stocked)


def test_where_no_rule_fits_it_says_whether_stock_is_what_lacks() -> None:
    order = MethodFacts("Standard", country="DE")
    there = rule(country="DE", in_stock=True)

    assert book(rule(country="AT")).decide(order) == Placement(None, why_not=NO_RULE)
    assert book().decide(order) == Placement(None, why_not=NO_RULE)
    assert book(there).decide(order) == Placement(None, why_not=NO_STOCK)
    assert book(there).decide(order, {1}).warehouse == PLACES[1]
    assert book(there, rule(2, warehouse_id=2)).decide(order).warehouse == PLACES[2]  # without conditions: the rest


def test_a_cart_that_names_its_warehouse_asks_no_rule() -> None:
    own = replace(book(rule(country="DE")), always=PLACES[3])

    assert own.decide(MethodFacts("Standard", country="DE")) == Placement(PLACES[3])


def test_a_rule_of_another_cart_fits_nothing_and_words_name_no_postal_code_in_a_history() -> None:
    order = MethodFacts("Standard", country="DE", postal_code="10115")
    narrow = rule(cart_id=CART, country="DE", postal_prefix="101", in_stock=True)

    assert not fits(rule(cart_id=OTHER), order, CART, ())
    assert words_of(narrow, whole=True) == "Amazon.de, to DE, postal code 101…, in stock there"
    assert "101" not in book(narrow).decide(order, {1}).how
    assert words_of(rule()) == "any order"
