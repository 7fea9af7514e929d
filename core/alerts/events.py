"""What may happen to mail and to subscriptions. Addresses are never named: a subscription is known by its number."""

from core.activity.kinds import EventKind

KINDS = (
    EventKind("mail.sent_again", "calm", "Mail sent again"),
    EventKind("mail.given_up", "calm", "Mail given up"),
    EventKind("subscription.added", "calm", "Subscription {subscription} is told of {what}"),
    EventKind("subscription.changed", "calm", "Subscription {subscription} is told of {what} from now on"),
    EventKind("subscription.removed", "calm", "Subscription {subscription} is told nothing any more"),
    EventKind("subscription.stopped", "warn", "Subscription {subscription} asked for no more mail"),
)
