"""What was shipped of a pushed order, fetched by the cart's own client: its word that it has it confirms the order.

Nothing is told to such a cart: what is owed to it waits until the client says which packages it took.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from orders.models import Order
from shipping.confirmation import dispatches
from shipping.models import Confirmation


def acknowledge(order: Order, *, now: datetime, tracking_numbers: Collection[str] | None = None) -> int:
    """The client has these packages, or all there are. Returns how many it had not said so of before.

    Saying it twice changes nothing. A number that no package of the order has is none of its packages: nothing happens.
    """
    with transaction.atomic():
        order = Order.objects.locked(order.pk)
        owed = Confirmation.objects.filter(package__order=order).unfinished()
        if tracking_numbers is not None:
            owed = owed.filter(package__tracking_number__in=tracking_numbers)
        found = list(owed.select_related("package__order__cart"))
        if found:
            dispatches.told_many(found, now=now)
            Confirmation.objects.filter(pk__in=[each.pk for each in found]).update(seen_at=now)
    return len(found)
