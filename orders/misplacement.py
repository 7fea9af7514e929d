"""Orders that stand under the wrong merchant: found by the seller whose authorization brought them.

A cart is bound to one seller, who is one merchant's. An order that another seller's authorization brought is not that
cart's, whoever bound them; neither is one that is known under two merchants, for a marketplace gives a number once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from carts.models import Cart, Grant
from core.accounts.models import Merchant, Organization
from core.activity.event_log import record
from core.activity.models import Event
from orders.models import Order, OrderQuerySet


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A cart's orders that one seller's authorization brought, and that do not belong there."""

    cart: Cart
    seller_id: str
    why: str
    orders: OrderQuerySet

    @property
    def keeps_coming(self) -> bool:
        """Whether the cart would bring them back: it still downloads with this seller's authorization."""
        return self.cart.is_at_work and self.cart.grant is not None and self.cart.grant.seller_id == self.seller_id


@dataclass(frozen=True, slots=True)
class Doubled:
    """An order number that is known under several merchants."""

    number: str
    carts: Sequence[Cart]


def find(organization: Organization, *, homes: Mapping[str, Merchant]) -> list[Misplaced]:
    """Return what is misplaced. ``homes`` says of sellers whose they are, where somebody knows better than the grants.

    Where nobody says, a seller is the merchant's who brought the authorization, and whose carts an admin allowed it to.
    """
    carts = Cart.objects.filter(organization=organization).select_related("grant", "merchant").order_by("pk")
    found = []
    for cart in carts:
        for seller_id, brought in _brought(cart).items():
            why = _why(cart, seller_id, homes)
            orders = Order.objects.filter(brought, cart=cart)
            if why and orders.exists():
                found.append(Misplaced(cart, seller_id, why, orders))
    return found


def doubled(organization: Organization, *, beside: Sequence[Misplaced]) -> Iterator[Doubled]:
    """Yield what stands under two merchants, and is still there once what is misplaced is taken away."""
    rows = Order.objects.filter(organization=organization)
    for each in beside:
        rows = rows.exclude(pk__in=each.orders.values("pk"))
    twice = rows.order_by().values("cart__kind", "number").annotate(of=Count("merchant", distinct=True))
    for row in twice.filter(of__gt=1).order_by("number"):
        same = rows.filter(cart__kind=row["cart__kind"], number=row["number"])
        yield Doubled(row["number"], [order.cart for order in same.select_related("cart__merchant").order_by("pk")])


def removed(misplaced: Misplaced, count: int, *, since: datetime, now: datetime) -> int:
    """Record that so many were taken away, and let the seller's own carts download them. Returns how many carts do."""
    cart = misplaced.cart
    right = Cart.objects.at_work().filter(
        organization_id=cart.organization_id,
        kind=cart.kind,
        place_id=cart.place_id,
        grant__seller_id=misplaced.seller_id,
    )
    carts = list(right.exclude(pk=cart.pk).values_list("pk", "grant"))
    with transaction.atomic(durable=True):
        record("orders.removed", cart, now=now, count=count, seller=misplaced.seller_id)
        Grant.objects.filter(pk__in={grant for _, grant in carts}).update(page_token="")  # the window begins anew
        Cart.objects.filter(pk__in=[pk for pk, _ in carts]).update(orders_seen_until=since, orders_due_at=now)
    return len(carts)


def _brought(cart: Cart) -> dict[str, Q]:
    """Return what finds the cart's orders by the seller who brought them.

    Orders older than that was kept: the seller who had authorized us for the cart when they came.
    """
    orders = Order.objects.filter(cart=cart).order_by()
    found = {
        seller_id: Q(seller_id=seller_id)
        for seller_id in orders.exclude(seller_id="").values_list("seller_id", flat=True).distinct()
    }
    if orders.filter(seller_id="").exists():
        for seller_id, came in _spans(cart):
            found[seller_id] = found.get(seller_id, Q(pk__in=[])) | (Q(seller_id="") & came)
    return found


def _spans(cart: Cart) -> Iterator[tuple[str, Q]]:
    """Yield each seller who authorized us for the cart, with the time in which what came was theirs."""
    granted = Event.objects.filter(
        organization=cart.organization_id, subject_kind="cart", subject_id=cart.pk, kind="cart.granted"
    )
    changes: list[tuple[datetime, str]] = []
    for at, details in granted.order_by("pk").values_list("at", "details"):
        seller_id = str(details.get("seller", ""))
        if not changes or changes[-1][1] != seller_id:
            changes.append((at, seller_id))
    if not changes:
        if cart.grant is not None:  # made with an authorization that its merchant had
            yield cart.grant.seller_id, Q()
        return
    for place, (at, seller_id) in enumerate(changes):
        came = Q(downloaded_at__gte=at) if place else Q()
        if place + 1 < len(changes):
            came &= Q(downloaded_at__lt=changes[place + 1][0])
        yield seller_id, came


def _why(cart: Cart, seller_id: str, homes: Mapping[str, Merchant]) -> str:
    """Return why this seller's orders do not belong to the cart, "" where they do."""
    home = homes.get(seller_id)
    if home is not None:
        return "" if home == cart.merchant else f"seller {seller_id} is said to be {home}'s"
    grants = Grant.objects.filter(organization=cart.organization_id, kind=cart.kind, seller_id=seller_id)
    if cart.allowed_seller_id == seller_id or grants.filter(merchant=cart.merchant_id).exists():
        return ""
    theirs = grants.select_related("merchant").order_by("pk").first()
    if theirs is not None:
        return f"seller {seller_id} is {theirs.merchant}'s, and nobody allowed this cart to use the account"
    if cart.grant is not None and cart.grant.seller_id != seller_id:
        return f"seller {seller_id} brought them, and the cart belongs to seller {cart.grant.seller_id}"
    return ""
