"""Whatever happens to a merchant's stock and to two seller accounts: never more is shown than is free, and in the end
the newest number stands in every marketplace. Orders, counts, late observations, lost answers and deaths in any order.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from carts.models import Cart
from inventory.free_stock import FreeStock
from inventory.intake import Observed, Verdict, observe
from inventory.models import AccountStock, Observation, ShelfPolicy, StockLevel
from inventory.publish.account_numbers import available
from inventory.publish.single_numbers import NumberJob
from shipping.routing import routes_for
from tests.inventory.publish.accounts import DE, GB, MUGS_EU, SKUS, connect, count, work
from tests.world import SELLER, US, World

SOLD = SKUS[:2]
FBA = "MUG-BLUE-11-FBA"
LOST = ["lost_answer", "truncated", "dropped", "503", "500_empty"]


class Dies(BaseException):
    """A worker's death."""


class TwoAccounts(RuleBasedStateMachine):
    """One merchant's two seller accounts, the second with two marketplaces, on one shelf."""

    def __init__(self, world: World, carts: list[Cart]) -> None:
        super().__init__()
        self.world, self.carts = world, carts
        self.places = [(SELLER, US), (MUGS_EU, GB), (MUGS_EU, DE)]
        self.fba = self._fba()

    @initialize()
    def counted_anew(self) -> None:
        self.world.simulator.faults.waiting.clear()
        count(self.world.cart, 12, observed_at=self.world.now)
        ShelfPolicy.objects.all().delete()
        AccountStock.objects.update(share=1)

    # -- What happens ------------------------------------------------------------------------------------------------
    @rule(place=st.integers(0, 2), sku=st.sampled_from(SOLD), quantity=st.integers(1, 2))
    def order(self, place: int, sku: str, quantity: int) -> None:
        seller, marketplace = self.places[place]
        self.world.simulator.place_order(seller, marketplace, lines=[{"sku": sku, "quantity": quantity}])

    @rule(sku=st.sampled_from(SOLD), on_hand=st.integers(0, 20))
    def counted(self, sku: str, on_hand: int) -> None:
        count(self.world.cart, on_hand, sku, observed_at=self.world.now)

    @rule(sku=st.sampled_from(SOLD), on_hand=st.integers(0, 20), minutes=st.integers(1, 90))
    def reported_late(self, sku: str, on_hand: int, minutes: int) -> None:
        """A report that was under way for a while replaces nothing that was seen after it."""
        cart, seen_at = self.carts[0], self.world.now - timedelta(minutes=minutes)
        warehouse = routes_for([cart])[cart.pk].warehouse
        known = StockLevel.objects.get(warehouse=warehouse, merchant=cart.merchant_id, sku=sku)
        report = [Observed(sku, on_hand, seen_at)]
        (outcome,) = observe(warehouse, cart.merchant, report, source=Observation.Source.API, now=self.world.now)
        assert known.observed_at is not None
        assert (outcome.verdict is Verdict.OLDER) == (seen_at < known.observed_at)

    @rule(rule=st.sampled_from(ShelfPolicy.Rule.values), parts=st.integers(0, 3), last=st.integers(1, 15))
    def shared_otherwise(self, rule: str, parts: int, last: int) -> None:
        cart, last_grant = self.world.cart, self.carts[1].grant
        kept = {"organization": cart.organization, "rule": rule, "last_units": last, "saved_at": self.world.now}
        ShelfPolicy.objects.update_or_create(merchant=cart.merchant, defaults={**kept, "last_grant": last_grant})
        AccountStock.objects.filter(grant=cart.grant).update(share=parts)

    @rule(account=st.integers(0, 2), fault=st.sampled_from(LOST))
    def answer_lost(self, account: int, fault: str) -> None:
        self.world.simulator.fail("patchListingsItem", fault, seconds=0, seller_id=self.places[account][0])

    @rule(place=st.integers(0, 2), sku=st.sampled_from(SOLD), quantity=st.integers(0, 99))
    def changed_there(self, place: int, sku: str, quantity: int) -> None:
        self.world.simulator.set_quantity(self.places[place][0], sku, quantity)
        self.world.later(hours=25)

    @rule(account=st.integers(0, 2))
    def works(self, account: int) -> None:
        self.world.later(minutes=1)
        before = len(self._told())
        work(self.carts[account])
        self._newest_and_never_above_what_is_free(before)

    @rule(account=st.integers(0, 2), after=st.booleans())
    def dies(self, account: int, after: bool) -> None:
        """A worker dies just before, or just after, the marketplace heard a number."""
        send = NumberJob._patiently

        def die(job: NumberJob, call: Any) -> str:
            if after:
                send(job, call)
            raise Dies

        with pytest.MonkeyPatch.context() as patch, suppress(Dies):
            patch.setattr(NumberJob, "_patiently", die)
            before = len(self._told())
            work(self.carts[account])
        self._newest_and_never_above_what_is_free(before)

    # -- What holds --------------------------------------------------------------------------------------------------
    @rule()
    def settle(self) -> None:
        """After a while without trouble the newest number stands everywhere."""
        world = self.world
        world.simulator.faults.waiting.clear()
        world.later(minutes=6)
        for cart in (self.carts[0], self.carts[1]):
            world.cart = cart
            world.download()
        world.cart = self.carts[0]
        for _ in range(3):
            world.later(hours=26)
            for cart in self.carts:
                work(cart)
        for (seller, place), cart in zip(self.places, self.carts, strict=True):
            shown = {sku: world.simulator.stock(seller, sku, place) for sku in SOLD}
            assert shown == self._wanted(cart)
        self._together_no_more_than_is_free()

    def _together_no_more_than_is_free(self) -> None:
        policy, free = ShelfPolicy.objects.first(), self._free()
        for sku in SOLD:
            shown = [self.world.simulator.stock(seller, sku, place) or 0 for seller, place in self.places[:2]]
            is_divided = policy is not None and (
                policy.rule == ShelfPolicy.Rule.SHARES
                or (policy.rule == ShelfPolicy.Rule.LAST and free[sku] <= policy.last_units)
            )
            assert (sum(shown) if is_divided else max(shown)) == free[sku]

    @invariant()
    def fba_and_handling_time_are_untouched(self) -> None:
        assert self._fba() == self.fba
        for seller, place in self.places:
            for sku in SOLD:
                (one,) = self.world.simulator.world.listings[seller][place][sku].availability
                assert one["lead_time_to_ship_max_days"] == 2

    def _newest_and_never_above_what_is_free(self, before: int) -> None:
        """What was told in this step is what is right now, and so never an older number after a newer one."""
        free = self._free()
        wanted = {seller: self._wanted(cart) for (seller, _), cart in zip(self.places, self.carts, strict=True)}
        for entry in self._told()[before:]:
            assert entry["quantity"] <= free[entry["sku"]]
            assert entry["quantity"] == wanted[entry["seller_id"]][entry["sku"]]

    def _told(self) -> list[dict[str, Any]]:
        return [entry for entry in self.world.simulator.journal("stock") if entry["sku"] in SOLD]

    def _free(self) -> dict[str, int]:
        """What is there and promised to nobody."""
        cart = self.carts[0]
        warehouse = routes_for([cart])[cart.pk].warehouse
        free = FreeStock.of(cart.merchant_id, now=self.world.now)
        return {sku: free.available(warehouse.pk, sku) or 0 for sku in SOLD}

    def _wanted(self, cart: Cart) -> dict[str, int]:
        return available(cart, routes_for([cart])[cart.pk].warehouse, list(SOLD), now=self.world.now)

    def _fba(self) -> list[Any]:
        listings = self.world.simulator.world.listings
        return [listings[seller][place][FBA].availability for seller, place in self.places]


def test_two_accounts_on_one_shelf(world: World) -> None:
    carts = [world.cart, *connect(world, MUGS_EU, GB, DE)]
    for cart in carts:
        work(cart)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        lambda: TwoAccounts(world, carts),  # type: ignore[arg-type]  # any callable will do
        settings=settings(max_examples=5, stateful_step_count=10, deadline=None, suppress_health_check=checks),
    )
