"""Packing slips: what goes into each order's parcel, and what the buyer finds on top of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from carts.marketplaces.order_needs import OrderHandling
from carts.marketplaces.values import Address
from core.accounts.models import User
from core.activity.event_log import event, record_all
from core.common.vault import Unopenable
from core.ui import formats
from orders.countries import NAMES
from orders.models import Line, Order, Recipient, Unsealed
from shipping.models import Release
from shipping.paper.printed_parts import PrintedPart, printed_parts

NO_ADDRESS = "The address is not here."


@dataclass(frozen=True, slots=True)
class SlipLine:
    """``price`` is for all its units, where prices were asked for."""

    code: str
    title: str
    units: int
    gift_wrap: str = ""
    gift_message: str = ""
    price: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """``ship_to`` is the address line by line; ``method`` is the warehouse's, else what the marketplace asks for."""

    order: Order
    merchant: str
    marketplace: str
    ship_to: Sequence[str]
    method: str
    purchase_order: str
    lines: Sequence[SlipLine]
    warehouse: str = ""  # of a split order: whose part this is

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)


def packing_slips(orders: Sequence[Order], *, prices: bool, by: User, now: datetime) -> list[PackingSlip]:
    """Return a slip for each order, of a split one for each part, and record that this person saw whom they go to.

    In: orders with cart, merchant and release's ship method joined. Out: in the same order. An order of which something
    is still to be packed says what; one that is shipped, all of it.
    """
    opened = _opened(orders)
    record_all(event("recipient.looked_at", order, now=now, actor=by) for order in orders if order.pk in opened)
    erased = _erased(orders)
    return [
        _slip(each, opened.get(each.order.pk, Unsealed()), prices, erased.get(each.order.pk, ""))
        for each in printed_parts(orders)
    ]


def _erased(orders: Iterable[Order]) -> dict[int, str]:
    """Return what stands for the address of orders whose buyer's data was erased."""
    found = Recipient.objects.filter(order__in=[order.pk for order in orders], erased_at__isnull=False)
    told = found.values_list("order_id", "erased_at", "organization__time_zone")
    days = {pk: formats.tell_date(at, zone=ZoneInfo(zone)) for pk, at, zone in told if at}
    return {pk: f"Address erased on {day}" for pk, day in days.items()}


def _opened(orders: Iterable[Order]) -> dict[int, Unsealed]:
    by_id = {order.pk: order for order in orders}
    found: dict[int, Unsealed] = {}
    for recipient in Recipient.objects.filter(order__in=list(by_id), sealed__isnull=False).defer("source"):
        recipient.order = by_id[recipient.order_id]
        try:
            found[recipient.order_id] = recipient.unseal()
        except Unopenable:
            continue
    return found


def _slip(printed: PrintedPart, opened: Unsealed, prices: bool, erased: str) -> PackingSlip:
    order = printed.order
    code = order.cart.product_code
    return PackingSlip(
        order=order,
        merchant=order.merchant.name,
        marketplace=order.cart.place.name,
        ship_to=address_lines(opened.address) if opened.address else [erased or NO_ADDRESS],
        method=_method(order, printed.release),
        warehouse=printed.warehouse,
        purchase_order=opened.buyer.purchase_order if opened.buyer else "",
        lines=[_line(line, units, code, opened.handling, prices) for line, units in printed.units],
    )


def _method(order: Order, release: Release | None) -> str:
    return str(release.ship_method.label) if release and release.ship_method else order.service


def _line(line: Line, units: int, code: str, handling: OrderHandling, prices: bool) -> SlipLine:
    asked = handling.of_line(line.reference)
    priced = prices and line.unit_price is not None
    return SlipLine(
        code=getattr(line, code) or line.sku or line.asin,
        title=line.title,
        units=units,
        gift_wrap=asked.gift_wrap,
        gift_message=asked.gift_message,
        price=line.unit_price * units if priced and line.unit_price is not None else None,
        currency=line.currency,
    )


def address_lines(address: Address) -> list[str]:
    """Return an address as it stands on a label, without what is empty. The telephone number is the carrier's alone."""
    place = " ".join(filter(None, (address.city, address.state, address.postal_code)))
    country = NAMES.get(address.country, address.country)
    lines = (address.name, address.company, address.line1, address.line2, address.line3, address.district)
    return [line for line in (*lines, place, country) if line]
