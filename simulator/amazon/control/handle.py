"""What people and tests do to the simulator: place orders, cancel, ship, revoke, set faults, look."""

import copy
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from simulator.amazon.feeds import performance_report
from simulator.amazon.http import faults
from simulator.amazon.http.quotas import Quotas
from simulator.amazon.http.wire import Refusal
from simulator.amazon.orders import new_orders, shipments
from simulator.amazon.orders.new_orders import Wish
from simulator.amazon.seller_central import lwa
from simulator.amazon.seller_central.lwa import Application
from simulator.amazon.sellers import listing_hands
from simulator.amazon.world import saved_file
from simulator.amazon.world import seed as world_seed
from simulator.amazon.world.state import Order, Seller


class Handle:
    """The world under one lock, and the hands that move it."""

    def __init__(
        self,
        seed: int,
        *,
        clock: Callable[[], datetime],
        quota: bool,
        orders: int,
        application: Application,
        visibility_delay: timedelta,
    ) -> None:
        self.seed, self.clock, self.application = seed, clock, application
        self._orders, self._quota, self._delay = orders, quota, visibility_delay
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Everything as in the beginning: no grants, no faults, full quotas."""
        with self.lock:
            self.world = world_seed.seeded(self.seed, self._orders, self.clock())
            self.world.visibility_delay = self._delay
            self.faults, self.quotas = faults.Faults(), Quotas(self._quota)
            self._pages: dict[tuple[str, str], bytes] = {}  # the last page of every list, to be sent twice

    @property
    def sellers(self) -> list[Seller]:
        """The seller accounts."""
        return list(self.world.sellers.values())

    def place_order(self, seller_id: str = "", marketplace_id: str = "", **wish: Any) -> str:
        """A buyer places an order; see ``new_orders.Wish`` for what can be wished. Answers the order's number."""
        with self.lock:
            return new_orders.place(self.world, Wish(seller_id, marketplace_id, **wish), self.clock()).id

    def bulk_orders(
        self,
        number: int,
        lines: int = 2,
        seller_id: str = "",
        marketplace_id: str = "",
        spread: timedelta | None = None,
    ) -> list[str]:
        """Many orders at once, a millisecond apart up to now, or evenly over ``spread``.

        A wide spread puts them before the point up to which somebody may have read already, which Amazon would not.
        """
        with self.lock:
            now, since = self.clock(), timedelta(milliseconds=number) if spread is None else spread
            seller = self.world.sellers[seller_id] if seller_id else self.sellers[0]
            market = marketplace_id or seller.homes[0]
            skus = [sku for sku, listing in self.world.listings[seller.id][market].items() if not listing.fba]
            return [
                new_orders.place(
                    self.world,
                    Wish(
                        seller.id,
                        market,
                        lines=[{"sku": skus[(n + line) % len(skus)]} for line in range(lines)],
                        created_at=now - since * ((number - n) / number),
                    ),
                    now,
                ).id
                for n in range(number)
            ]

    def fail(
        self,
        operation: str = "*",
        kind: str = "500",
        times: int = 1,
        after: int = 0,
        seconds: float | None = None,
        seller_id: str = "",
    ) -> None:
        """The next calls of an operation go wrong; kinds are in ``faults.KINDS``."""
        with self.lock:
            self.faults.add(faults.Fault(operation, kind, times, after, seconds, seller_id))

    def grant(self, seller_id: str) -> str:
        """A seller consents without a browser. Answers the refresh token."""
        with self.lock:
            return lwa.new_grant(self.world, seller_id, self.clock()).refresh_token

    def revoke(self, seller_id: str) -> None:
        """A seller takes every consent back."""
        with self.lock:
            lwa.revoke(self.world, seller_id, self.clock())

    def request_cancel(self, order_id: str, reason: str = "", skus: Sequence[str] = ()) -> None:
        """The buyer asks to cancel: all of it, or the lines of these SKUs."""
        with self.lock:
            shipments.request_cancel(self.world, self._order(order_id), self.clock(), reason, skus)

    def withdraw_request(self, order_id: str) -> None:
        """The buyer wants it after all."""
        with self.lock:
            shipments.withdraw_request(self.world, self._order(order_id), self.clock())

    def set_status(self, order_id: str, status: str) -> None:
        """Amazon says otherwise of an order nothing was shipped of; see ``shipments.set_status``."""
        with self.lock:
            shipments.set_status(self.world, self._order(order_id), self.clock(), status)

    def take_over(self, order_id: str) -> None:
        """Amazon ships from now on what the merchant was to ship."""
        with self.lock:
            shipments.take_over(self.world, self._order(order_id), self.clock())

    def cancel(self, order_id: str, cancelled_by: str = "BUYER", reason: str = "BUYER_CANCELLED") -> None:
        """The order is cancelled."""
        with self.lock:
            shipments.cancel(self.world, self._order(order_id), self.clock(), cancelled_by, reason)

    def cancel_units(self, order_id: str, units: dict[str, int], cancelled_by: str = "AMAZON") -> None:
        """Some units, by SKU, are cancelled."""
        with self.lock:
            shipments.cancel_units(self.world, self._order(order_id), self.clock(), units, cancelled_by)

    def unship(self, order_id: str) -> None:
        """The packages of an order are forgotten, as if nobody had ever told of them."""
        with self.lock:
            order = self._order(order_id)
            order.document["packages"] = []
            shipments.recount(order)
            self.world.touch(order, self.clock())

    def ship(self, order_id: str, carrier: str = "UPS", tracking: str = "") -> None:
        """Somebody ships what is left at Seller Central, past the product."""
        with self.lock:
            shipments.ship_the_rest(self.world, self._order(order_id), self.clock(), "hand", carrier, tracking)

    def ship_units(
        self,
        order_id: str,
        units: dict[str, int],
        *,
        reference: str = "",
        carrier: str = "UPS",
        tracking: str = "",
        by: str = "another tool",
    ) -> None:
        """Another tool ships units, by SKU, under a package reference of its own; see ``shipments.ship_units``."""
        with self.lock:
            order = self._order(order_id)
            told = {"reference": reference, "carrier": carrier, "tracking": tracking}
            shipments.ship_units(self.world, order, self.clock(), by, units, **told)

    def drop_package(self, order_id: str, reference: str) -> None:
        """A package is gone: its units are open again."""
        with self.lock:
            shipments.drop_package(self.world, self._order(order_id), self.clock(), reference)

    def make_ready(self, order_id: str) -> None:
        """A pending order becomes UNSHIPPED."""
        with self.lock:
            shipments.make_ready(self.world, self._order(order_id), self.clock())

    def suspend(self, seller_id: str, marketplace_id: str, suspended: bool = True) -> None:
        """The seller's listings in a marketplace become inactive, or active again."""
        with self.lock:
            where = {*self.world.sellers[seller_id].suspended} - {marketplace_id}
            self.world.sellers[seller_id].suspended = sorted(where | ({marketplace_id} if suspended else set()))
            self.world.changes += 1

    def set_health(self, seller_id: str, health: str) -> None:
        """How Amazon judges a seller from now on: one of ``performance_report.HEALTHS``."""
        if health not in performance_report.HEALTHS:
            raise ValueError(f"A seller is never {health}.")
        with self.lock:
            self.world.sellers[seller_id].health = health
            self.world.changes += 1

    def close_store(self, seller_id: str, marketplace_id: str) -> None:
        """The seller no longer takes part in a marketplace."""
        with self.lock:
            seller = self.world.sellers[seller_id]
            seller.closed = sorted({*seller.closed, marketplace_id})
            self.world.changes += 1

    def order(self, order_id: str) -> dict[str, Any]:
        """A copy of the whole document."""
        with self.lock:
            return copy.deepcopy(self._order(order_id).document)

    def orders(self, seller_id: str = "", status: str = "") -> list[dict[str, Any]]:
        """Copies of the documents of a seller, or of all, oldest first."""
        with self.lock:
            rows = sorted(self.world.orders.values(), key=lambda order: (order.created, order.id))
            return [
                copy.deepcopy(order.document)
                for order in rows
                if seller_id in {"", order.seller_id} and status in {"", order.status}
            ]

    def stock(self, seller_id: str, sku: str, marketplace_id: str) -> int | None:
        """The quantity Amazon offers; None when the SKU has none of the seller's own."""
        with self.lock:
            listing = self.world.listing(seller_id, marketplace_id, sku)
            return listing_hands.quantity(listing) if listing else None

    def list_skus(self, seller_id: str, marketplace_id: str, skus: Sequence[str], quantity: int = 0) -> None:
        """The seller offers more SKUs in a marketplace."""
        with self.lock:
            listing_hands.offer(self.world, seller_id, marketplace_id, skus, quantity, self.clock())

    def set_quantity(self, seller_id: str, sku: str, quantity: int | None) -> None:
        """The seller writes another quantity in Seller Central: it holds in every marketplace."""
        with self.lock:
            self.world.set_quantity(seller_id, sku, quantity, self.clock())

    def fulfil_by(self, seller_id: str, sku: str, *channels: str) -> None:
        """The seller moves a SKU, in every marketplace, to these channels: AMAZON, DEFAULT, or both."""
        with self.lock:
            listing_hands.fulfil_by(self.world, seller_id, sku, channels, self.clock())

    def block_listing(self, seller_id: str, sku: str, message: str = "") -> None:
        """Amazon finds something wrong with a SKU and refuses every change of it; without a message it is mended."""
        with self.lock:
            listing_hands.block(self.world, seller_id, sku, message)

    def end_listing(self, seller_id: str, sku: str, marketplace_id: str) -> None:
        """The seller deletes a listing."""
        with self.lock:
            self.world.listings[seller_id][marketplace_id].pop(sku, None)
            self.world.changes += 1

    def journal(self, kind: str = "", seller_id: str = "") -> list[dict[str, Any]]:
        """What happened; ``kind`` is call, order, confirmation, stock, cancellation, cancel_request, grant…"""
        with self.lock:
            return self.world.journal.entries(kind, seller_id)

    def save(self, path: str | Path) -> None:
        """Write everything to a file, whole or not at all."""
        with self.lock:
            text = saved_file.dumped(self.world)
        saved_file.write(Path(path), text)

    @classmethod
    def load(cls, path: str | Path, **options: Any) -> Self:
        """A simulator that goes on from a file. Options are those of the constructor."""
        simulator = cls(**options)
        simulator.world = saved_file.loaded(Path(path).read_text(encoding="utf-8"))
        simulator.world.visibility_delay = simulator._delay
        return simulator

    def _order(self, order_id: str) -> Order:
        if order_id not in self.world.orders:
            raise Refusal(404, "NotFound", f"Order {order_id} was not found.")
        return self.world.orders[order_id]
