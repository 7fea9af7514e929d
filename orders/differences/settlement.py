"""What a cart says otherwise than an order stands here: kept and told until a person settles it.

*Keep ours* changes nothing and ends the question. *Take theirs* writes what the cart's last document says. Settling
holds the order's row, as storing a page does, so each difference is settled once and by the document it was shown with.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from carts.marketplaces.values import MarketplaceOrder
from core.accounts.models import User
from core.activity.event_log import event, record, record_all
from core.alerts.raised import close_alerts, close_alerts_about, raise_alerts
from core.common.vault import Unopenable
from orders.alerts import DIFFERS
from orders.differences import comparison, hidden_parts
from orders.differences.comparison import Compared, Kind, StoredOrder
from orders.download import order_documents
from orders.models import Difference, Line, Order, Recipient


class NotSettled(Exception):
    """Nothing was changed. The message says why."""


# -- Noting ----------------------------------------------------------------------------------------------------------
def note(
    standings: Mapping[int, StoredOrder], compared: Mapping[int, Compared], places: Mapping[int, str], *, now: datetime
) -> None:
    """Keep what a page says otherwise, in the page's transaction: the same few statements whatever is on it."""
    kept = _kept(standings)
    new: list[Difference] = []
    again: list[Difference] = []
    over, told, settled = [], [], []
    for pk, standing in standings.items():
        rows, found, order = kept.get(pk, {}), compared[pk], standing.order
        gone = [rows.pop(key) for key in set(rows) - set(found.still)]
        for change in found.fresh:
            row = rows.get(change.key)
            (new if row is None else again).append(row or _row(standing, change))
            rows[change.key] = row = (new if row is None else again)[-1]
            row.was, row.now, row.seen_at = change.was[:200], change.now[:200], now
        over += gone
        if found.fresh:
            told.append((order, list(rows.values()), found))
        elif gone and not rows:
            settled.append(order)
    Difference.objects.bulk_update(again, ["was", "now", "seen_at"])
    Difference.objects.bulk_create(new)
    if over:  # the cart and we agree again, or it is over there
        Difference.objects.filter(pk__in=[row.pk for row in over]).update(settled_at=now)
    record_all(
        event("order.differs", order, now=now, place=places[order.cart_id], what=comparison.tell(found.fresh))
        for order, _, found in told
    )
    said = [(order, _message(order, rows, places[order.cart_id]), order.get_absolute_url()) for order, rows, _ in told]
    raise_alerts(DIFFERS, said, now=now)
    close_alerts_about(settled, DIFFERS, now=now)


def _kept(standings: Mapping[int, StoredOrder]) -> dict[int, dict[tuple[str, str], Difference]]:
    """Return the open differences of these orders, by what they are about."""
    kept: dict[int, dict[tuple[str, str], Difference]] = {}
    rows = Difference.objects.filter(order__in=list(standings), settled_at=None).select_related("line").order_by("pk")
    for row in rows:
        kept.setdefault(row.order_id, {})[(row.kind, row.line.reference if row.line else "")] = row
    return kept


def _row(standing: StoredOrder, change: comparison.ReportedChange) -> Difference:
    order = standing.order
    return Difference(
        organization_id=order.organization_id,
        merchant_id=order.merchant_id,
        order_id=order.pk,
        kind=change.kind,
        line=standing.lines.get(change.reference),
    )


def words(difference: Difference) -> str:
    sku = difference.line.sku if difference.line else ""
    return comparison.words(difference.kind, difference.was, difference.now, sku)


def _message(order: Order, rows: Sequence[Difference], place: str) -> str:
    what = comparison.tell([words(row) for row in rows])
    return f"Order {order.number} was changed on {place}: {what}. Choose on its page which version applies."


# -- Settling --------------------------------------------------------------------------------------------------------
def still_open(order: Order) -> Sequence[Difference]:
    return list(Difference.objects.filter(order=order, settled_at=None).select_related("line").order_by("pk"))


