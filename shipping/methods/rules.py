"""By which ship method an order goes, and by which rule. Pure.

The first of these that names a ship method of the cart's warehouse decides:

1. what a person chose for this order,
2. the cart's ship method for Prime orders,
3. the cart's rules, the most specific first,
4. the cart's mapping of the order's own ship method,
5. the rules of all carts, the most specific first,
6. the cart's default,
7. the default of all carts: the warehouse's.

Where none does, the order is held, or goes under the marketplace's own name, as the cart's route says.

Of two rules the one with more conditions is more specific; of as many, the one with a postal code (the longer
beginning first), then with a country, an order value, a ship method, a program, Prime; of two alike, the older one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Self

from carts.marketplaces import APPLICATIONS
from orders.countries import as_code
from orders.postal_codes import plain
from shipping.models import MethodRule, OrderRule, ShipMethod, Warehouse

PROGRAMS: Mapping[str, str] = {
    word: name for each in APPLICATIONS.values() for word, name in each.marketplace.programs.items()
}
ANY = "any order"  # the words of a rule without conditions
NEWEST = 2**63  # a rule that is not kept yet comes after all others of its kind


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """An order as far as rules look at it. What is None is not known, and no rule that asks for it fits."""

    service: str
    is_prime: bool = False
    total: Decimal | None = None
    currency: str = ""
    country: str | None = None
    postal_code: str | None = field(default=None, repr=False)
    chosen: ShipMethod | None = None  # by a person
    programs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What an order goes by. Without a ship method it is held, or goes under the marketplace's own name."""

    method: ShipMethod | None
    how: str  # in words, fit to follow "goes by UPS Ground, …"
    held: bool = False

    @property
    def method_id(self) -> int | None:
        return self.method.pk if self.method else None


# -- One rule --------------------------------------------------------------------------------------------------------
def fits(rule: OrderRule, facts: MethodFacts) -> bool:
    return may_fit(rule, facts) and (
        not rule.postal_prefix
        or (facts.postal_code is not None and plain(facts.postal_code).startswith(plain(rule.postal_prefix)))
    )


def may_fit(rule: OrderRule, facts: MethodFacts) -> bool:
    """Whether a rule fits as far as can be told without the postal code."""
    return (
        (not rule.service or rule.service == facts.service)
        and (rule.prime is None or rule.prime == facts.is_prime)
        and (not rule.program or rule.program in facts.programs)
        and (not rule.country or (facts.country is not None and as_code(rule.country) == as_code(facts.country)))
        and (not asks_value(rule) or _has_value(rule, facts))
    )


def asks_value(rule: OrderRule) -> bool:
    return rule.least is not None or rule.below is not None


def _has_value(rule: OrderRule, facts: MethodFacts) -> bool:
    """An amount in another currency is not compared."""
    if facts.total is None or rule.currency != facts.currency:
        return False
    return (rule.least is None or facts.total >= rule.least) and (rule.below is None or facts.total < rule.below)


def rank(rule: OrderRule) -> tuple[int, int, bool, bool, bool, bool, bool, datetime, int]:
    """Return what rules are sorted by, the most specific first. No two rules have the same."""
    prefix, value = plain(rule.postal_prefix), asks_value(rule)
    conditions = [bool(prefix), bool(rule.country), value, bool(rule.service), bool(rule.program)]
    conditions.append(rule.prime is not None)
    return (
        -sum(conditions),
        -len(prefix),
        not rule.country,
        not value,
        not rule.service,
        not rule.program,
        rule.prime is None,
        rule.made_at,
        rule.pk or NEWEST,
    )


def most_specific_first(rules: Iterable[MethodRule]) -> list[MethodRule]:
    return sorted(rules, key=rank)


# -- All that is said about a cart's orders --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that is said about the ship methods of one cart's orders. The rules stand the most specific first."""

    warehouse_id: int
    reject: bool
    prime: ShipMethod | None = None
    rules: Sequence[MethodRule] = ()
    mapped: Mapping[str, ShipMethod | None] = field(default_factory=dict)
    house_rules: Sequence[MethodRule] = ()
    default: ShipMethod | None = None
    house_default: ShipMethod | None = None

    def at(self, warehouse: Warehouse) -> Self:
        """Return what is said where an order goes to another warehouse than its cart's."""
        if warehouse.pk == self.warehouse_id:
            return self
        return replace(self, warehouse_id=warehouse.pk, house_default=warehouse.default_method)

    @property
    def asks_country(self) -> bool:
        return any(rule.country for rule in (*self.rules, *self.house_rules))

    def asks_postal_code(self, facts: MethodFacts) -> bool:
        """Whether it hangs on the postal code what becomes of this order."""
        if facts.chosen or (facts.is_prime and self._ours(self.prime)):
            return False
        return any(rule.postal_prefix and may_fit(rule, facts) for rule in (*self.rules, *self.house_rules))

    def decide(self, facts: MethodFacts) -> Decision:
        if method := self._ours(facts.chosen):
            return Decision(method, "chosen by a person")
        if facts.is_prime and (method := self._ours(self.prime)):
            return Decision(method, "like all Prime orders of the cart")
        if rule := self._first(self.rules, facts):
            return Decision(rule.ship_method, f"by the cart's rule “{words_of(rule)}”")
        if method := self._ours(self.mapped.get(facts.service)):
            return Decision(method, f"as “{facts.service}” is mapped")
        if rule := self._first(self.house_rules, facts):
            return Decision(rule.ship_method, f"by the rule for all carts “{words_of(rule)}”")
        if method := self._ours(self.default):
            return Decision(method, "by the cart's default")
        if method := self._ours(self.house_default):
            return Decision(method, "by the default for all carts")
        if self.reject:
            return Decision(None, "", held=True)
        return Decision(None, "under the cart's own name")

    def _ours(self, method: ShipMethod | None) -> ShipMethod | None:
        """A ship method of another warehouse is none."""
        return method if method is not None and method.warehouse_id == self.warehouse_id else None

    def _first(self, rules: Sequence[MethodRule], facts: MethodFacts) -> MethodRule | None:
        return next((rule for rule in rules if self._ours(rule.ship_method) and fits(rule, facts)), None)


# -- In words --------------------------------------------------------------------------------------------------------
def words_of(rule: OrderRule, *, whole: bool = False) -> str:
    """Return “SecondDay, Prime, to DE, from 100 EUR”. What a postal code begins with is named only with ``whole``:
    it is part of an address, and what chose an order's ship method stands in its history."""
    said = [rule.service] if rule.service else []
    if rule.prime is not None:
        said.append("Prime" if rule.prime else "not Prime")
    if rule.program:
        said.append(program_name(rule.program))
    if rule.country:
        said.append(f"to {rule.country}")
    if rule.postal_prefix:
        said.append(f"postal code {rule.postal_prefix}…" if whole else "certain postal codes")
    if rule.least is not None:
        said.append(f"from {amount(rule.least)} {rule.currency}")
    if rule.below is not None:
        said.append(f"below {amount(rule.below)} {rule.currency}")
    return ", ".join(said) or ANY


def program_name(word: str) -> str:
    """Return a program by the name people know."""
    return PROGRAMS.get(word) or word.replace("_", " ").capitalize()


def amount(value: Decimal) -> str:
    """Return the amount without the zeros the database adds."""
    return f"{value.normalize():f}" if value else "0"
