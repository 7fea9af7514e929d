"""Alerts about an order that ask a person for something outside the portal, each with its bar on the order's page."""

from collections.abc import Sequence

from django.urls import reverse

from core.accounts.access import Ability, Access
from core.alerts import causes
from core.alerts.models import Alert
from integration_manager.portal.order_page.explanation import PULLED, ProblemBar
from orders.models import HeldFor, Order
from shipping import order_alerts
from shipping.alerts import OFF_THE_BENCH
from shipping.delivery import remainder
from shipping.shipments.shipped_packages import openings

SHOWN = 5  # bars above one order
NAMED = 5  # lines in a sentence
LABELS = {OFF_THE_BENCH: PULLED} | dict.fromkeys(remainder.PARTS, "Taken off the bench")


def bars_of(order: Order, access: Access) -> Sequence[ProblemBar]:
    """Return a bar for each alert a person has to see to, the oldest first."""
    alerts = order_alerts.to_see(order)
    if order.is_held_for(HeldFor.PERSON):
        alerts = alerts.exclude(cause=OFF_THE_BENCH)  # said with the hold: cancel_views.py
    if not access.is_of_house:
        told = dict.fromkeys(alerts.values_list("cause", flat=True)[:SHOWN])
        return [ProblemBar(causes.say_to_seller(cause), "", causes.tone(cause)) for cause in told]
    return [_bar(order, alert, access) for alert in alerts[:SHOWN]]


def _bar(order: Order, alert: Alert, access: Access) -> ProblemBar:
    tone, text = causes.tone(alert.cause), ""
    if alert.cause in remainder.PARTS:
        left = _left(order)
        text = f"Still to be shipped from here: {left}." if left else "Nothing else is left to ship."
        if there := remainder.warehouse_told(order):
            return ProblemBar(alert.message, f"{text} {there} is told: there is nothing to do here.", tone)
        if not left:
            return ProblemBar(alert.message, text, tone)  # the order goes on by itself
    if not access.may(Ability.SHIP):
        return ProblemBar(alert.message, text, tone)
    return ProblemBar(
        alert.message,
        text,
        tone,
        action_url=reverse("orders:seen_to", args=[order.pk]),
        action_label=LABELS.get(alert.cause, "Mark as handled"),
        action_method="post",
        action_name="seen",
        action_value=order_alerts.seen_as(alert),
    )


def _left(order: Order) -> str:
    """Name what is still to be shipped from here: an alert names only what went since the one before it."""
    left = [(opening.units, opening.line.sku) for opening in openings([order])[order.pk].values() if opening.units]
    named = ", ".join(f"{units} × {sku}" for units, sku in left[:NAMED])
    return named + (f" and {len(left) - NAMED} more" if len(left) > NAMED else "")
