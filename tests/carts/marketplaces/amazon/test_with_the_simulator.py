"""The adapter against the simulator, which knows nothing of it: a second opinion on what Amazon expects."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import httpx
import pytest

from carts.marketplaces.amazon.adapter import Amazon
from carts.marketplaces.amazon.application import AmazonApplication
from carts.marketplaces.values import Connection, Dispatch, DispatchLine, MarketplaceOrder, OrderState
from core.common.clock import now
from core.common.remote import Disconnected, Rejected, Unavailable
from simulator.amazon import Simulator
from tests.carts.marketplaces.amazon.amazons import Ledger

BASE = "http://simulator.test"


class SimulatedTokens:
    """Refreshes whenever it has none."""

    def __init__(self, application: AmazonApplication, refresh_token: str) -> None:
        self._application, self._refresh_token = application, refresh_token
        self._access_token = ""

    def access_token(self) -> str:
        if not self._access_token:
            self._access_token = self._application.refresh(self._refresh_token).access_token
        return self._access_token

    def forget(self, token: str) -> None:
        if token == self._access_token:
            self._access_token = ""


class Seller:
    """One seller of the simulator, connected."""

    def __init__(self, simulator: Simulator, *, clock: Callable[[], datetime] = now) -> None:
        self.clock = clock
        self.simulator = simulator
        played = simulator.sellers[0]
        self.id, self.place_id = played.id, played.homes[0]
        self.application = AmazonApplication(
            app_id=simulator.application.id,
            client_id=simulator.application.client_id,
            client_secret=simulator.application.client_secret,
            spapi_urls={region: f"{BASE}/{region.lower()}" for region in ("NA", "EU", "FE")},
            lwa_url=f"{BASE}/auth/o2/token",
            seller_central_url=BASE,
            transport=httpx.WSGITransport(app=simulator),
            clock=clock,
        )
        self.ledger = Ledger()
        tokens = SimulatedTokens(self.application, simulator.grant(self.id))
        self.amazon: Amazon = self.application.connect(
            Connection(region=played.region, seller_id=self.id), ledger=self.ledger, tokens=tokens
        )

    def orders(self, *, pages: int = 20) -> list[MarketplaceOrder]:
        until = self.clock() - timedelta(minutes=3)
        found: list[MarketplaceOrder] = []
        token = ""
        for _ in range(pages):
            page = self.amazon.order_page(
                since=until - timedelta(days=30), until=until, place_ids=[self.place_id], token=token
            )
            found += [self.amazon.read(document) for document in page.documents]
            if page.next_token is None:
                return found
            token = page.next_token
        raise AssertionError("The pages do not end.")

    def place(self, *, quantity: int = 2) -> str:
        offers = self.amazon.offers(place_id=self.place_id)
        sku = next(offer.sku for offer in offers if not offer.fulfilled_by_marketplace)
        return self.simulator.place_order(
            self.id,
            self.place_id,
            lines=[{"sku": sku, "quantity": quantity}],
            created_at=self.clock() - timedelta(minutes=30),
        )


def dispatch_of(order: MarketplaceOrder, **changes: object) -> Dispatch:
    facts = {
        "order_number": order.number,
        "place_id": order.place_id,
        "package_number": 1,
        "carrier": "ups",
        "service": "Ground",
        "tracking_number": "1ZINVENTED1",
        "shipped_at": datetime.now(UTC) - timedelta(minutes=10),
        "lines": tuple(DispatchLine(line.reference, line.unfulfilled) for line in order.lines),
    }
    return Dispatch(**(facts | changes))  # type: ignore[arg-type]


@pytest.fixture
def seller() -> Seller:
    return Seller(Simulator(orders=0, base_url=BASE, quota=False, sleep=lambda seconds: None))


def test_every_page_of_orders_is_brought_and_read(seller: Seller) -> None:
    numbers = seller.simulator.bulk_orders(
        230, seller_id=seller.id, marketplace_id=seller.place_id, spread=timedelta(hours=6)
    )

    found = seller.orders()

    placed = {number for number in numbers if number in {order.number for order in found}}
    assert len(placed) >= 225  # the youngest are held back by Amazon's two minutes
    assert len(found) == len({order.number for order in found})
    assert all(order.state is OrderState.OPEN and order.recipient and len(order.lines) == 2 for order in found)
    for order in found:
        assert order.total is not None
        assert order.total.amount == sum(line.total.amount for line in order.lines if line.total)


def test_a_confirmed_package_is_seen_at_amazon_and_confirming_twice_does_no_harm(seller: Seller) -> None:
    number = seller.place()
    order = seller.amazon.read(seller.amazon.order(number))

    seller.amazon.confirm(dispatch_of(order))
    seller.amazon.confirm(dispatch_of(order))

    after = seller.amazon.read(seller.amazon.order(number))
    assert after.state is OrderState.SHIPPED
    assert [package.tracking_number for package in after.packages] == ["1ZINVENTED1"]


def test_a_confirmation_whose_answer_was_lost_is_found_again(seller: Seller) -> None:
    order = seller.amazon.read(seller.amazon.order(seller.place()))
    seller.simulator.fail("confirmShipment", "lost_answer")

    with pytest.raises(Unavailable):
        seller.amazon.confirm(dispatch_of(order))
    seller.amazon.confirm(dispatch_of(order))

    assert len(seller.amazon.read(seller.amazon.order(order.number)).packages) == 1


def test_an_order_somebody_shipped_at_seller_central_is_for_a_person(seller: Seller) -> None:
    order = seller.amazon.read(seller.amazon.order(seller.place()))
    seller.simulator.ship(order.number, tracking="BY-HAND-1")

    with pytest.raises(Rejected):
        seller.amazon.confirm(dispatch_of(order, package_number=2))
    seller.amazon.confirm(dispatch_of(order, package_number=2, tracking_number="by-hand-1"))


def test_stock_told_is_stock_amazon_has(seller: Seller) -> None:
    offers = [o for o in seller.amazon.offers(place_id=seller.place_id) if not o.fulfilled_by_marketplace]

    for count, offer in enumerate(offers):
        assert seller.amazon.set_stock(sku=offer.sku, place_id=seller.place_id, quantity=count)

    for count, offer in enumerate(offers):
        assert seller.simulator.stock(seller.id, offer.sku, seller.place_id) == count
        assert seller.amazon.offer(sku=offer.sku, place_id=seller.place_id).quantity == count


def test_stock_of_an_unknown_sku_is_refused(seller: Seller) -> None:
    with pytest.raises(Rejected):
        seller.amazon.set_stock(sku="NO SUCH / THING", place_id=seller.place_id, quantity=1)


def test_a_healthy_seller_passes_every_check(seller: Seller) -> None:
    seller.place()

    found = seller.amazon.check(place_id=seller.place_id)

    assert [check.outcome for check in found if not check.passed] == []


def test_an_expired_token_is_replaced_unseen(seller: Seller) -> None:
    number = seller.place()
    seller.simulator.fail("getOrder", "token_expired")

    assert seller.amazon.order(number).number == number


def test_a_seller_who_took_the_consent_back_is_disconnected(seller: Seller) -> None:
    seller.simulator.revoke(seller.id)

    with pytest.raises(Disconnected):
        seller.orders()


FAULTS = ("500", "500_empty", "503_html", "html_200", "429", "empty", "timeout")


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        *product(("searchOrders", "confirmShipment", "patchListingsItem"), FAULTS),
        ("searchOrders", "truncated"),
        ("patchListingsItem", "truncated"),
    ],
)
def test_no_fault_is_ever_taken_for_success(seller: Seller, operation: str, kind: str) -> None:
    order = seller.amazon.read(seller.amazon.order(seller.place()))
    seller.simulator.fail(operation, kind)

    verbs: dict[str, Callable[[], object]] = {
        "searchOrders": seller.orders,
        "confirmShipment": lambda: seller.amazon.confirm(dispatch_of(order)),
        "patchListingsItem": lambda: seller.amazon.set_stock(
            sku=order.lines[0].sku, place_id=seller.place_id, quantity=1
        ),
    }
    with pytest.raises(Unavailable):
        verbs[operation]()


def test_the_whole_day_of_another_clock_can_be_seen() -> None:
    ahead = datetime.now(UTC) + timedelta(days=3)
    seller = Seller(Simulator(orders=0, base_url=BASE, clock=lambda: ahead), clock=lambda: ahead)
    number = seller.place()

    assert [order.number for order in seller.orders()] == [number]
