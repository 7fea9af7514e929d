"""Storing a page of orders: bulk writes only, the same number of statements whatever is on the page.

Called inside the transaction that also moves the cursor. What is known here already is orders/download/changes.py's.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from carts.marketplaces.values import OrderDocument
from carts.models import Cart
from core.activity.event_log import event, record_all
from core.common import bulk_insert
from orders.download import changes, import_mail, order_documents
from orders.download.changes import KnownOrder
from orders.download.order_documents import ReadDocument
from orders.filters.order_rules import Rules
from orders.models import Order


def store_page(
    carts: Mapping[str, Cart],
    documents: Sequence[OrderDocument],
    *,
    now: datetime,
    rules: Mapping[int, Rules] | None = None,
    pull: UUID | None = None,
) -> dict[str, int]:
    """Store what is new or changed. Returns the counts ``new changed unchanged strange elsewhere``; what an archived
    cart of the same place knows counts as unchanged.

    ``rules`` are the carts' filters, by the cart's id; ``pull`` is the download that the page is of.
    """
    ours = {(d.place_id, d.number): d for d in documents if d.place_id in carts}  # the last of doubled ones
    found = [order_documents.found(document, carts[document.place_id]) for document in ours.values()]
    existing = _existing(found)
    new, news = [], []
    for each in found:
        key = each.cart.pk, each.document.number
        if key not in existing:
            new.append(each)
        elif (known := existing[key]) is not None and changes.is_news(known, each):
            news.append((known.pk, each))
    changed = changes.lock(news)
    for each in (*new, *(each for _, each in changed)):
        order_documents.read(each, rules or {})
    _create(new, now)
    changes.change(changed, now)
    import_mail.announce(new, changed, pull=pull, now=now)  # it asks what known orders were when they were read
    if new or changed:
        _owe_stock({each.cart.merchant_id for each in (*new, *(each for _, each in changed))}, now)
    return {
        "new": len(new),
        "changed": len(changed),
        "unchanged": len(found) - len(new) - len(changed),
        "strange": sum(each.read is None for each in (*new, *(each for _, each in changed))),
        "elsewhere": sum(document.place_id not in carts for document in documents),
    }


def _existing(found: Sequence[ReadDocument]) -> dict[tuple[int, str], KnownOrder | None]:
    """Return those that are known, by cart and number. None is one that only a cart which was archived brought: the
    warehouse may have shipped it, so it is left alone."""
    carts = {(each.cart.organization_id, each.cart.kind, each.cart.place_id): each.cart.pk for each in found}
    ours = set(carts.values())
    rows = Order.objects.filter(
        Q(cart__in=ours) | Q(cart__state=Cart.State.ARCHIVED),
        organization__in={organization for organization, _, _ in carts},
        number__in=[each.document.number for each in found],
    )
    place = ("organization_id", "cart__kind", "cart__place_id")
    existing: dict[tuple[int, str], KnownOrder | None] = {}
    for cart, number, pk, digest, changed_at, *of in rows.values_list(
        "cart_id", "number", "pk", "digest", "changed_at", *place
    ):
        if cart in ours:
            existing[cart, number] = KnownOrder(pk, digest, changed_at)
        elif successor := carts.get(tuple(of)):
            existing.setdefault((successor, number), None)
    return existing


def _owe_stock(merchants: Collection[int], now: datetime) -> None:
    """What was sold here can't be sold again elsewhere: all carts of these merchants are due to be told at once."""
    told = Cart.objects.filter(merchant__in=merchants, inventory_on=True, state=Cart.State.LIVE)
    told.filter(inventory_due_at__gt=now).update(inventory_due_at=now)


# -- New ones --------------------------------------------------------------------------------------------------------
def _create(found: Sequence[ReadDocument], now: datetime) -> None:
    orders = []
    for each in found:
        order = Order(
            organization_id=each.cart.organization_id,
            merchant_id=each.cart.merchant_id,
            cart_id=each.cart.pk,
            number=each.document.number,
            seller_id=each.cart.grant.seller_id if each.cart.grant else "",
            downloaded_at=now,
            touched_at=now,
            **order_documents.order_fields(each),
        )
        assert each.verdict is not None
        order.begin(each.verdict.status, reason=each.verdict.reason, held_for=each.verdict.held_for)
        orders.append(order)
    bulk_insert.insert(orders, keyed=True)
    pairs = list(zip(orders, found, strict=True))
    bulk_insert.insert([line for order, each in pairs for line in order_documents.lines_of(order, each)])
    bulk_insert.insert([order_documents.recipient_of(order, each) for order, each in pairs])
    record_all(
        event(
            "order.downloaded",
            order,
            now=now,
            cart=each.cart.name,
            status=order.status,
            reason=order.reason,
            **order_documents.unread_of(each),
        )
        for order, each in pairs
    )
