"""What a package is to its cart: how it is told, and what follows when the cart said yes, no, or "not any more"."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from carts.marketplaces.handling import CASH
from carts.marketplaces.values import Dispatch, DispatchLine
from core.activity.event_log import event, record, record_all
from core.alerts.raised import close_alerts_about, raise_alert
from core.common.bell import Bell
from orders.alerts import CANCELED_LATE
from orders.models import Order, OrderStatus
from orders.statuses import TO_BE_CONFIRMED
from shipping.alerts import NOT_CONFIRMED, SHIPPED_ELSEWHERE
from shipping.carriers import carrier_codes
from shipping.carriers.carrier_codes import Codes
from shipping.models import Confirmation, Package, PackageLine

SEEN_AFTER = timedelta(minutes=15)  # the marketplace needs a while to show what it said yes to


def dispatch(package: Package, codes: Codes | None = None, *, ship_from: str = "") -> Dispatch:
    """Return how a package is told. ``codes`` are those of its carrier, where many packages are told at once;
    ``ship_from`` is what the marketplace calls the warehouse, where it is told."""
    carrier = carrier_codes.told(package, carrier_codes.codes_for([package]) if codes is None else codes)
    prefetch_related_objects([package], packed())  # unless whoever asks did so for many
    return Dispatch(
        order_number=package.order.number,
        place_id=package.order.cart.place_id,
        package_number=package.number,
        carrier=carrier.name,
        carrier_code=carrier.code,
        service=package.service,
        tracking_number=package.tracking_number,
        shipped_at=package.shipment.shipped_at,
        lines=[
            DispatchLine(packed.line.reference, packed.quantity, tuple(packed.codes or ()))
            for packed in package.lines.all()
        ],
        ship_from=ship_from,
        cash_on_delivery=any(CASH in packed.line.facts.constraints for packed in package.lines.all()),
    )


def packed(lines: str = "lines") -> "Prefetch[str]":
    """What is in packages, in the order it was packed: for many packages at once, in one statement."""
    rows = PackageLine.objects.select_related("line").order_by("pk")
    rows = rows.only("package", "quantity", "codes", "line__reference", "line__details")
    return Prefetch(lines, rows)


def ring_for_orders(orders: Iterable[tuple[int, int]]) -> None:
    """Have these (grant, order) pairs told at once, after the commit."""
    by_grant: dict[int, list[int]] = {}
    for grant_id, order_id in orders:
        by_grant.setdefault(grant_id, []).append(order_id)
    for grant_id, order_ids in by_grant.items():
        Bell.CONFIRM_PACKAGES.ring(grant_id=grant_id, order_ids=order_ids)


# -- The cart said yes -----------------------------------------------------------------------------------------------
def told(confirmation: Confirmation, *, now: datetime) -> None:
    package, order = confirmation.package, confirmation.package.order
    # From now on it is due to be looked for.
    Confirmation.objects.filter(pk=confirmation.pk).update(confirmed_at=now, due_at=now + SEEN_AFTER)
    record("package.confirmed", order, now=now, cart=order.cart.name, tracking=package.tracking_number)
    _calm([order], now)
    settle_order(order, now)


def told_many(confirmations: Collection[Confirmation], *, now: datetime) -> None:
    """The same for many, with the same few statements however many there are."""
    ids = [confirmation.pk for confirmation in confirmations]
    Confirmation.objects.filter(pk__in=ids).finish(confirmed_at=now, due_at=now + SEEN_AFTER)
    record_all(
        event(
            "package.confirmed",
            confirmation.package.order,
            now=now,
            cart=confirmation.package.order.cart.name,
            tracking=confirmation.package.tracking_number,
        )
        for confirmation in confirmations
    )
    _calm({confirmation.package.order for confirmation in confirmations}, now)
    owed = Confirmation.objects.filter(package__order=OuterRef("pk")).unfinished()
    orders = Order.objects.filter(pk__in={confirmation.package.order_id for confirmation in confirmations})
    whole = list(orders.filter(~Exists(owed), status__in=TO_BE_CONFIRMED).values_list("pk", flat=True))
    Order.objects.filter(pk__in=whole).move(
        frm=TO_BE_CONFIRMED, to=OrderStatus.CONFIRMED, now=now, reason="Tracking sent"
    )


def settle_order(order: Order, now: datetime) -> None:
    """The order is confirmed when all of it is shipped and every package is told."""
    owed = Confirmation.objects.filter(package__order=order).unfinished()
    if not owed.exists():
        order.advance(frm=TO_BE_CONFIRMED, to=OrderStatus.CONFIRMED, now=now, reason="Tracking sent")


# -- The cart said no ------------------------------------------------------------------------------------------------
def refused(confirmation: Confirmation, reason: str, *, now: datetime) -> None:
    order = confirmation.package.order
    order.advance(frm=[OrderStatus.SHIPPED], to=OrderStatus.ERROR, now=now, reason=f"Tracking was refused: {reason}")
    record("package.not_confirmed", order, now=now, tracking=confirmation.package.tracking_number, reason=reason)
    message = f"Order {order.number}: {order.cart.place.name} refused the tracking. {reason}"
    raise_alert(NOT_CONFIRMED, order, message, now=now, path=order.get_absolute_url())


def _calm(orders: Collection[Order], now: datetime) -> None:
    """Close the alert about those of which no package is refused any more."""
    stuck = Confirmation.objects.filter(package__order__in=orders).stuck()
    still = set(stuck.values_list("package__order", flat=True))
    close_alerts_about([order for order in orders if order.pk not in still], NOT_CONFIRMED, now=now)


# -- The order is over there -----------------------------------------------------------------------------------------
def canceled_there(confirmation: Confirmation, *, now: datetime) -> None:
    place = confirmation.package.order.cart.place.name
    what = f"{place} canceled it after it was shipped"
    _end(confirmation, CANCELED_LATE, what, "Ask the carrier or the buyer to return the parcel.", now)


def shipped_otherwise(confirmation: Confirmation, *, now: datetime) -> None:
    place = confirmation.package.order.cart.place.name
    what = f"{place} shows it shipped another way, and does not accept this package"
    _end(confirmation, SHIPPED_ELSEWHERE, what, "Check whether it was shipped twice.", now)


def _end(confirmation: Confirmation, cause: str, what: str, remedy: str, now: datetime) -> None:
    """Nothing of this package is owed any more, and a person has to know."""
    order, tracking = confirmation.package.order, confirmation.package.tracking_number
    Confirmation.objects.filter(pk=confirmation.pk).stop(f"{what}.")
    record("package.not_owed", order, now=now, tracking=tracking, reason=what)
    _calm([order], now)
    raise_alert(cause, order, f"Order {order.number}: {what}. {remedy}", now=now, path=order.get_absolute_url())
    owed = Confirmation.objects.filter(package__order=order).unfinished()
    if not owed.exists():
        order.advance(frm=TO_BE_CONFIRMED, to=OrderStatus.CLOSED, now=now, reason=what)
