"""What somebody has to do by hand about a row: its status does not say so, the alerts that are open about it do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.accounts.access import Access
from core.alerts import causes
from core.alerts.models import Alert
from shipping import order_alerts
from shipping.alerts import OFF_THE_BENCH
from shipping.delivery import remainder

BUTTONS = {OFF_THE_BENCH: ("Pulled", "Pulled from packing")}
HANDLED = ("Handled", "Mark as handled")


@dataclass(frozen=True, slots=True)
class RowTask:
    """``heading`` is what is wrong, ``message`` a sentence with what to do. Without ``seen`` its own page says more."""

    heading: str
    message: str
    seen: str = ""  # what the button sends
    button: str = ""
    button_fully: str = ""  # as the order's page calls it


def of_orders(orders: Collection[int], access: Access) -> Mapping[int, RowTask]:
    """Return the oldest of each order's, by its key: one statement for all. A seller's rows have none."""
    if not access.is_of_house:
        return {}
    found: dict[int, RowTask] = {}
    for alert in order_alerts.to_see_of(orders, access.organization.pk).filter(dismissed_at=None):
        found.setdefault(alert.subject_id, _task(alert))
    return found


def _task(alert: Alert) -> RowTask:
    heading = causes.say(alert.cause)
    if alert.cause in remainder.PARTS:  # what is left of it is to be read first
        return RowTask(heading, alert.message)
    return RowTask(heading, alert.message, order_alerts.seen_as(alert), *BUTTONS.get(alert.cause, HANDLED))
