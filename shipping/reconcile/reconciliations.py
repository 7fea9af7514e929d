"""Reconcile: everything the cart calls unshipped, against what we have and what the warehouse has.

Page by page, as quota and the download leave room for it; a page is compared, mended where that is safe, and listed.
When the last one was read, what is open here and was not listed there is read singly. What needs a person is an alert
that the next clean run closes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from carts import quota
from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import OrderDocument, OrderState
from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import claims, clock, jobs
from core.common.jobs import GOING_ON, Job, NotYet, Outcome
from core.common.remote import Rejected
from orders.download import storage
from orders.filters import cart_filters
from orders.models import HeldFor, Order
from orders.statuses import TO_BE_SHIPPED
from shipping.alerts import DRIFT
from shipping.models import Reconciliation
from shipping.reconcile import order_drift
from shipping.reconcile.order_drift import Drift, DriftedOrder

FAR_BACK = timedelta(days=60)  # older ones are long past their deadlines
YOUNGEST = timedelta(minutes=3)  # Amazon lists nothing younger than two minutes
SPARED = 8  # requests that stay for the download
AGAIN = timedelta(minutes=1)  # when the download is at it
SINGLY = 20  # orders read one by one in one go
MOST_LISTED = 500  # entries kept of one run


# -- Beginning one -----------------------------------------------------------------------------------------------------
def begin(cart: Cart, *, by: User | None, now: datetime) -> Reconciliation | None:
    """Owe a run. None when one is under way."""
    try:
        with transaction.atomic():
            made: Reconciliation = Reconciliation.objects.create(
                organization_id=cart.organization_id,
                merchant_id=cart.merchant_id,
                cart=cart,
                by=by,
                begun_at=now,
                due_at=now,
            )
    except IntegrityError:
        return None
    return made


# -- Working it off ----------------------------------------------------------------------------------------------------
def run(reconciliation: Reconciliation, marketplace: Marketplace, *, now: datetime) -> Outcome:
    """Bring one as far as it goes now. Raises Throttled or Disconnected, settled."""
    return jobs.run(reconciliation, ReconciliationJob(marketplace), now=now)


@dataclass(frozen=True)
class ReconciliationJob(Job[Reconciliation, None]):
    marketplace: Marketplace

    def do(self, mine: Reconciliation, /, *, now: datetime) -> None:
        _work(mine, self.marketplace, now)

    def done(self, mine: Reconciliation, result: None, /, *, now: datetime) -> None:
        _finished(mine, now)

    def stuck(self, mine: Reconciliation, reason: str, /, *, now: datetime) -> None:
        _given_up(mine, now)


def _work(mine: Reconciliation, marketplace: Marketplace, now: datetime) -> None:
    cart = Cart.objects.select_related("grant").get(pk=mine.cart_id)
    time = clock.running(now)
    while mine.paged_at is None:
        _leave_room(cart, marketplace, now)
        _leave_in_time(time() - now)
        page = marketplace.unshipped_page(
            since=mine.begun_at - FAR_BACK,
            until=mine.begun_at - YOUNGEST - marketplace.ahead,
            place_ids=[cart.place_id],
            token=mine.page_token,
        )
        with transaction.atomic(durable=True):
            found = _compare(mine, cart, page.documents, marketplace, now)
            numbers = [document.number for document in page.documents]
            fields = {"page_token": page.next_token or "", "paged_at": None if page.next_token else now}
            _keep(mine, found, listed=[*mine.listed, *numbers], seen=mine.seen + len(numbers), **fields)
    missing = list(_not_listed(mine, cart, now)[: SINGLY + 1])
    for order in missing[:SINGLY]:
        _leave_in_time(time() - now)
        _read_singly(mine, cart, order, marketplace, now)
    if len(missing) > SINGLY:
        raise NotYet(AGAIN)
    with transaction.atomic(durable=True):
        changed = order_drift.changed_since_seen(cart, since=mine.begun_at - FAR_BACK, now=now)
        _keep(mine, [*order_drift.left_behind(cart, now=now), *changed])


def _leave_room(cart: Cart, marketplace: Marketplace, now: datetime) -> None:
    """The download goes first: it is what orders come in by."""
    grant = cart.grant
    assert grant is not None
    if grant.pulling_until and grant.pulling_until > now:
        raise NotYet(AGAIN)
    left, rate = quota.standing(grant.pk, marketplace.list_operation, marketplace.rates, now)
    if left < SPARED + 1:
        raise NotYet(max(AGAIN, timedelta(seconds=(SPARED + 1 - left) / rate)))


def _leave_in_time(took: timedelta) -> None:
    """What was found is kept, so another worker goes on: at once when this one is to stop, or took long."""
    if claims.is_stopping() or took > GOING_ON:
        raise NotYet(timedelta(0))


def _compare(
    mine: Reconciliation, cart: Cart, documents: Collection[OrderDocument], marketplace: Marketplace, now: datetime
) -> list[DriftedOrder]:
    """Compare a page, and store of it what the downloads should have brought."""
    ours = Order.objects.filter(cart=cart, number__in=[document.number for document in documents])
    known = {
        order.number: order
        for order in ours.select_related("cart").prefetch_related("releases", "recalls").all_locked()
    }
    found: list[DriftedOrder] = []
    fresh: list[OrderDocument] = []
    missing: list[str] = []
    for document in documents:
        order = known.get(document.number)
        downloaded = cart.orders_seen_until is not None and document.changed_at < cart.orders_seen_until
        if order is None:
            if downloaded:
                fresh.append(document)
                missing.append(document.number)
        elif downloaded and order.changed_at < document.changed_at:
            fresh.append(document)
            found.append(DriftedOrder(document.number, Drift.STALE, order_id=order.pk, mended=True))
    _store(cart, fresh, now)
    # What an archived cart of this place brought is not downloaded again, and so not missing.
    stored = Order.objects.filter(cart=cart, number__in=missing).values_list("number", flat=True) if missing else ()
    found += [DriftedOrder(number, Drift.MISSING, mended=True) for number in stored]
    for document in documents:
        if order := known.get(document.number):
            found += order_drift.compare(order, document, marketplace, now=now)
    return found


def _store(cart: Cart, documents: Collection[OrderDocument], now: datetime) -> None:
    if documents:
        storage.store_page({cart.place_id: cart}, list(documents), now=now, rules=cart_filters.load([cart]))


# -- Open here, and not listed there -----------------------------------------------------------------------------------
def _not_listed(mine: Reconciliation, cart: Cart, now: datetime) -> "QuerySet[Order]":
    """Orders that the cart should have listed, and that were not read since."""
    window = (mine.begun_at - FAR_BACK, mine.begun_at - YOUNGEST)
    orders: QuerySet[Order] = Order.objects.filter(cart=cart, status__in=TO_BE_SHIPPED, placed_at__range=window)
    orders = orders.filter(state_there__in=(OrderState.OPEN, OrderState.PARTLY_SHIPPED)).exclude(
        held_for=HeldFor.STRANGE
    )
    return orders.exclude(number__in=mine.listed).order_by("pk")


def _read_singly(mine: Reconciliation, cart: Cart, order: Order, marketplace: Marketplace, now: datetime) -> None:
    try:
        document = marketplace.order(order.number)
    except Rejected as refusal:
        found = DriftedOrder(order.number, Drift.UNKNOWN_THERE, order_id=order.pk, why=str(refusal))
        with transaction.atomic(durable=True):
            _keep(mine, [found], listed=[*mine.listed, order.number])
        return
    with transaction.atomic(durable=True):
        was = (order.status, order.state_there)
        _store(cart, [document], now)
        order.refresh_from_db()
        gone = (order.status, order.state_there) != was
        if gone:
            record("order.read_again", order, now=now)
        found = DriftedOrder(order.number, Drift.GONE, order_id=order.pk, mended=True)
        _keep(mine, [found] if gone else [], listed=[*mine.listed, order.number])


# -- Keeping ---------------------------------------------------------------------------------------------------------
def _keep(mine: Reconciliation, found: Collection[DriftedOrder], **fields: object) -> None:
    """Write down how far it is, if the claim is still ours; else nothing of this step is kept."""
    drift = [*mine.drift, *(each.entry for each in found)][:MOST_LISTED]
    if not mine.keep(**fields, drift=drift, mended=mine.mended + sum(each.mended for each in found)):
        raise NotYet(timedelta(0))


def _given_up(mine: Reconciliation, now: datetime) -> None:
    Reconciliation.objects.filter(pk=mine.pk).update(finished_at=now, page_token="", listed=[])


def _finished(mine: Reconciliation, now: datetime) -> None:
    Reconciliation.objects.filter(pk=mine.pk).update(finished_at=now, page_token="", listed=[])
    still = sum(not entry["mended"] for entry in mine.drift)
    record("cart.reconciled", mine.cart, now=now, actor=mine.by, seen=mine.seen, mended=mine.mended, open=still)
    if not still:
        close_alerts(mine.cart, DRIFT, now=now)
        return
    orders = ngettext("{count} order differs", "{count} orders differ", still).format(count=still)
    message = f"{mine.cart}: {orders} between {mine.cart.place.name} and here. A person has to decide."
    raise_alert(DRIFT, mine.cart, message, now=now, path=reverse("shipping:reconcile", args=[mine.cart_id]))
