"""What mail itself raises an alert for, and what people who are told of orders and alerts are written about."""

from core.alerts.causes import Cause, Occasion

MAIL_REFUSED = "mail.refused"
SEVERAL = "alerts"
STORM = "storm"
STORM_CALMED = "storm.calmed"
ORDERS_CREATED = "orders.created"
ORDERS_FAILED = "orders.failed"
SUBSCRIPTION_ADDED = "subscription.added"

CAUSES = (
    Cause(MAIL_REFUSED, "An email was not delivered", ours_alone=True),
    Occasion(SEVERAL, "Several things that need a person"),
    Occasion(STORM, "Many alerts with the same cause"),
    Occasion(STORM_CALMED, "Many alerts with the same cause, now over"),
    Occasion(ORDERS_CREATED, "Orders that came in"),
    Occasion(ORDERS_FAILED, "Orders that failed to import"),
    Occasion(SUBSCRIPTION_ADDED, "Added to a mailing list"),
)
