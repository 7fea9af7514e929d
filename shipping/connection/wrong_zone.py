"""A warehouse's clock that can't be right: what it says it shipped was not bought yet, or is shipped in the future.

Its times come without a zone, so only what they say of an order tells whether the zone we were given is its own.
"""

from datetime import datetime, timedelta

from core.alerts.raised import raise_alert
from orders.models import Order
from shipping.alerts import WRONG_ZONE
from shipping.models import Warehouse

CLOCKS_DIFFER = timedelta(minutes=20)


def look(warehouse: Warehouse, order: Order, shipped_at: datetime | None, *, now: datetime) -> None:
    """Tell people once, where a shipment's date can't be. The alert closes when the connection is saved anew."""
    if shipped_at is None or not any(asked.is_zone for asked in warehouse.system.fields):
        return
    if shipped_at > now + CLOCKS_DIFFER:
        off, what = shipped_at - now, "in the future"
    elif shipped_at < order.placed_at - CLOCKS_DIFFER:
        off, what = order.placed_at - shipped_at, "before it was bought"
    else:
        return
    hours = max(1, round(off / timedelta(hours=1)))
    zone = warehouse.settings.get("zone") or "its time zone"
    message = (
        f"{warehouse}: by {zone}, order {order.number} was shipped {hours} h {what}. Choose the warehouse’s own time "
        "zone in its settings; what it shipped with a wrong date is picked up again after that."
    )
    raise_alert(WRONG_ZONE, warehouse, message, now=now, path=warehouse.get_absolute_url())
