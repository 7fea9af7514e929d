"""The world at the beginning: sellers, what they sell, and the orders of the last hours."""

import random
from datetime import datetime, timedelta

from simulator.amazon.http.wire import stamp
from simulator.amazon.orders.new_orders import Wish, converted, place
from simulator.amazon.world.invented import ACCOUNTS, Account
from simulator.amazon.world.state import Listing, Seller, World
from simulator.amazon.world.stores import of_region

_LEVELS = ("STANDARD", "EXPEDITED", "STANDARD", "SECOND_DAY", "NEXT_DAY", "STANDARD", "FREE_ECONOMY")
_FBA_CHANNELS = {"NA": "AMAZON_NA", "EU": "AMAZON_EU", "FE": "AMAZON_JP"}


def seeded(seed: int, orders: int, now: datetime) -> World:
    """A world that is the same for the same seed and moment."""
    world = World(seed)
    for account in ACCOUNTS:
        world.sellers[account.id] = Seller(
            account.id, account.name, account.region, account.country, list(account.homes)
        )
        _stock(world, account, now)
    for account in ACCOUNTS:
        for marketplace_id in account.homes:
            _sell(world, account.id, marketplace_id, orders, now)
    return world


def _stock(world: World, account: Account, now: datetime) -> None:
    dice = random.Random(f"{world.seed}:{account.id}")
    asins = {product.sku: f"B0{dice.randrange(16**8):08X}" for product in account.products}
    written = stamp(now - timedelta(days=90))
    quantities = {product.sku: dice.randint(5, 60) for product in account.products}
    for market in of_region(account.region):
        for product in account.products:
            channel = _FBA_CHANNELS[account.region] if product.fba else "DEFAULT"
            stock: dict[str, str | int] = {"fulfillment_channel_code": channel, "quantity": quantities[product.sku]}
            world.add_listing(
                Listing(
                    seller_id=account.id,
                    marketplace_id=market.id,
                    sku=product.sku,
                    asin=asins[product.sku],
                    title=product.title,
                    product_type=product.type,
                    price=converted(product.dollars, market.currency),
                    currency=market.currency,
                    fba=product.fba,
                    availability=[stock if product.fba else {**stock, "lead_time_to_ship_max_days": 2}],
                    created=written,
                    updated=written,
                )
            )


def _sell(world: World, seller_id: str, marketplace_id: str, orders: int, now: datetime) -> None:
    """Orders of the last six hours: one still pending, one Prime, one of a business, levels mixed."""
    dice = random.Random(f"{world.seed}:{seller_id}:{marketplace_id}")
    skus = [sku for sku, listing in world.listings[seller_id][marketplace_id].items() if not listing.fba]
    ages = sorted((dice.randint(10, 360) for _ in range(orders)), reverse=True)
    for n, age in enumerate(ages):
        chosen = dice.sample(skus, k=dice.choice((1, 1, 1, 2, 2, 3)))
        wish = Wish(
            seller_id=seller_id,
            marketplace_id=marketplace_id,
            lines=[{"sku": sku, "quantity": dice.choice((1, 1, 1, 2, 3))} for sku in chosen],
            service_level=_LEVELS[n % len(_LEVELS)],
            prime=n == 2,
            business=n == 3,
            status="PENDING" if n == orders - 1 and orders > 1 else "UNSHIPPED",
            created_at=now - timedelta(minutes=age),
        )
        place(world, wish, now)