def keep(order: Order, chosen: Collection[int], *, digest: str, by: User, now: datetime) -> int:
    """Leave the order as it stands here. Returns how many differences that settled. Raises NotSettled."""
    with transaction.atomic(durable=True):
        order = hold(order, digest)
        rows = _choose(order, chosen)
        if rows:
            record("order.kept_ours", order, now=now, actor=by, what=comparison.tell([words(row) for row in rows]))
        _settle(order, rows, by=by, now=now)
    return len(rows)


def hold(order: Order, digest: str) -> Order:
    """Return the order as it is now, held until the commit. Raises NotSettled when it is not what was looked at."""
    held: Order = Order.objects.locked(order.pk)
    if held.digest != digest:
        raise NotSettled(f"{held.cart.place.name} changed it again in the meantime. Check what it says now.")
    return held


def take(order: Order, chosen: Collection[int], *, packed: Mapping[int, int], by: User, now: datetime) -> set[str]:
    """Write what the cart says now, of an order that the caller's transaction holds. Returns the kinds it settled.

    ``packed`` are units in packages, by line: what was shipped stays shipped. Raises NotSettled.
    """
    rows = _choose(order, chosen)
    if not rows:
        return set()
    recipient = Recipient.objects.filter(order=order).first()
    if recipient is not None:
        recipient.order = order
    read = comparison.read_source(recipient, order.cart) if recipient else None
    if recipient is None or read is None:
        raise NotSettled("What the cart sent can no longer be read. Change the order here and keep ours.")
    for row in rows:
        match row.kind:
            case Kind.SERVICE:
                Order.objects.filter(pk=order.pk).update(service=read.service or row.now)
            case Kind.ADDRESS:
                _take_address(recipient, read)
            case _:
                _take_line(row.line, read, packed)
    _count(order)
    what = comparison.tell([words(row) for row in rows])
    record("order.took_theirs", order, now=now, actor=by, what=what, place=order.cart.place.name)
    _settle(order, rows, by=by, now=now)
    order.refresh_from_db(fields=["service", "line_count", "unit_count"])
    return {row.kind for row in rows}


def _choose(order: Order, chosen: Collection[int]) -> Sequence[Difference]:
    return [row for row in still_open(order) if row.pk in chosen]


def _settle(order: Order, rows: Sequence[Difference], *, by: User, now: datetime) -> None:
    of_order = Difference.objects.filter(order=order, settled_at=None)
    of_order.filter(pk__in=[row.pk for row in rows]).update(settled_at=now, settled_by=by)
    if not of_order.exists():
        close_alerts(order, DIFFERS, now=now)


def _take_address(recipient: Recipient, read: MarketplaceOrder) -> None:
    """Write their address as they told it by and by: what the last document hides is no part of that.

    Raises NotSettled when too little of it was ever shown: nothing known here is emptied.
    """
    ours = there = None
    try:
        clear = recipient.unseal()
        there = clear.there
        ours, buyer, handling = clear.address, clear.buyer, clear.handling.newer(read.handling)
    except Unopenable:
        buyer, handling = read.buyer, read.handling
    theirs = hidden_parts.newer_address(there or ours, read.recipient)
    hidden = hidden_parts.has_street(ours) and not hidden_parts.has_street(theirs)
    if theirs is None or theirs == ours or hidden:
        raise NotSettled("The cart hides the address, or part of it, by now. Change it here with Edit, or keep ours.")
    sealed = order_documents.seal(recipient.order, theirs, buyer, handling)
    country = order_documents.country_of(theirs)
    Recipient.objects.filter(pk=recipient.pk).update(sealed=sealed, country=country)


def _take_line(line: Line | None, read: MarketplaceOrder, packed: Mapping[int, int]) -> None:
    if line is None:
        return
    units, told = packed.get(line.pk, 0), {each.reference: each for each in read.lines}.get(line.reference)
    fields: dict[str, Any]
    if told is None:  # it is gone there
        fields = {"canceled": max(0, line.ordered - units)}
    else:
        fields = {"ordered": max(told.ordered, units + line.canceled), "left_out": False}
    Line.objects.filter(pk=line.pk).update(**fields)


def _count(order: Order) -> None:
    ordered = Line.objects.filter(order=order).values_list("ordered", flat=True)
    Order.objects.filter(pk=order.pk).update(line_count=len(ordered), unit_count=sum(ordered))
