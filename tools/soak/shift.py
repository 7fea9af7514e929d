"""A shift at a 3PL: sellers are connected, buyers order, and people ship what the warehouse has, by its doors."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections
from django.test import Client
from django.urls import reverse

from carts import checks, create, lifecycle
from carts.consent import grants
from carts.marketplaces.values import Tokens
from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization, User
from core.common import clock
from inventory import affected_carts
from inventory.intake import Observed, observe
from inventory.models import Observation, StockLevel
from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.routing import make_portal_warehouse
from tools.soak.amazon import SimulatedAmazon

log = structlog.get_logger(__name__)
AT_ONCE = 20  # orders in one Ship and Close
CHARGED = 0.2  # of the shipments
DOUBLE_CLICK = 0.15  # of the posts
CHARGE = Decimal("1.25")
COUNTED = 500, 900  # units of a SKU: more than buyers order


class Shift:
    """``ordered`` are the numbers buyers were given, ``shipped`` what somebody saw Ship and Close accept."""

    def __init__(self, amazon: SimulatedAmazon, chance: random.Random, sellers: int) -> None:
        self.amazon, self.chance = amazon, chance
        self.ordered: list[str] = []
        self.organization = Organization.objects.create(name="Soak 3PL")
        make_portal_warehouse(self.organization, "Reno")
        person = User.objects.create_user("staff@soak.example", name="Maria Ortiz")
        Membership.objects.create(organization=self.organization, user=person, role=Role.OWNER)
        self.browser = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
        self.browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.sellers = list(self._connect(person, sellers))

    def _connect(self, person: User, sellers: int) -> Iterator[str]:
        for seller in self.amazon.sellers()[:sellers]:
            seller_id, place = seller["seller_id"], seller["marketplace_ids"][0]
            merchant = Merchant.objects.create(organization=self.organization, name=seller["name"])
            now = clock.now()
            cart = create.make_cart(
                merchant, kind="amazon", place_id=place, name=seller["name"], grant=None, by=person, now=now
            )
            tokens = Tokens(access_token="", expires_in=0, refresh_token=self.amazon.consent(seller_id))
            grants.bind(cart, seller_id=seller_id, tokens=tokens, by=person, now=now)
            cart.refresh_from_db()
            checks.check(cart, by=person, now=clock.now())
            cart.refresh_from_db()
            lifecycle.turn_on(cart, by=person, now=clock.now())
            # More often than people may choose: what is measured is how long things wait for us, not for a schedule.
            Cart.objects.filter(pk=cart.pk).update(orders_every=1, shipments_every=1)
            yield seller_id

    def order(self, count: int, **wish: Any) -> None:
        """So many buyers order."""
        for _ in range(count):
            number = self.amazon.place_order(self.chance.choice(self.sellers), **wish)
            self.ordered.append(number)

    def all_here(self) -> bool:
        """Whether everything that was ordered came in."""
        close_old_connections()
        return Order.objects.filter(organization=self.organization, number__in=self.ordered).count() == len(
            self.ordered
        )

    def ship(self) -> int:
        """Ship and Close what is at the warehouse, as people do: some press twice, some again after an error page."""
        close_old_connections()
        try:
            at_wms = Order.objects.filter(organization=self.organization, status=OrderStatus.AT_WMS)
            orders = list(at_wms.order_by("ship_by", "pk")[:AT_ONCE])
            if not orders:
                return 0
            data = self._filled_in(orders)
            answer = self._press(data)
            if answer is not None and self.chance.random() < DOUBLE_CLICK:
                self._press(data)
        except DatabaseError as error:  # the page is an error page: they look at the list again and go on
            log.info("soak.pressed_in_vain", error=type(error).__name__)
            return 0
        return len(orders)

    def count(self) -> None:
        """A warehouse reports another number of one SKU, as by the API."""
        close_old_connections()
        try:
            levels = StockLevel.objects.filter(organization=self.organization).select_related("warehouse", "merchant")
            if not (some := list(levels.order_by("pk"))):
                return
            level, now = self.chance.choice(some), clock.now()
            seen = [Observed(level.sku, self.chance.randrange(*COUNTED), now)]
            observe(level.warehouse, level.merchant, seen, source=Observation.Source.API, now=now)
            affected_carts.tell(level.warehouse, level.merchant_id, now=now)
        except DatabaseError as error:
            log.info("soak.counted_in_vain", error=type(error).__name__)

    def _filled_in(self, orders: list[Order]) -> dict[str, Any]:
        data: dict[str, Any] = {"order": [order.pk for order in orders]}
        data |= {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "shipped_on": f"{clock.now():%Y-%m-%d}"}
        data |= {f"tracking_{order.pk}": ups_number("999AA1", order.pk) for order in orders}
        one_currency = len({order.currency for order in orders}) == 1
        if one_currency and self.chance.random() < CHARGED:
            data |= {"charges": "1", "charge_label_1": "Handling", "charge_amount_1": str(CHARGE)}
            data |= {"charge_currency_1": orders[0].currency, "charge_how_1": "each"}
        return data

    def _press(self, data: dict[str, Any]) -> Any:
        """Post the form, agreeing to what it warns of. Returns the answer, None for an error page."""
        url = reverse("shipping:close")
        answer = self.browser.post(url, data)
        if answer.status_code == 200 and (dialog := (answer.context or {}).get("dialog")) is not None:
            answer = self.browser.post(url, {**data, "anyway": dialog.warned, "charges_seen": dialog.charged_as})
        return answer if answer.status_code < 500 else None
