"""What changes when a page that reads several apps would show something else: the versions its followers compare.

Everything that happens to an order is an event, so for the 3PL the end of the events is what the list is compared by.
A seller must not see by it that something happened to somebody else: theirs is made of their own orders' events alone.
"""

from django.db.models import Count, Max, Sum
from django.http import HttpRequest

from carts.lookup import find_cart
from carts.models import Grant
from core.accounts.access import Access
from core.accounts.doors import access_of
from core.accounts.visible_statements import VisibleStatement
from core.activity import latest_events
from core.alerts import raised
from orders.models import Order
from shipping.models import Confirmation, Release

OF_ORDER = (
    *("status", "held_for", "reason", "digest", "edited_at", "confirmed_at", "ship_by"),
    *("cancellation__state", "cancellation__last_error"),
)
OF_RELEASE = (
    *("state", "attempts", "due_at", "number", "released_at"),
    *("order__recall__state", "order__recall__last_error"),
)
OF_CART = ("state", "checked_at", "orders_on", "orders_due_at", "shipments_due_at", "inventory_due_at", "listed_at")
OF_GRANT = ("state", "pulled_at", "pull_failed_at", "pull_error", "pulling_until", "page_token", "ended_at")
PULLED = VisibleStatement(
    Grant,
    lambda grants: (
        grants.order_by()
        .values("organization")
        .annotate(pulled=Max("pulled_at"), failed=Max("pull_failed_at"))
        .values_list("pulled", "failed")
    ),
)


def of_orders(request: HttpRequest) -> tuple[object, ...]:
    """Return what changes with the orders a person sees, and with their alerts."""
    access = access_of(request)
    happened = latest_events.version_of(access) if access.is_of_house else _happened_to_own(access)
    return (*happened, *raised.version_of(access))


def of_dashboard(request: HttpRequest) -> tuple[object, ...]:
    """The same, and what changes with downloads that brought nothing. A seller's start page shows none of those."""
    access = access_of(request)
    return (*of_orders(request), *PULLED.rows(access))


def _happened_to_own(access: Access) -> tuple[object, ...]:
    recent = latest_events.recent_subjects(access, "order")
    own = Order.objects.visible_to(access).filter(pk__in=list(recent)).order_by("pk")
    return tuple(recent[pk] for pk in own.values_list("pk", flat=True))


def of_order(request: HttpRequest, order_id: int) -> tuple[object, ...]:
    """Return what changes with one order, with what is owed for it, and with the alerts of the menu."""
    access = access_of(request)
    found = Order.objects.visible_to(access).filter(pk=order_id).values_list(*OF_ORDER).first()
    if found is None:
        return ()
    told = (
        Confirmation.objects.visible_to(access)
        .filter(package__order=order_id)
        .aggregate(Count("pk"), Count("confirmed_at"), Count("seen_at"), Sum("attempts"), Max("due_at"))
    )
    owed = Release.objects.filter(order=order_id).order_by("part", "order__recall").values_list(*OF_RELEASE)
    happened = latest_events.version_of_things(access, [("order", order_id)])
    return (*found, *owed, *told.values(), *happened, *raised.version_of(access))


def of_cart(request: HttpRequest, cart_id: int) -> tuple[object, ...]:
    """Return what changes with one cart, its authorization and its download, and with the alerts of the menu."""
    access = access_of(request)
    cart = find_cart(request, cart_id)
    things = [("cart", cart.pk), *([("grant", cart.grant_id)] if cart.grant_id else [])]
    own = [getattr(cart, name) for name in OF_CART]
    grant = [getattr(cart.grant, name) for name in OF_GRANT] if cart.grant else []
    return (*own, *grant, *latest_events.version_of_things(access, things), *raised.version_of(access))
