"""What mail itself raises an alert for, and what people who are told of orders and alerts are written about."""

from core.alerts.causes import Cause, Occasion

MAIL_REFUSED = "mail.refused"
MAIL_WAITS = "mail.waits"
DISK_FULL = "server.disk"
SEVERAL = "alerts"
STORM = "storm"
STORM_CALMED = "storm.calmed"
ORDERS_CREATED = "orders.created"
ORDERS_FAILED = "orders.failed"
SUBSCRIPTION_ADDED = "subscription.added"
DIGEST = "digest"

CAUSES = (
    Cause(MAIL_REFUSED, "An email was not delivered", ours_alone=True),
    Cause(MAIL_WAITS, "Email cannot be sent", ours_alone=True),
    Cause(DISK_FULL, "This server's disk is nearly full", ours_alone=True),
    Occasion(SEVERAL, "Several things that need a person"),
    Occasion(STORM, "Many alerts with the same cause"),
    Occasion(STORM_CALMED, "Many alerts with the same cause, now over"),
    Occasion(ORDERS_CREATED, "Orders that came in"),
    Occasion(ORDERS_FAILED, "Orders that failed to import"),
    Occasion(DIGEST, "A digest"),
    Occasion(SUBSCRIPTION_ADDED, "Added to a mailing list"),
)
