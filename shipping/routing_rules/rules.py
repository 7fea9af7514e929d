"""To which warehouse an order goes, and by which rule. Pure.

A cart that names a warehouse sends everything there. For one that leaves it to the rules, the most specific rule that
fits decides; where none fits, the order is held. Of two rules the one with more conditions is more specific, the cart
and the stock being conditions as well; of as many, the one with a cart, then as with ship methods (methods/rules.py),
then the one with the stock; of two alike, the older one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shipping.methods import rules as conditions
from shipping.methods.rules import MethodFacts
from shipping.models import RoutingRule, Warehouse

NO_RULE = "No routing rule fits it"
NO_STOCK = "No warehouse that a routing rule allows has all of it in stock"
Rank = tuple[int, bool, int, bool, bool, bool, bool, bool, bool, datetime, int]


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """What of a split order goes to one warehouse."""

    warehouse: Warehouse
    units: Mapping[int, int]  # by the line's id
    named: Sequence[tuple[str, int]]  # SKUs with their units, for sentences


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an order goes. Without a warehouse it is held, for ``why_not``."""

    warehouse: Warehouse | None
    how: str = ""  # the rule, in words, fit to follow “goes to Reno …”; empty where the cart or its past decides
    why_not: str = ""
    parts: Sequence[PlacedPart] = ()  # of an order that is split, at least two; the first goes to ``warehouse``

    @property
    def named(self) -> str:
        """The warehouses by name; empty where there is none."""
        if self.parts:
            return " + ".join(part.warehouse.name for part in self.parts)
        return self.warehouse.name if self.warehouse else ""


# -- One rule --------------------------------------------------------------------------------------------------------
def may_fit(rule: RoutingRule, facts: MethodFacts, cart_id: int) -> bool:
    """Whether a rule fits as far as can be told without the postal code and the stock."""
    return rule.cart_id in (None, cart_id) and conditions.may_fit(rule, facts)


def fits(rule: RoutingRule, facts: MethodFacts, cart_id: int, stocked: Collection[int]) -> bool:
    """``stocked``: the ids of the warehouses that have all of the order."""
    return (
        rule.cart_id in (None, cart_id)
        and conditions.fits(rule, facts)
        and (not rule.in_stock or rule.warehouse_id in stocked)
    )


def rank(rule: RoutingRule) -> Rank:
    """Return what rules are sorted by, the most specific first. No two rules have the same."""
    fewer, prefix, country, value, service, program, prime, made_at, pk = conditions.rank(rule)
    has_cart = rule.cart_id is not None
    return (
        fewer - has_cart - rule.in_stock,
        not has_cart,
        prefix,
        country,
        value,
        service,
        program,
        prime,
        not rule.in_stock,
        made_at,
        pk,
    )


def most_specific_first(rules: Iterable[RoutingRule]) -> list[RoutingRule]:
    return sorted(rules, key=rank)


# -- All rules about a cart's orders ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RoutingBook:
    """The rules for the orders of one cart, the most specific first; or the one warehouse that gets them all."""

    cart_id: int
    always: Warehouse | None = None
    rules: Sequence[RoutingRule] = ()
    splits: bool = False  # what no warehouse has all of goes to several, where they have it together

    @property
    def asks_country(self) -> bool:
        return any(rule.country for rule in self.rules)

    @property
    def asks_stock(self) -> bool:
        return any(rule.in_stock for rule in self.rules)

    def asks_postal_code(self, facts: MethodFacts) -> bool:
        """Whether it hangs on the postal code where this order goes."""
        return any(rule.postal_prefix and may_fit(rule, facts, self.cart_id) for rule in self.rules)

    def decide(self, facts: MethodFacts, stocked: Collection[int] = ()) -> Placement:
        if self.always is not None:
            return Placement(self.always)
        for rule in self.rules:
            if fits(rule, facts, self.cart_id, stocked):
                return Placement(rule.warehouse, how=f"by the routing rule “{words_of(rule)}”")
        return Placement(None, why_not=NO_STOCK if self.allowed(facts) else NO_RULE)

    def allowed(self, facts: MethodFacts) -> list[Warehouse]:
        """Return the warehouses that the rules allow wherever the stock may be, in the rules' sequence."""
        everywhere = [rule.warehouse_id for rule in self.rules]
        found = [rule.warehouse for rule in self.rules if fits(rule, facts, self.cart_id, everywhere)]
        return list(dict.fromkeys(found))


# -- In words --------------------------------------------------------------------------------------------------------
def words_of(rule: RoutingRule, *, whole: bool = False) -> str:
    """Return “Amazon.de, Prime, to DE, in stock there”. For ``whole`` see methods/rules.py."""
    said = [rule.cart.name] if rule.cart is not None else []
    if (about := conditions.words_of(rule, whole=whole)) != conditions.ANY:
        said.append(about)
    if rule.in_stock:
        said.append("in stock there")
    return ", ".join(said) or conditions.ANY
