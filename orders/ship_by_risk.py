"""Orders that will be late if nothing happens, told in time: a day, six hours, two hours ahead.

Each stage asks how far an order has to be by then: at the warehouse, shipped, confirmed. An order is in one stage at a
time, the most urgent. One alert a cart and stage, which closes by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import ngettext

from carts.models import Cart
from core.accounts.models import Organization
from core.alerts.held_orders import Waiting
from core.alerts.raised import keep_alerts
from orders.alerts import RISK_DAY, RISK_HOURS, RISK_NOW
from orders.models import HeldFor, Order
from orders.statuses import ERROR, HELD, NEW, SHIPPED, TO_BE_SHIPPED

DAY, HOURS, NOW = timedelta(hours=24), timedelta(hours=6), timedelta(hours=2)
PAST = timedelta(days=30)  # what is late for longer is nobody's surprise any more

Said = tuple[Any, str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """Orders that are due between these, and not as far as they should be."""

    cause: str
    frm: timedelta
    to: timedelta
    not_yet: tuple[str, ...]  # their statuses
    one: str
    many: str

    def condition(self, now: datetime) -> Q:
        due = Q(ship_by__gt=now + self.frm, ship_by__lte=now + self.to, status__in=self.not_yet)
        if SHIPPED not in self.not_yet:
            due &= Q(shipped_at=None)  # one whose tracking was refused is shipped, and in error
        return due & ~Q(status=HELD, held_for=HeldFor.CANCELED)


STAGES: Mapping[Waiting, Stage] = {
    Waiting.AT_RISK_DAY: Stage(
        RISK_DAY,
        HOURS,
        DAY,
        (NEW, HELD, ERROR),
        "{count} order has to ship within 24 hours and is not at the warehouse yet.",
        "{count} orders have to ship within 24 hours and are not at the warehouse yet.",
    ),
    Waiting.AT_RISK_HOURS: Stage(
        RISK_HOURS,
        NOW,
        HOURS,
        TO_BE_SHIPPED,
        "{count} order has to ship within 6 hours and is not shipped yet.",
        "{count} orders have to ship within 6 hours and are not shipped yet.",
    ),
    Waiting.AT_RISK_NOW: Stage(
        RISK_NOW,
        -PAST,
        NOW,
        (*TO_BE_SHIPPED, SHIPPED),
        "{count} order has to ship within 2 hours, or is late, and is not confirmed yet.",
        "{count} orders have to ship within 2 hours, or are late, and are not confirmed yet.",
    ),
}


def tell(*, now: datetime) -> None:
    """Raise, refresh and close the alerts about everything that may be late."""
    for stage in STAGES.values():
        keep_alerts(stage.cause, _at_risk(stage, now), now=now)


def _at_risk(stage: Stage, now: datetime) -> Iterator[Said]:
    everybody = list(Organization.objects.values_list("pk", flat=True))  # by name: what the index begins with
    due = Order.objects.filter(stage.condition(now), organization__in=everybody)
    live = due.filter(cart__state=Cart.State.LIVE).order_by()
    risks = {each["cart"]: each for each in live.values("cart").annotate(count=Count("pk"), due=Min("ship_by"))}
    for cart in Cart.objects.filter(pk__in=risks).select_related("merchant", "organization").order_by("pk"):
        count, due = risks[cart.pk]["count"], risks[cart.pk]["due"].astimezone(cart.organization.zone)
        said = ngettext(stage.one, stage.many, count).format(count=count)
        path = f"{reverse('orders:orders')}?cart={cart.pk}&sort=due"
        yield cart, f"{cart.merchant}, {cart}: {said} The earliest ship-by time is {due:%Y-%m-%d %H:%M}.", path
