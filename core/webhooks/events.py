"""What may happen to webhook endpoints. Their addresses are never named: they may hold a key."""

from core.activity.kinds import EventKind, Plural

KINDS = (
    EventKind("webhook.added", "calm", "Webhook endpoint {endpoint} added"),
    EventKind("webhook.changed", "calm", "Webhook endpoint {endpoint} changed: {fields}"),
    EventKind("webhook.secret_shown", "calm", "Viewed the signing secret of webhook endpoint {endpoint}"),
    EventKind("webhook.secret_rotated", "warn", "Webhook endpoint {endpoint} has a new signing secret"),
    EventKind("webhook.secret_ended", "warn", "The former signing secret of webhook endpoint {endpoint} was ended"),
    EventKind("webhook.turned_on", "good", "Webhook endpoint {endpoint} turned on"),
    EventKind("webhook.turned_off", "warn", "Webhook endpoint {endpoint} turned off: {reason}"),
    EventKind("webhook.removed", "warn", "Webhook endpoint {endpoint} removed"),
    EventKind("webhook.tested", "calm", "A test message was sent to webhook endpoint {endpoint}"),
    EventKind("webhook.sent_again", "calm", "A message was sent to webhook endpoint {endpoint} again"),
    EventKind(
        "webhook.replayed",
        "calm",
        Plural(
            "hours",
            "Replaying the last {hours} hour to webhook endpoint {endpoint}: {what}",
            "Replaying the last {hours} hours to webhook endpoint {endpoint}: {what}",
        ),
    ),
)
