"""Doors for workers: sweeps find what is due, runs do one grant's."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models import Max, Q

from carts import connections
from carts.models import Cart, Grant
from core.accounts.models import Organization
from core.common import clock, errands
from core.common.bell import Bell
from core.common.remote import RemoteError
from orders import ship_by_risk
from shipping import overdue
from shipping.cancellation import cart_cancel
from shipping.carriers import other_share
from shipping.close import shipment_batches
from shipping.confirmation import read_back, shipment_upload
from shipping.connection import look, shipment_pickup
from shipping.delivery import recall, releases, remainder
from shipping.models import (
    Cancellation,
    Confirmation,
    ConfirmationFeed,
    Reconciliation,
    ShipmentBatch,
    Warehouse,
    WarehouseAccount,
)
from shipping.performance import day_refresh, flow_steps, month_sums
from shipping.reconcile import reconciliations
from shipping.routing_rules import unrouted

log = structlog.get_logger(__name__)
SWEEP = 200
NIGHT = range(1, 5)  # hours where the 3PL is
RECONCILED_EVERY = timedelta(hours=20)
AT_LATEST = timedelta(hours=30)


@shared_task(name=Bell.RELEASE_DUE)
def release_due() -> None:
    """Owe what is new, and ring for every warehouse that something is to be sent to."""
    now = clock.now()
    released = releases.owe_new(now=now)
    for warehouse in releases.waiting_warehouses(now):
        Bell.HAND_OVER.ring(warehouse_id=warehouse.pk)
    if released.released or released.held or released.stuck:
        log.info("orders.released", released=released.released, held=released.held, stuck=released.stuck)


@shared_task(name=Bell.REROUTE_DUE)
def reroute_due() -> None:
    """Sweep: let the orders flow that no routing rule fitted and one does by now."""
    if freed := unrouted.look_again(Cart.objects.all(), now=clock.now()):
        log.info("orders.routed", freed=freed)
        Bell.RELEASE_DUE.ring()


@shared_task(name=Bell.HAND_OVER)
def hand_over(*, warehouse_id: int, **_: object) -> None:
    """Ask one warehouse for what is to come back, and send it what is owed to it, unless others are at it already."""
    now, warehouse = clock.now(), Warehouse.objects.get(pk=warehouse_id)
    recalled, released = recall.Recalled(), releases.Released()
    if warehouse in recall.waiting_warehouses(now):
        recall.ask(warehouse, recalled, now=now)
    if warehouse in releases.waiting_warehouses(now):
        releases.hand_over(warehouse, released, now=now)
    log.info(
        "warehouse.told",
        warehouse=warehouse.pk,
        released=released.released,
        stuck=released.stuck,
        back=recalled.recalled,
    )


@shared_task(name=Bell.SHIP_DUE)
def ship_due() -> None:
    """Sweep: ring for every batch of Ship and Close that waits for a worker, or lost it."""
    owed = ShipmentBatch.objects.due(clock.now()).fairly(within="organization", order_by="due_at")
    for pk in owed.values_list("pk", flat=True)[:SWEEP]:
        Bell.SHIP_BATCH.ring(batch_id=pk)


@shared_task(name=Bell.SHIP_BATCH)
def ship_batch(*, batch_id: int, **_: object) -> None:
    shipment_batches.run(ShipmentBatch.objects.select_related("by").get(pk=batch_id), now=clock.now())


@shared_task(name=Bell.CONFIRM_DUE)
def confirm_due() -> None:
    """Ring for every grant that is owed a package's tracking, or a look for one, or whose cart has its turn."""
    now = clock.now()
    live = Cart.objects.asked().filter(shipments_on=True)
    turns = list(live.filter(shipments_due_at__lte=now).order_by("shipments_due_at")[:SWEEP])
    for cart in turns:
        Cart.objects.filter(pk=cart.pk).update(shipments_due_at=now + timedelta(minutes=cart.shipments_every))
    owed = Confirmation.objects.due(now).exclude(feed__state__in=errands.OWED).order_by().values("cart")
    feeds = ConfirmationFeed.objects.due(now).order_by().values("cart")
    unseen = read_back.to_be_seen(now).order_by().values("cart")
    owing = live.filter(Q(pk__in=owed) | Q(pk__in=feeds) | Q(pk__in=unseen)).values_list("grant", flat=True)[:SWEEP]
    for grant_id in dict.fromkeys([*(cart.grant_id for cart in turns), *owing]):
        Bell.CONFIRM_PACKAGES.ring(grant_id=grant_id)


@shared_task(name=Bell.CONFIRM_PACKAGES)
def confirm_packages(*, grant_id: int, order_ids: Sequence[int] | None = None, **_: object) -> None:
    """Tell what is owed on a grant's carts: all of it, or at once that of some orders just shipped."""
    grant = Grant.objects.get(pk=grant_id)
    carts = list(Cart.objects.filter(grant=grant, state=Cart.State.LIVE, shipments_on=True))
    try:
        with connections.marketplace(grant) as marketplace:
            told = shipment_upload.confirm_packages(carts, marketplace, now=clock.now(), orders=order_ids)
    except RemoteError as error:
        log.warning("packages.not_confirmed", grant=grant_id, error=str(error))
        return
    log.info("packages.confirmed", grant=grant_id, confirmed=told.confirmed, waiting=told.waiting, stuck=told.stuck)


@shared_task(name=Bell.OVERDUE_DUE)
def overdue_due() -> None:
    """Sweep: tell of what is owed and does not get there, before it is too late, and of orders that will be late."""
    overdue.tell(now=clock.now())
    ship_by_risk.tell(now=clock.now())


@shared_task(name=Bell.CARRIERS_DUE)
def carriers_due() -> None:
    """Sweep: carts that are told too many carriers as "Other"."""
    other_share.tell(now=clock.now())


