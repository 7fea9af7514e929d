"""Canceling at the cart, because a person here wants it: with one of the marketplace's reasons, never what is shipped.

The order is held at once, so that it goes no further. What the warehouse has comes back first; then the marketplace is
asked how the order stands, then told; and only its own word that it is canceled ends it here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from carts import marketplaces
from carts.marketplaces.base import Marketplace
from carts.marketplaces.batches import Batch, Withdrawal
from carts.marketplaces.values import OrderDocument, OrderState, Strange
from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import jobs
from core.common.jobs import Job, NotYet
from core.common.remote import Rejected
from orders.download import cancels, storage
from orders.models import SHIPPED_IN_PART, HeldFor, Order, OrderAction, OrderStatus
from orders.statuses import TO_BE_SHIPPED
from shipping.alerts import NOT_CANCELED
from shipping.confirmation import submission
from shipping.delivery import recall
from shipping.models import Cancellation, Package, is_with_warehouse

BACK_IN = timedelta(minutes=1)  # how often we look whether the warehouse gave it back
SHOWN_IN = timedelta(minutes=5)  # how often we look whether the marketplace shows it as canceled
SHOWN_AT_LAST = timedelta(hours=2)


class NotCancelable(Exception):
    """Nothing was changed. The message says why."""


@dataclass
class Canceled:
    canceled: int = 0
    waiting: int = 0
    stuck: int = 0

    def __str__(self) -> str:
        return f"{self.canceled} canceled, {self.waiting} in progress, {self.stuck} refused"


# -- Wanting it ------------------------------------------------------------------------------------------------------
def reasons(order: Order) -> Mapping[str, str]:
    """Return what the marketplace takes for a reason: its own word, and what people read."""
    return _kind(order).cancel_reasons


def reason_of(order: Order) -> str:
    """Return the reason that stands in the form at first: that of a buyer who asked for all of it, else none."""
    return _kind(order).buyer_asked if cancels.wants_all(order) else ""


def _kind(order: Order) -> type[Marketplace]:
    return marketplaces.APPLICATIONS[order.cart.kind].marketplace


def hindrance(order: Order) -> str | None:
    """Return why the order cannot be canceled from here, None when it can."""
    if not reasons(order):
        return f"{order.cart.place.name} doesn't accept cancellations from here."
    if Package.objects.filter(order=order).exists():
        return SHIPPED_IN_PART
    if why := order.hindrance_to(OrderAction.CANCEL):
        return why
    if Cancellation.objects.filter(order=order).owed().exists():
        return "That is already in progress."
    return None


def want(order: Order, reason: str, *, by: User, now: datetime) -> Cancellation:
    """Hold the order and owe its cancellation to the marketplace. Raises NotCancelable."""
    place = order.cart.place.name
    if reason not in reasons(order):
        raise NotCancelable(f"Choose one of the reasons {place} accepts.")
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)  # nobody packs it meanwhile
        if why := hindrance(order):
            raise NotCancelable(why)
        reason_here = f"To be canceled on {place}"
        order.advance(frm=TO_BE_SHIPPED, to=OrderStatus.HELD, now=now, reason=reason_here, held_for=HeldFor.CANCELED)
        owner = {"organization_id": order.organization_id, "merchant_id": order.merchant_id, "cart": order.cart}
        fresh = {**owner, "reason": reason, "by": by, "made_at": now, "reference": ""}
        fresh |= {"submitted_at": None, "canceled_at": None}
        made: Cancellation = Cancellation.objects.owe_anew(order=order, defaults=fresh, now=now)
        record("order.cancel_wanted", order, now=now, actor=by, place=place, reason=reasons(order)[reason])
        close_alerts(order, NOT_CANCELED, now=now)
    return made


# -- Doing it --------------------------------------------------------------------------------------------------------
def cancel_orders(carts: Collection[Cart], marketplace: Marketplace, *, now: datetime) -> Canceled:
    """Go on with what is owed and due. Raises Disconnected."""
    due = Cancellation.objects.filter(cart__in=carts).due(now).order_by("due_at", "pk")
    tally = jobs.run_due(due.select_related("order__cart", "cart"), CancellationJob(marketplace), now=now)
    return Canceled(canceled=tally.done, waiting=tally.waiting + tally.put_off, stuck=tally.stuck)


@dataclass(frozen=True)
class CancellationJob(Job[Cancellation, OrderDocument | None]):
    """Bring one cancellation as far as it goes. Each stage draws on its own quota: one that waits stops no other."""

    marketplace: Marketplace
    one_quota = False

    def do(self, cancellation: Cancellation, /, *, now: datetime) -> OrderDocument | None:
        return _cancel(cancellation, self.marketplace, now)

    def done(self, cancellation: Cancellation, document: OrderDocument | None, /, *, now: datetime) -> None:
        _done(cancellation, document, now)

    def stuck(self, cancellation: Cancellation, reason: str, /, *, now: datetime) -> None:
        _stuck(cancellation, reason, now)

    def lock_first(self, cancellation: Cancellation, /) -> None:
        Order.objects.locked(cancellation.order_id)


def _cancel(cancellation: Cancellation, marketplace: Marketplace, now: datetime) -> OrderDocument | None:
    """Return the order as the marketplace shows it once it is canceled there; None when nobody wants it any more."""
    order = Order.objects.select_related("cart").get(pk=cancellation.order_id)
    if not cancellation.submitted_at:
        if not order.is_held_for(HeldFor.CANCELED):
            return None
        if is_with_warehouse(order):
            raise NotYet(BACK_IN)
        document = marketplace.order(order.number)  # before it is told: perhaps it was, and our answer was lost
        if _is_canceled(document, marketplace):
            return document
        cancellation.order = order
    report = submission.work(
        cancellation,
        marketplace,
        batch=Batch.CANCELLATIONS,
        upload=lambda: marketplace.upload_withdrawals({cancellation.pk: _withdrawal(cancellation)}),
        now=now,
    )
    document = marketplace.order(order.number)
    if _is_canceled(document, marketplace):
        return document
    if report.refused:
        raise Rejected(" ".join(report.refused.values()))
    if now - (cancellation.submitted_at or now) > SHOWN_AT_LAST:
        raise Rejected(f"{order.cart.place.name} accepted it, but does not show the order as canceled.")
    raise NotYet(SHOWN_IN)


def _is_canceled(document: OrderDocument, marketplace: Marketplace) -> bool:
    """Raises Rejected for what is shipped there: that is never canceled."""
    try:
        state = marketplace.read(document).state
    except Strange:
        return False
    if state in (OrderState.SHIPPED, OrderState.PARTLY_SHIPPED):
        raise Rejected("It has already been shipped there, at least in part.")
    return state is OrderState.CANCELED


def _withdrawal(cancellation: Cancellation) -> Withdrawal:
    lines = cancellation.order.lines.order_by("pk").values_list("reference", flat=True)
    return Withdrawal(cancellation.order.number, cancellation.reason, list(lines))


def _done(cancellation: Cancellation, document: OrderDocument | None, now: datetime) -> None:
    if document is None:
        Cancellation.objects.filter(pk=cancellation.pk).stop("It was released.")
        return
    Cancellation.objects.filter(pk=cancellation.pk).update(canceled_at=now)
    cart = cancellation.cart
    storage.store_page({cart.place_id: cart}, [document], now=now)
    recall.finish(Order.objects.select_related("cart").get(pk=cancellation.order_id), now=now)


def _stuck(cancellation: Cancellation, reason: str, now: datetime) -> None:
    """It stays held: whether it is shipped all the same is for a person to say."""
    order, place = cancellation.order, cancellation.cart.place.name
    held = Order.objects.filter(pk=order.pk, held_for=HeldFor.CANCELED)
    said = f"{place} did not cancel it"
    held.move(frm=[OrderStatus.HELD], to=OrderStatus.HELD, now=now, reason=said, held_for=HeldFor.PERSON)
    record("order.not_canceled", order, now=now, place=place, reason=reason)
    message = f"Order {order.number}: {place} did not cancel it. {reason}"
    raise_alert(NOT_CANCELED, order, message, now=now, path=order.get_absolute_url())
