"""What may happen on the way to the warehouse, there, and with the tracking on its way back to the cart."""

from core.activity.kinds import Ending, EventKind, Plural

DELIVERY = (
    EventKind(
        "order.released",
        "good",
        "Handed to <strong>{warehouse}</strong>, to go by {method}",
        (Ending("how", ", {how}"),),
    ),
    EventKind("order.not_released", "bad", "Not handed to the warehouse: {reason}"),
    EventKind("order.sent_again", "calm", "Sent again"),
    EventKind("order.sending_canceled", "warn", "Sending canceled"),
    EventKind("order.handed_again", "calm", "Sent to <strong>{warehouse}</strong> again"),
    EventKind("order.not_changed", "bad", "<strong>{warehouse}</strong> did not take the change: {reason}"),
    EventKind("order.change_known", "calm", "The warehouse was told by hand"),
    EventKind("order.method_found", "calm", "Its ship method is known now: it flows"),
    EventKind("order.recalled", "good", "Back from <strong>{warehouse}</strong>"),
    EventKind("order.not_recalled", "bad", "<strong>{warehouse}</strong> did not give it back: {reason}"),
)

SHIPMENT = (
    EventKind(
        "order.shipped",
        "good",
        "Shipped by <strong>{carrier}</strong> {service}, tracking {tracking}",
        (Ending("left", Plural("left", ", {left} unit still to come", ", {left} units still to come")),),
    ),
    EventKind("order.charged", "calm", "Charged {amount} {currency} on top"),
    EventKind("package.corrected", "warn", "Tracking corrected from {old} to <strong>{new}</strong>, {carrier}"),
)

CONFIRMATION = (
    EventKind("package.confirmed", "good", "Tracking {tracking} sent to <strong>{cart}</strong>"),
    EventKind("package.seen", "good", "Tracking {tracking} seen on Amazon"),
    EventKind("package.not_seen", "bad", "{tracking} was accepted and is not to be seen on the cart"),
    EventKind("package.not_confirmed", "bad", "Tracking {tracking} was refused: {reason}"),
    EventKind("package.not_owed", "warn", "Tracking {tracking} is not told any more: {reason}"),
    EventKind("package.told_again", "warn", "Tracking {tracking} is told again: the cart does not have it"),
    EventKind(
        "order.tracking_sent_again",
        "calm",
        Plural("packages", "Tracking sent again, of {packages} package", "Tracking sent again, of {packages} packages"),
    ),
    EventKind(
        "feed.made",
        "calm",
        Plural(
            "packages",
            "{packages} tracking goes by one feed: the quota would carry it too late",
            "{packages} trackings go by one feed: the quota would carry them too late",
        ),
    ),
    EventKind(
        "feed.read",
        "good",
        Plural(
            "packages",
            "A feed told {packages} tracking, {refused} refused",
            "A feed told {packages} trackings, {refused} refused",
        ),
    ),
    EventKind(
        "feed.failed",
        "bad",
        Plural(
            "packages",
            "A feed of {packages} tracking failed: {reason}",
            "A feed of {packages} trackings failed: {reason}",
        ),
    ),
)

CANCELLATION = (
    EventKind("order.canceled", "calm", "Canceled on {place}"),
    EventKind("order.cancel_wanted", "warn", "To be canceled at {place}: {reason}"),
    EventKind("order.not_canceled", "bad", "{place} did not cancel it: {reason}"),
)

COMPARISON = (
    EventKind("order.read_again", "calm", "Read again from the cart, where it stood otherwise"),
    EventKind(
        "cart.reconciled",
        "calm",
        "Compared with the cart: {seen} unshipped there, {mended} mended, {open} for a person",
    ),
)

MAPPING = (
    EventKind("method_rule.kept", "calm", "Orders {rule} go by <strong>{to}</strong>"),
    EventKind("method_rule.removed", "calm", "No rule any more for orders {rule}"),
    EventKind("method_default.changed", "calm", "The rest that goes to {warehouse} goes by <strong>{to}</strong>"),
    EventKind("carrier.code_changed", "calm", "Carrier {carrier} is told as <strong>{to}</strong>"),
    EventKind("ship_method.added", "calm", "Ship method <strong>{name}</strong> added to {warehouse}"),
    EventKind("ship_method.changed", "calm", "Ship method <strong>{name}</strong> of {warehouse} changed: {fields}"),
    EventKind("ship_method.removed", "warn", "Ship method <strong>{name}</strong> removed from {warehouse}"),
    EventKind("ship_method.mapped", "calm", "Ship method {name} mapped to <strong>{to}</strong>"),
    EventKind("route.changed", "calm", "Orders go to <strong>{warehouse}</strong>. Changed: {fields}"),
)

KINDS = (*DELIVERY, *SHIPMENT, *CONFIRMATION, *CANCELLATION, *COMPARISON, *MAPPING)
