"""What a package is to its cart: how it is told, and what follows when the cart said yes, no, or "not any more"."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Prefetch, prefetch_related_objects

from carts.marketplaces.order_needs import CASH
from carts.marketplaces.values import Dispatch, DispatchLine
from core.activity.event_log import event, record, record_all
from core.alerts.raised import close_alerts_about, raise_alert
from core.common.bell import Bell
from orders.alerts import CANCELED_LATE
from orders.download import cancels
from orders.models import Order, OrderStatus
from orders.statuses import TO_BE_CONFIRMED
from shipping.alerts import NOT_CONFIRMED, PACKED_CANCELED, SHIPPED_ELSEWHERE
from shipping.carriers import carrier_codes
from shipping.carriers.carrier_codes import Codes
from shipping.confirmation import open_parts, refused_packages
from shipping.confirmation.after_refusal import Excess
from shipping.models import Confirmation, Package, PackageLine

REFUSED = "Tracking refused"  # how the reason of an order begins whose cart takes none of its packages
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
        shipped_at=package.shipped_at,
        lines=[
            DispatchLine(packed.line.reference, packed.told, tuple(packed.codes or ())[: packed.told])
            for packed in package.lines.all()
            if packed.told
        ],
        ship_from=ship_from,
        cash_on_delivery=any(CASH in packed.line.facts.constraints for packed in package.lines.all()),
    )


def packed(lines: str = "lines") -> "Prefetch[str]":
    """What is in packages, in the order it was packed: for many packages at once, in one statement."""
    rows = PackageLine.objects.select_related("line").order_by("pk")
    rows = rows.only("package", "quantity", "untold", "codes", "line__reference", "line__details")
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
    record("package.confirmed", order, now=now, cart=order.cart.name, tracking=package.number_or_none)
    calm([order], now)
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
            tracking=confirmation.package.number_or_none,
        )
        for confirmation in confirmations
    )
    calm({confirmation.package.order for confirmation in confirmations}, now)
    open_parts.settle({confirmation.package.order for confirmation in confirmations}, now=now)


def settle_order(order: Order, now: datetime) -> None:
    """The order is confirmed when all of it is shipped and every package is told; in part when others have the rest."""
    open_parts.settle([order], now=now)
    order.refresh_from_db(fields=["status", "reason", "held_for", "confirmed_at"])


# -- The cart said no ------------------------------------------------------------------------------------------------
def refused(confirmation: Confirmation, reason: str, *, now: datetime) -> None:
    order = confirmation.package.order
    order.advance(frm=[OrderStatus.SHIPPED], to=OrderStatus.ERROR, now=now, reason=f"Tracking was refused: {reason}")
    record("package.not_confirmed", order, now=now, tracking=confirmation.package.number_or_none, reason=reason)
    to_do = refused_packages.what_to_do(order, reason)
    message = f"Order {order.number}: {order.cart.place.name} refused the tracking. {reason} {to_do}"
    raise_alert(NOT_CONFIRMED, order, message, now=now, path=order.get_absolute_url())


def calm(orders: Collection[Order], now: datetime) -> None:
    """Close the alert about those of which no package is refused any more."""
    stuck = Confirmation.objects.filter(package__order__in=orders).stuck()
    still = set(stuck.values_list("package__order", flat=True))
    close_alerts_about([order for order in orders if order.pk not in still], NOT_CONFIRMED, now=now)


# -- The cart takes only a part of it ---------------------------------------------------------------------------------
def told_in_part(confirmation: Confirmation, excess: Mapping[str, Excess], *, now: datetime) -> None:
    """What is still wanted was told; a person has to know of the rest. One that has no number is still to be told."""
    _set_untold(confirmation, excess, now)
    if confirmation.package.tracking_number:
        told(confirmation, now=now)
    else:
        Confirmation.objects.filter(pk=confirmation.pk).reopen(now=now, feed=None)


def not_wanted(confirmation: Confirmation, excess: Mapping[str, Excess], *, now: datetime) -> None:
    """Nothing of this package is wanted any more, though the order lives on."""
    _set_untold(confirmation, excess, now)
    order, place = confirmation.package.order, confirmation.package.order.cart.place.name
    what = f"{place} canceled everything in this package"
    _stop(confirmation, what, now)
    _close(order, f"{REFUSED}: {what}", now)


def _set_untold(confirmation: Confirmation, excess: Mapping[str, Excess], now: datetime) -> None:
    package, order = confirmation.package, confirmation.package.order
    parts = [packed for packed in package.lines.select_related("line") if packed.line.reference in excess]
    place = order.cart.place.name
    for packed in parts:
        over = excess[packed.line.reference]
        packed.untold = min(packed.quantity, packed.untold + over.units)
        packed.save(update_fields=["untold"])
        why = f"{place} canceled it" if over.canceled else "it was shipped another way"
        record("package.cut", order, now=now, units=over.units, sku=packed.line.sku, package=package.number, reason=why)
    getattr(package, "_prefetched_objects_cache", {}).pop("lines", None)  # it is told, and read back, as it is now
    path = order.get_absolute_url()
    if any(over.canceled for over in excess.values()):
        raise_alert(PACKED_CANCELED, order, _packed_canceled(order), now=now, path=path)
    if any(over.elsewhere for over in excess.values()):
        what = ", ".join(f"{excess[each.line.reference].elsewhere} × {each.line.sku}" for each in parts)
        message = f"Order {order.number}: {place} shows {what} shipped another way. Check whether it was shipped twice."
        raise_alert(SHIPPED_ELSEWHERE, order, message, now=now, path=path)


def _packed_canceled(order: Order) -> str:
    """Say what lies in packages of an order and is not wanted, and what to do about it."""
    over = PackageLine.objects.filter(package__order=order, untold__gt=0).select_related("line", "package")
    what = ", ".join(f"{each.untold} × {each.line.sku} (package {each.package.number})" for each in over.order_by("pk"))
    return (
        f"Order {order.number}: {what} packed, but canceled on {order.cart.place.name}. If the parcel is still here, "
        "take it out and correct the package. If it has left, ask the carrier or the buyer to return it."
    )


# -- The order is over there -----------------------------------------------------------------------------------------
def canceled_there(confirmation: Confirmation, canceled_at: datetime | None, *, now: datetime) -> None:
    package = confirmation.package
    what = cancels.late_words(package.order.cart.place.name, canceled_at, package.shipment.created_at)
    _end(confirmation, CANCELED_LATE, what, cancels.PARCEL_LEFT, now)


def shipped_otherwise(confirmation: Confirmation, *, now: datetime) -> None:
    place = confirmation.package.order.cart.place.name
    what = f"{place} shows it shipped another way, and does not accept this package"
    _end(confirmation, SHIPPED_ELSEWHERE, what, "Check whether it was shipped twice.", now)


def _end(confirmation: Confirmation, cause: str, what: str, remedy: str, now: datetime) -> None:
    """Nothing of this package is owed any more, and a person has to know."""
    order = confirmation.package.order
    _stop(confirmation, what, now)
    raise_alert(cause, order, f"Order {order.number}: {what}. {remedy}", now=now, path=order.get_absolute_url())
    _close(order, f"{REFUSED}: {what}", now)


def _stop(confirmation: Confirmation, what: str, now: datetime) -> None:
    order, package = confirmation.package.order, confirmation.package
    Confirmation.objects.filter(pk=confirmation.pk).stop(f"{what}.")
    record("package.not_owed", order, now=now, tracking=package.number_or_none, reason=what)
    calm([order], now)


def _close(order: Order, what: str, now: datetime) -> None:
    """Let the order end: confirmed where the cart took another package of ours, else closed."""
    confirmations = Confirmation.objects.filter(package__order=order)
    if confirmations.done().exists():
        settle_order(order, now)
    elif not order.is_refused_in_part and not confirmations.unfinished().exists():
        order.advance(frm=TO_BE_CONFIRMED, to=OrderStatus.CLOSED, now=now, reason=what)
