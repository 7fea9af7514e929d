"""All samples that ship reach the warehouse as packer and carrier need them; held ones once somebody let them go."""

from collections.abc import Callable

import pytest
from django.test import Client

from orders.models import OrderStatus
from orders.tasks import import_due
from shipping.delivery import handover
from shipping.warehouses.base import Delivery
from tests.journeys.staff import press, staff
from tests.sample_orders.samples import Sample, bring, let_go_and_deliver, now_here, said
from tests.world import World

__all__ = ["staff"]  # a fixture
Handed = dict[Sample, Delivery]


@pytest.fixture
def handed(world: World) -> Handed:
    """What a warehouse behind a wire is told of each."""
    found = {sample: handover.delivery(order.releases.get()) for sample, order in let_go_and_deliver(world).items()}
    assert {sample.right["status"] for sample in found} == {"new", "held"}
    return found


def test_each_is_handed_over_whole(handed: Handed) -> None:
    for check in (address_is_as_amazon_wrote_it, goods_gifts_and_rules_stand_at_their_lines, papers_and_door_are_there):
        for sample, delivery in handed.items():
            check(sample, delivery)


def address_is_as_amazon_wrote_it(sample: Sample, delivery: Delivery) -> None:
    assert {"sample": sample, **said(delivery.recipient)} == {"sample": sample, **sample.right["address"]}


def goods_gifts_and_rules_stand_at_their_lines(sample: Sample, delivery: Delivery) -> None:
    assert [sample, *(said(line, apart_from=("reference", "per_kit")) for line in delivery.lines)] == [
        sample,
        *sample.right["lines"],
    ]
    assert {line.reference: line.quantity for line in delivery.lines} == sample.open_units


def papers_and_door_are_there(sample: Sample, delivery: Delivery) -> None:
    right, kept = sample.right, delivery.handling
    told = said(kept, apart_from=("lines", "ship_from", "deliver_from"))
    assert {"sample": sample, **told} == {"sample": sample, **right["handling"]}
    windows = [sample.order["fulfillment"].get(name, {}) for name in ("shipByWindow", "deliverByWindow")]
    begins = [each.get("earliestDateTime", "").replace("Z", "+00:00") for each in windows]
    assert [kept.ship_from, kept.deliver_from] == begins, sample
    assert list(delivery.programs) == right["programs"], sample
    assert list(delivery.door) == right.get("door", []), sample
    assert delivery.is_collected == ("collected" in right), sample
    assert delivery.purchase_order == right.get("purchase_order", ""), sample


def held(condition: Callable[[Sample], bool] = lambda sample: True) -> list[str]:
    """The samples held now, each for the reason it has to be held for."""
    found = [sample for sample, order in now_here().items() if order.status == OrderStatus.HELD and condition(sample)]
    assert [now_here()[sample].reason for sample in found] == [sample.right["reason"] for sample in found]
    return [sample.name for sample in found]


def test_those_held_stay_until_somebody_lets_them_go_and_a_preorder_until_its_date(world: World, staff: Client) -> None:
    bring(world)
    import_due()
    world.deliver()
    assert held() == [sample.name for sample in now_here() if sample.right["status"] == "held"]

    world.later(days=3)
    import_due()
    world.deliver()
    assert held() == [
        sample.name for sample in now_here() if sample.right["status"] == "held" and "waits_until" not in sample.right
    ]

    for order in now_here().values():
        if order.status == OrderStatus.HELD:
            press(staff, order, "let_go")
    world.deliver()
    assert held() == []
    assert {sample.ships: order.is_at_warehouse for sample, order in now_here().items()} == {True: True, False: False}
