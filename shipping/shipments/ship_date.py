"""The ship date: people name a day, the cart is told a moment, and moments alone are compared with the purchase."""

from datetime import date, datetime, time, timedelta, tzinfo

from orders.models import Order

AHEAD = timedelta(days=1)  # a ship date so far in the future is a slip of the pen


def moment_of(day: date, order: Order, *, now: datetime, zone: tzinfo) -> datetime:
    """Return when an order was shipped, of which only the day in a zone is said.

    Noon of it, but now for today, and not before the order was placed on that day.
    """
    if day == now.astimezone(zone).date():
        return now
    noon = datetime.combine(day, time(12), zone)
    return max(noon, order.placed_at) if day == order.placed_at.astimezone(zone).date() else noon


def wrong(shipped_at: datetime, order: Order, *, now: datetime) -> str:
    """Return why an order cannot have been shipped then, as a sentence; "" when it can."""
    if shipped_at > now + AHEAD:
        return "The ship date is in the future."
    if shipped_at < order.placed_at:
        return "The ship date is before the purchase."
    return ""


def doubt(shipped_at: datetime, *, now: datetime) -> str:
    """Return what is odd about a ship date that may be right; "" when nothing is."""
    return "The ship date is in the future. The cart is told that it ships now." if shipped_at > now else ""
