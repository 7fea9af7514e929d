"""Everything we ask of Amazon, and everything the simulator answers, against Amazon's published models."""

import pytest

from carts import checks, connections, listings
from carts.marketplaces.base import Marketplace
from inventory import levels
from inventory.models import StockLevel
from inventory.publish import inventory_upload
from orders.models import OrderStatus
from shipping.cancellation import cart_cancel
from shipping.delivery import recall
from shipping.reconcile import reconciliations
from simulator.amazon import Exchange
from tests.simulator.amazon.published_models import PublishedModels
from tests.world import World


def test_the_whole_path_fits_amazons_published_models(world: World) -> None:
    seen: list[Exchange] = []
    world.simulator.exchanges = seen.append

    order = world.at_warehouse(prime=True, business=True)
    world.order_placed(status="PENDING")
    world.download()
    world.ship(order)
    world.confirm()
    assert world.cart.grant
    with connections.marketplace(world.cart.grant) as marketplace:
        listings.read_listings(world.cart, marketplace, now=world.now)
        levels.count(world.cart, now=world.now)
        StockLevel.objects.update(on_hand=5, observed_at=world.now)
        inventory_upload.publish(world.cart, marketplace, now=world.now)
        by_feed(world, marketplace)
    checks.check(world.cart, by=world.person, now=world.now)

    paths = {exchange.path.partition("?")[0].rsplit("/", 1)[0] for exchange in seen}
    assert len(paths) >= 8
    try:
        models = PublishedModels()
    except FileNotFoundError:
        pytest.skip("Amazon's published models are not beside this checkout")
    assert [problem for exchange in seen for problem in models.check_exchange(*exchange)] == []


def by_feed(world: World, marketplace: Marketplace) -> None:
    """A cancellation whose answer is lost, and a look at everything unshipped."""
    unwanted = world.at_warehouse()
    cart_cancel.want(unwanted, "NoInventory", by=world.person, now=world.now)
    recall.recall_orders(now=world.now)
    world.simulator.fail("createFeed", "lost_answer")
    for _ in range(6):
        cart_cancel.cancel_orders([world.cart], marketplace, now=world.now)
        world.later(minutes=3)
    assert world.order(unwanted.number).status == OrderStatus.CANCELED
    run = reconciliations.begin(world.cart, by=None, now=world.now)
    assert run
    reconciliations.run(run, marketplace, now=world.now)
