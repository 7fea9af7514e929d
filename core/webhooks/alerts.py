"""What webhooks raise an alert for."""

from core.alerts.causes import Cause

FAILING = "webhooks.failing"
TURNED_OFF = "webhooks.turned_off"

CAUSES = (
    Cause(FAILING, "A webhook endpoint does not take its messages", "warn", ours_alone=True),
    Cause(TURNED_OFF, "A webhook endpoint was turned off", ours_alone=True),
)
