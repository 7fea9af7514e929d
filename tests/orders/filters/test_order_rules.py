"""How filters compare, over generated values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carts.marketplaces.values import Address
from orders.filters.order_rules import FilterFacts, Item, Values, fold, rules_of, words_of, words_of_items
from orders.models import ItemFilter, Match, OrderFilter

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
WORDS = TEXTS.filter(fold)
BLANKS = st.text(" \t\n\u2003", max_size=3)
FACTS = FilterFacts(
    number="113-1",
    service="Standard",
    currency="USD",
    is_prime=False,
    is_business=False,
    country="US",
    address=Address(state="NV", postal_code="89501", country="US"),
    items=[Item("1", "MUG-BLUE", "B01"), Item("2", "MUG-LID", "B02")],
)


# -- Comparing -------------------------------------------------------------------------------------------------------
@given(WORDS, st.lists(TEXTS), BLANKS)
def test_a_whole_value_is_found_whatever_stands_around_it(value: str, others: list[str], blanks: str) -> None:
    kept = Values.of(Match.WHOLE, [*others, f"{blanks}{value}{blanks}"])

    assert kept.hold(value)
    assert kept.hold(f"{blanks}{value}{blanks}")


@given(WORDS, TEXTS)
def test_whole_means_the_same_and_nothing_more(value: str, other: str) -> None:
    assert Values.of(Match.WHOLE, [value]).hold(other) == (fold(value) == fold(other))


@given(st.text("abcXYZ0-", min_size=1), st.text("abcXYZ0-"), st.sampled_from(Match))
def test_capital_and_small_letters_are_the_same(value: str, rest: str, match: Match) -> None:
    text = {Match.WHOLE: value, Match.STARTS: value + rest, Match.ENDS: rest + value}[match]

    assert all(Values.of(match, [value]).hold(said) for said in (text.upper(), text.lower(), text.swapcase()))


@pytest.mark.parametrize(("kept", "said"), [("STRASSE", "straße"), ("é", "e\u0301"), ("ΣΑΣ", "σας")])
def test_letters_of_other_scripts_are_the_same_too(kept: str, said: str) -> None:
    assert Values.of(Match.WHOLE, [kept]).hold(said)


@given(st.text("ab", min_size=1), st.text("ab"))
def test_starts_and_ends_are_what_python_says_of_plain_letters(value: str, text: str) -> None:
    assert Values.of(Match.STARTS, [value]).hold(text) == text.startswith(value)
    assert Values.of(Match.ENDS, [value]).hold(text) == text.endswith(value)


@given(WORDS, st.sampled_from(Match))
def test_what_is_the_same_starts_and_ends_so(value: str, match: Match) -> None:
    assert Values.of(match, [value]).hold(value)


@given(st.lists(BLANKS), TEXTS, st.sampled_from(Match))
def test_empty_values_match_nothing(blanks: list[str], text: str, match: Match) -> None:
    kept = Values.of(match, [*blanks, "", None, 7])

    assert not kept.folded
    assert not kept.hold(text)


@given(st.sampled_from(OrderFilter.Effect), st.sampled_from(OrderFilter.Field), st.lists(BLANKS))
def test_a_rule_without_values_leaves_nothing_out(effect: str, about: str, blanks: list[str]) -> None:
    rules = rules_of([OrderFilter(effect=effect, field=about, values=blanks)], ItemFilter(values=blanks, mode="allow"))

    assert not rules.leave_out(FACTS).reason
    assert not rules.leave_out(FACTS).lines


@given(WORDS, st.sampled_from(OrderFilter.Field), st.sampled_from(Match))
def test_required_and_restricted_are_opposites(value: str, about: str, match: Match) -> None:
    def out(effect: str) -> bool:
        return bool(rules_of([OrderFilter(effect=effect, field=about, match=match, values=[value])], None)
                    .leave_out(FACTS).reason)  # fmt: skip

    assert out("required") != out("restricted")


# -- Which order is left out -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("about", "value"),
    [
        ("service", "standard"),
        ("country", "us"),
        ("state", " nv "),
        ("postal_code", "89501"),
        ("prime", "No"),
        ("business", "no"),
        ("currency", "usd"),
        ("number", "113-1"),
    ],
)
def test_every_field_is_read(about: str, value: str) -> None:
    restricted = rules_of([OrderFilter(field=about, values=[value])], None)
    required = rules_of([OrderFilter(field=about, values=["something else"], effect="required")], None)

    assert restricted.leave_out(FACTS).reason
    assert required.leave_out(FACTS).reason
    turned = replace(FACTS, is_prime=True, is_business=True)
    assert bool(restricted.leave_out(turned).reason) == (about not in ("prime", "business"))


def test_all_required_must_pass_and_any_restricted_excludes() -> None:
    us = OrderFilter(field="country", values=["US", "CA"], effect="required")
    fast = OrderFilter(field="service", values=["Next", "Standard"], match="starts", effect="required")
    prime = OrderFilter(field="prime", values=["yes"])
    rules = rules_of([us, fast, prime], None)

    assert not rules.leave_out(FACTS).reason
    assert (
        rules.leave_out(replace(FACTS, country="DE")).reason == "Left out by the filter “Only if country is US or CA”"
    )
    assert "ship method starts with Next or Standard" in rules.leave_out(replace(FACTS, service="Slow")).reason
    assert rules.leave_out(replace(FACTS, is_prime=True)).reason == "Left out by the filter “Prime is yes”"


@pytest.mark.parametrize("effect", ["required", "restricted"])
@pytest.mark.parametrize("about", ["country", "state", "postal_code", "currency"])
def test_what_is_not_known_decides_nothing(effect: str, about: str) -> None:
    unknown = replace(FACTS, country=None, address=None, currency="")

    assert not rules_of([OrderFilter(field=about, effect=effect, values=["x"])], None).leave_out(unknown).reason


@pytest.mark.parametrize("effect", ["required", "restricted"])
@pytest.mark.parametrize(
    "word", ["GB", "gb", "UK", "U.K.", "England", "Great Britain", "GBR", " Vereinigtes Königreich "]
)
@pytest.mark.parametrize("shown", ["GB", "gb", "UK"])
def test_a_country_is_meant_whatever_it_is_called(effect: str, word: str, shown: str) -> None:
    """Also in a filter that was kept before words became codes."""
    rules = rules_of([OrderFilter(field="country", effect=effect, values=[word, "FR"])], None)

    assert bool(rules.leave_out(replace(FACTS, country=shown)).reason) == (effect == "restricted")
    assert bool(rules.leave_out(replace(FACTS, country="DE")).reason) == (effect == "required")


@pytest.mark.parametrize("written", ["SW1A 1AA", "sw1a1aa", "SW1A-1AA", "ＳＷ１Ａ　１ＡＡ", "SW1A\u00a01AA\u200b"])
@pytest.mark.parametrize("match", ["whole", "starts", "ends"])
def test_a_postal_code_is_the_same_however_it_is_written(written: str, match: str) -> None:
    there = replace(FACTS, address=Address(postal_code="SW1A 1AA", country="GB"))

    assert rules_of([OrderFilter(field="postal_code", match=match, values=[written])], None).leave_out(there).reason


@pytest.mark.parametrize("listed", ["MUG-1", " mug-1", "MUG-1\u200b", "\ufeffMUG-1\u00a0"])
@pytest.mark.parametrize("sku", ["MUG-1", " MUG-1", "MUG-1 ", "\u00a0MUG-1"])
def test_blanks_around_a_sku_hide_nothing(listed: str, sku: str) -> None:
    facts = replace(FACTS, items=[Item("1", sku, "B01")])

    assert rules_of([], ItemFilter(mode="deny", by="sku", match="whole", values=[listed])).leave_out(facts).reason


@pytest.mark.parametrize("about", ["state", "postal_code"])
def test_a_part_of_an_address_is_not_named_in_a_reason(about: str) -> None:
    kept = OrderFilter(field=about, values=["NV", "89501"])

    assert not {"NV", "89501"} & set(rules_of([kept], None).leave_out(FACTS).reason.replace("”", "").split())
    assert words_of(OrderFilter(field=about, values=["NV"])).endswith("is a certain value")


# -- Which lines are left out ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mode", "scope", "values", "reason", "lines"),
    [
        ("deny", "line", ["mug-lid"], False, {"2"}),
        ("allow", "line", ["mug-lid"], False, {"1"}),
        ("deny", "line", ["MUG-BLUE", "MUG-LID"], True, set()),
        ("allow", "line", ["LAMP"], True, set()),
        ("deny", "order", ["MUG-LID"], True, set()),
        ("allow", "order", ["MUG-LID"], True, set()),
        ("allow", "order", ["MUG-LID", "MUG-BLUE"], False, set()),
        ("deny", "order", ["LAMP"], False, set()),
    ],
)
def test_a_list_leaves_out_lines_or_the_order(
    mode: str, scope: str, values: list[str], reason: bool, lines: set[str]
) -> None:
    left = rules_of([], ItemFilter(mode=mode, scope=scope, by="sku", values=values)).leave_out(FACTS)

    assert (bool(left.reason), set(left.lines)) == (reason, lines)


def test_items_are_listed_by_asin_too() -> None:
    left = rules_of([], ItemFilter(by="asin", values=["b02"])).leave_out(FACTS)

    assert left.lines == {"2"}


def test_a_line_that_is_gone_already_makes_no_parcel() -> None:
    """One line is canceled, the other one left out: nothing would be in the parcel."""
    facts = replace(FACTS, items=[Item("1", "MUG-BLUE", "B01", open=False), Item("2", "MUG-LID", "B02")])

    assert rules_of([], ItemFilter(values=["MUG-LID"])).leave_out(facts).reason


def test_long_lists_are_counted_not_told() -> None:
    assert words_of_items(ItemFilter(mode="allow", values=["A"] * 120)) == "Only if SKU is one of 120 values"
    assert words_of_items(ItemFilter(mode="deny", by="asin", values=["B01", "B02"])) == "ASIN is B01 or B02"
    assert len(words_of(OrderFilter(field="service", values=["x" * 500]))) < 100
