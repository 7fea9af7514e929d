"""Our own import, first of orders never seen, then of the same window with nothing changed."""

from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from carts.consent import grants
from carts.marketplaces.amazon.application import AmazonApplication
from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import Connection, Tokens
from carts.models import Cart, Grant
from carts.quota import Uncounted
from core.accounts.models import Merchant, Organization
from core.common import clock
from orders.download.pull import import_orders
from tools.bench.measures import Pass, Stopwatch, Watch
from tools.bench.played_amazon import Played

KIND = AmazonApplication.kind


@dataclass(frozen=True, slots=True)
class Connected:
    """A cart connected to the played Amazon, counting what it costs."""

    cart: Cart
    grant: Grant
    marketplace: Marketplace
    watch: Watch


def measure(amazon: Played, watch: Watch) -> list[Pass]:
    connected = connect(amazon, watch)
    reverse("orders:orders")  # loads all addresses, which mails name: Celery has a worker do it when it starts
    return [one_pass("first", connected), one_pass("unchanged", connected)]


def make_cart(amazon: Played) -> Cart:
    organization = Organization.objects.create(name="Bench 3PL")
    merchant = Merchant.objects.create(organization=organization, name="Bench Merchant")
    cart = Cart.objects.create(
        organization=organization,
        merchant=merchant,
        kind=KIND,
        place_id=amazon.place_id,
        name="Bench cart",
        state=Cart.State.LIVE,
    )
    # No access token yet: fetching one is part of the first pass.
    tokens = Tokens(access_token="", expires_in=0, refresh_token=amazon.refresh_token)
    return grants.bind(cart, seller_id=amazon.seller_id, tokens=tokens, by=None, now=clock.now())


def connect(amazon: Played, watch: Watch) -> Connected:
    cart = make_cart(amazon)
    assert cart.grant is not None
    ours = AmazonApplication(
        app_id="",
        client_id=amazon.client_id,
        client_secret=amazon.client_secret,
        spapi_urls={amazon.region: amazon.spapi_url},
        lwa_url=amazon.token_url,
        transport=watch,
    )
    marketplace = ours.connect(
        Connection(region=amazon.region, seller_id=amazon.seller_id),
        ledger=Uncounted(),
        tokens=grants.GrantTokens(cart.grant, ours),
    )
    return Connected(cart, cart.grant, marketplace, watch)


def one_pass(name: str, connected: Connected) -> Pass:
    """Read the whole window, run after run until the last page is stored."""
    Cart.objects.filter(pk=connected.cart.pk).update(orders_seen_until=None)
    watch = connected.watch
    calls_before = watch.calls
    orders, pages, finished = 0, list[int](), False
    with connection.execute_wrapper(watch.count):
        stopwatch = Stopwatch()
        while not finished:
            imported = import_orders(connected.grant, connected.marketplace, now=clock.now())
            orders += imported.new + imported.changed + imported.unchanged
            pages += watch.take_pages()
            finished = imported.finished
        return stopwatch.stop(name, orders=orders, calls=watch.calls - calls_before, statements=pages)