# -- Cancels -----------------------------------------------------------------------------------------------------------
@shared_task(name=Bell.RECALL_DUE)
def recall_due() -> None:
    """Sweep: settle what was canceled, and ask back what the warehouses have."""
    now = clock.now()
    recall.owe_back(now=now)
    for warehouse in recall.waiting_warehouses(now):
        Bell.HAND_OVER.ring(warehouse_id=warehouse.pk)
    remainder.settle(now=now)


@shared_task(name=Bell.CANCEL_DUE)
def cancel_due() -> None:
    """Sweep: ring for every grant that is owed a cancellation."""
    owed = Cancellation.objects.due(clock.now()).order_by().values("cart")
    live = Cart.objects.asked().filter(pk__in=owed)
    for grant_id in dict.fromkeys(live.values_list("grant", flat=True)[:SWEEP]):
        Bell.CANCEL_ORDERS.ring(grant_id=grant_id)


@shared_task(name=Bell.CANCEL_ORDERS)
def cancel_orders(*, grant_id: int, **_: object) -> None:
    grant = Grant.objects.get(pk=grant_id)
    carts = list(Cart.objects.filter(grant=grant, state=Cart.State.LIVE))
    try:
        with connections.marketplace(grant) as marketplace:
            canceled = cart_cancel.cancel_orders(carts, marketplace, now=clock.now())
    except RemoteError as error:
        log.warning("orders.not_canceled", grant=grant_id, error=str(error))
        return
    log.info("orders.canceled", grant=grant_id, canceled=canceled.canceled, stuck=canceled.stuck)


# -- Reconciling -------------------------------------------------------------------------------------------------------
@shared_task(name=Bell.RECONCILE_DUE)
def reconcile_due() -> None:
    """Sweep: begin the nightly runs, and ring for those that are due."""
    now = clock.now()
    live = Cart.objects.asked().filter(orders_on=True)
    rested = Q(last=None, live_at__lte=now - RECONCILED_EVERY) | Q(last__lte=now - RECONCILED_EVERY)
    resting = live.annotate(last=Max("reconciliations__begun_at")).filter(rested).select_related("organization")
    for cart in resting.order_by("pk")[:SWEEP]:
        last = cart.last  # type: ignore[attr-defined]  # the annotation; the queryset's own class hides it from mypy
        if now.astimezone(cart.organization.zone).hour in NIGHT or not last or last < now - AT_LATEST:
            reconciliations.begin(cart, by=None, now=now)
    owed = Reconciliation.objects.due(now).filter(cart__in=live).fairly(within="organization", order_by="due_at")
    for pk in owed.values_list("pk", flat=True)[:SWEEP]:
        Bell.RECONCILE.ring(reconciliation_id=pk)


@shared_task(name=Bell.RECONCILE)
def reconcile(*, reconciliation_id: int, **_: object) -> None:
    mine = Reconciliation.objects.select_related("cart__grant").get(pk=reconciliation_id)
    if not mine.cart.is_asked:
        return
    assert mine.cart.grant is not None
    try:
        with connections.marketplace(mine.cart.grant) as marketplace:
            reconciliations.run(mine, marketplace, now=clock.now())
    except RemoteError as error:
        log.warning("cart.not_reconciled", cart=mine.cart_id, error=str(error))


# -- Shipments of systems that are asked -------------------------------------------------------------------------------
@shared_task(name=Bell.PICK_UP_DUE)
def pick_up_due() -> None:
    """Sweep: ring for every account of a warehouse's system that is to be asked what it shipped."""
    for pk in WarehouseAccount.objects.due(clock.now()).in_turn().values_list("pk", flat=True)[:SWEEP]:
        Bell.PICK_UP.ring(account_id=pk)
    for warehouse_id in look.wanted(clock.now())[:SWEEP]:
        Bell.LOOK_AT_WAREHOUSE.ring(warehouse_id=warehouse_id)


@shared_task(name=Bell.LOOK_AT_WAREHOUSE)
def look_at_warehouse(*, warehouse_id: int, **_: object) -> None:
    """Look at a warehouse's connection, as somebody asked."""
    look.run(Warehouse.objects.select_related("organization").get(pk=warehouse_id), now=clock.now())


@shared_task(name=Bell.PICK_UP)
def pick_up(*, account_id: int, **_: object) -> None:
    account = (
        WarehouseAccount.objects.select_related("warehouse__organization", "merchant").filter(pk=account_id).first()
    )
    if account is None:
        return  # matched with another merchant since
    try:
        picked = shipment_pickup.pick_up(account, now=clock.now())
    except RemoteError as error:
        log.warning("shipments.not_picked_up", account=account_id, error=str(error))
        return
    log.info("shipments.picked_up", account=account_id, stored=picked.stored, held=picked.held, refused=picked.refused)


# -- What each day came to ---------------------------------------------------------------------------------------------
@shared_task(name=Bell.SUMS_DUE)
def sums_due() -> None:
    """Sweep: bring the days whose orders changed into the sums, and at night compare the sums with the orders."""
    for organization in Organization.objects.order_by("pk"):
        now = clock.now()
        flow_steps.refresh(organization, now=now)
        done = day_refresh.refresh(organization, now=now)
        if done.days:
            log.info("sums.renewed", organization=organization.pk, days=done.days, left=done.left)
        month_sums.refresh(organization, now=now)
        night = now.astimezone(organization.zone).hour in NIGHT
        if night and day_refresh.is_to_be_compared(organization, now=now):
            days, months = day_refresh.compare(organization, now=now), month_sums.compare(organization, now=now)
            if days or months:
                log.warning("sums.differed", organization=organization.pk, days=len(days), months=len(months))
