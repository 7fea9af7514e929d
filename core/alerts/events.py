"""What may happen to mail and to subscriptions. Addresses are never named: a subscription is known by its number."""

from core.activity.kinds import EventKind

KINDS = (
    EventKind("mail.sent_again", "calm", "Email sent again"),
    EventKind("mail.given_up", "calm", "Email given up"),
    EventKind("subscription.added", "calm", "Subscription {subscription} is told about {what}"),
    EventKind("subscription.changed", "calm", "Subscription {subscription} is now told about {what}"),
    EventKind("subscription.removed", "calm", "Subscription {subscription} was removed"),
    EventKind("subscription.stopped", "warn", "Subscription {subscription} unsubscribed"),
)
