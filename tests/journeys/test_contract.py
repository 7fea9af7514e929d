"""Everything we ask of Amazon, and everything the simulator answers, against Amazon's published models."""

import pytest

from carts import checking, connecting, listing
from integration_manager.simulator import Exchange
from inventory import counting, publishing
from inventory.models import StockLevel
from tests.simulator.published_models import PublishedModels
from tests.world import World

# The library adds these to every request that names no marketplace; Amazon looks past them.
STRAY = frozenset({"MarketplaceId", "MarketplaceIds", "marketplace_ids", "marketplaceIds", "path"})


def test_the_whole_path_fits_amazons_published_models(world: World) -> None:
    seen: list[Exchange] = []
    world.simulator.exchanges = seen.append

    order = world.at_warehouse(prime=True, business=True)
    world.order_placed(status="PENDING")
    world.download()
    world.ship(order)
    world.confirm()
    assert world.cart.grant
    with connecting.marketplace(world.cart.grant) as marketplace:
        listing.read_listings(world.cart, marketplace, now=world.now)
        counting.count(world.cart, now=world.now)
        StockLevel.objects.update(on_hand=5, observed_at=world.now)
        publishing.publish(world.cart, marketplace, now=world.now)
    checking.check(world.cart, by=world.person, now=world.now)

    paths = {exchange.path.partition("?")[0].rsplit("/", 1)[0] for exchange in seen}
    assert len(paths) >= 5
    try:
        models = PublishedModels(tolerated=STRAY)
    except FileNotFoundError:
        pytest.skip("Amazon's published models are not beside this checkout")
    assert [problem for exchange in seen for problem in models.check_exchange(*exchange)] == []
