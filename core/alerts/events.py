"""What may happen to alerts, mail and subscriptions. Addresses are never named: a subscription has a number."""

from core.activity.kinds import EventKind, Plural

KINDS = (
    EventKind(
        "alerts.assigned",
        "calm",
        Plural(
            "count", "An alert was assigned to {person}: {what}", "{count} alerts were assigned to {person}: {what}"
        ),
        ours_alone=True,
    ),
    EventKind(
        "alerts.unassigned",
        "calm",
        Plural("count", "An alert is assigned to nobody: {what}", "{count} alerts are assigned to nobody: {what}"),
        ours_alone=True,
    ),
    EventKind(
        "alerts.snoozed",
        "calm",
        Plural(
            "count", "An alert was snoozed until {until}: {what}", "{count} alerts were snoozed until {until}: {what}"
        ),
        ours_alone=True,
    ),
    EventKind(
        "alerts.dismissed",
        "warn",
        Plural(
            "count", "An alert was dismissed: {what}. {because}", "{count} alerts were dismissed: {what}. {because}"
        ),
        ours_alone=True,
    ),
    EventKind(
        "alerts.restored",
        "calm",
        Plural("count", "An alert is open again: {what}", "{count} alerts are open again: {what}"),
        ours_alone=True,
    ),
    EventKind(
        "alerts.retry_begun",
        "busy",
        Plural("count", "Retrying one alert: {what}. {because}", "Retrying {count} alerts: {what}. {because}"),
        ours_alone=True,
    ),
    EventKind(
        "alerts.retry_ended", "good", "Retry ended: {what}. Sent again: {retried}, left: {left}", ours_alone=True
    ),
    EventKind(
        "alerts.retry_canceled",
        "warn",
        "Retry canceled: {what}. Sent again until then: {retried} of {count}",
        ours_alone=True,
    ),
    EventKind("mail.sent_again", "calm", "Email sent again"),
    EventKind("mail.given_up", "calm", "Email given up"),
    EventKind("subscription.added", "calm", "Subscription {subscription} is told about {what}"),
    EventKind("subscription.changed", "calm", "Subscription {subscription} is now told about {what}"),
    EventKind("subscription.removed", "calm", "Subscription {subscription} was removed"),
    EventKind("subscription.stopped", "warn", "Subscription {subscription} unsubscribed"),
)
