"""We, the seller's own tool and the buyer act on one order, in any order, while answers get lost.

Whatever happens: what is offered to be packed is what is open as far as could be known, no package that others told
Amazon is lost, and at rest our state is Amazon's.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from carts import connections
from core.alerts.models import Alert
from core.common.errands import ErrandState
from orders.models import Order, OrderStatus
from shipping.models import Package
from shipping.reconcile import reconciliations
from shipping.shipments import correction, shipped_packages
from shipping.shipments.shipped_packages import Parcel
from simulator.amazon.http.wire import Refusal
from tests.world import World

ORDERED = {"BLUE": 3, "RED": 1, "TEA": 2}
skus = st.sampled_from(sorted(ORDERED))
REST = 8  # rounds of downloading and confirming after which nothing moves any more


class OneOrder(RuleBasedStateMachine):
    """Amazon's document is the truth; ``known`` is what of it was downloaded last."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.theirs: dict[str, str] = {}  # reference: the tracking number another told under it last
        self.count = 0

    @initialize()
    def an_order_is_at_the_warehouse(self) -> None:
        self.world.simulator.faults.waiting.clear()
        lines = [{"sku": sku, "quantity": units} for sku, units in ORDERED.items()]
        self.number = self.world.at_warehouse(lines=lines).number
        self.known = self.world.simulator.order(self.number)

    # -- What there is -----------------------------------------------------------------------------------------------
    @property
    def order(self) -> Order:
        return self.world.order(self.number)

    @property
    def there(self) -> dict[str, Any]:
        return self.world.simulator.order(self.number)

    def tracking(self, whose: str) -> str:
        self.count += 1
        return f"1Z{whose}{self.number[-7:]}{self.count:04}"

    def shipped_by_others(self, document: Mapping[str, Any]) -> Counter[str]:
        units: Counter[str] = Counter()
        for package in document["packages"]:
            if "THEIRS" in package["trackingNumber"]:
                units.update({item["orderItemId"]: item["quantity"] for item in package["packageItems"]})
        return units

    # -- We ----------------------------------------------------------------------------------------------------------
    @rule()
    def we_download(self) -> None:
        self.world.later(minutes=5)
        self.world.download()
        self.known = self.there

    @precondition(lambda self: self.order.status == OrderStatus.AT_WMS)
    @rule(sku=skus, units=st.integers(1, 2))
    def we_pack(self, sku: str, units: int) -> None:
        order = self.order
        line = order.lines.get(sku=sku)
        offered = shipped_packages.openings([order])[order.pk][line.pk].units
        item = next(item for item in self.known["orderItems"] if item["orderItemId"] == line.reference)
        counted = item["fulfillment"]
        wanted = counted["quantityFulfilled"] + counted["quantityUnfulfilled"]
        gone = self.shipped_by_others(self.known)[line.reference] + shipped_packages.packed_units(order).get(line.pk, 0)
        assert offered == max(0, wanted - gone)
        if offered:
            parcel = Parcel("UPS", "UPSN", "Ground", self.tracking("OURS"), {line.pk: min(units, offered)})
            self.world.ship(order, parcels=[parcel])

    @rule(answer=st.sampled_from(["yes", "yes", "lost_answer", "500", "unread"]))
    def we_confirm(self, answer: str) -> None:
        if answer == "unread":
            self.world.simulator.fail("getOrder", "500")
        elif answer != "yes":
            self.world.simulator.fail("confirmShipment", answer)
        self.world.confirm()
        self.world.simulator.faults.waiting.clear()
        self.world.later(minutes=1)

    @precondition(lambda self: Package.objects.filter(order__number=self.number).exists())
    @rule(which=st.integers(0, 5))
    def we_correct(self, which: int) -> None:
        packages = list(Package.objects.filter(order=self.order).order_by("pk"))
        right = Parcel("UPS", "UPSN", "Ground", self.tracking("OURS"))
        with suppress(correction.NotCorrectable):
            correction.correct(packages[which % len(packages)], right, by=self.world.person, now=self.world.now)

    # -- The seller and the buyer ------------------------------------------------------------------------------------
    @rule(sku=skus, units=st.integers(1, 2), reference=st.sampled_from(["", "1", "2", "3", "01", "77"]))
    def the_seller_ships(self, sku: str, units: int, reference: str) -> None:
        tracking = self.tracking("THEIRS")
        with suppress(Refusal):  # more than is open, or nothing is
            self.world.simulator.ship_units(self.number, {sku: units}, reference=reference, tracking=tracking)
            shown = [each for each in self.there["packages"] if each["trackingNumber"] == tracking]
            self.theirs[shown[0]["packageReferenceId"]] = tracking

    @rule(sku=skus)
    def the_buyer_cancels_a_unit(self, sku: str) -> None:
        with suppress(Refusal):
            self.world.simulator.cancel_units(self.number, {sku: 1}, "BUYER")

    # -- Always ------------------------------------------------------------------------------------------------------
    @invariant()
    def no_package_is_lost_that_others_told(self) -> None:
        shown = {each["packageReferenceId"]: each["trackingNumber"] for each in self.there["packages"]}
        assert {reference: shown.get(reference) for reference in self.theirs} == self.theirs

    def teardown(self) -> None:
        if hasattr(self, "number"):
            for _ in range(REST):
                self.world.later(minutes=20)
                self.world.download()
                self.world.confirm()
            self.is_at_rest(known_to_people=self.compared())

    def compared(self) -> set[str]:
        """Orders that the nightly compare leaves to a person."""
        assert self.world.cart.grant
        made = reconciliations.begin(self.world.cart, by=None, now=self.world.now)
        assert made
        with connections.marketplace(self.world.cart.grant) as marketplace:
            reconciliations.run(made, marketplace, now=self.world.now)
        made.refresh_from_db()
        return {entry["number"] for entry in made.drift if not entry["mended"]}

    def is_at_rest(self, *, known_to_people: set[str]) -> None:
        order, there = self.order, self.there
        status = there["fulfillment"]["fulfillmentStatus"]
        self.no_package_is_lost_that_others_told()
        assert order.native_state == status
        assert [each["tracking_number"] for each in order.packages_there] == [
            each["trackingNumber"] for each in there["packages"]
        ]
        if order.status == OrderStatus.CONFIRMED:
            assert status == "SHIPPED"
        if order.status == OrderStatus.PARTLY:
            assert status in {"PARTIALLY_SHIPPED", "UNSHIPPED"}
        shown = [each["trackingNumber"] for each in there["packages"]]
        for package in Package.objects.filter(order=order).select_related("confirmation"):
            if package.tracking_number in shown:
                assert shown.count(package.tracking_number) == 1
            else:  # what Amazon does not have of ours, a person knows of
                assert package.confirmation.state != ErrandState.DUE
                told = Alert.objects.filter(subject_kind="order", subject_id=order.pk).exists()
                assert told or self.number in known_to_people


def test_whoever_ships_what_when_nothing_is_lost_and_nothing_leaves_twice(world: World) -> None:
    examples = 16 if connection.vendor == "postgresql" else 8  # the former are the same and more, and have real locks
    quick = settings(
        max_examples=examples, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(lambda: OneOrder(world), settings=quick)  # type: ignore[arg-type]  # any callable will do
