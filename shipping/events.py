"""What may happen on the way to the warehouse, there, and with the tracking on its way back to the cart."""

from core.activity.kinds import Ending, Kind, Plural

DELIVERY = (
    Kind(
        "order.released",
        "good",
        "Handed to <strong>{warehouse}</strong>, to go by {method}",
        (Ending("how", ", {how}"),),
    ),
    Kind("order.not_released", "bad", "Not handed to the warehouse: {reason}"),
    Kind("order.sent_again", "calm", "Sent again"),
    Kind("order.sending_canceled", "warn", "Sending canceled"),
    Kind("order.handed_again", "calm", "Sent to <strong>{warehouse}</strong> again"),
    Kind("order.not_changed", "bad", "<strong>{warehouse}</strong> did not take the change: {reason}"),
    Kind("order.change_known", "calm", "The warehouse was told by hand"),
    Kind("order.method_found", "calm", "Its ship method is known now: it flows"),
    Kind("order.recalled", "good", "Back from <strong>{warehouse}</strong>"),
    Kind("order.not_recalled", "bad", "<strong>{warehouse}</strong> did not give it back: {reason}"),
)

SHIPMENT = (
    Kind(
        "order.shipped",
        "good",
        "Shipped by <strong>{carrier}</strong> {service}, tracking {tracking}",
        (Ending("left", Plural("left", ", {left} unit still to come", ", {left} units still to come")),),
    ),
    Kind("order.charged", "calm", "Charged {amount} {currency} on top"),
    Kind("package.corrected", "warn", "Tracking corrected from {old} to <strong>{new}</strong>, {carrier}"),
)

CONFIRMATION = (
    Kind("package.confirmed", "good", "Tracking {tracking} sent to <strong>{cart}</strong>"),
    Kind("package.seen", "good", "Tracking {tracking} seen on Amazon"),
    Kind("package.not_seen", "bad", "{tracking} was accepted and is not to be seen on the cart"),
    Kind("package.not_confirmed", "bad", "Tracking {tracking} was refused: {reason}"),
    Kind("package.not_owed", "warn", "Tracking {tracking} is not told any more: {reason}"),
    Kind("package.told_again", "warn", "Tracking {tracking} is told again: the cart does not have it"),
    Kind(
        "order.tracking_sent_again",
        "calm",
        Plural("packages", "Tracking sent again, of {packages} package", "Tracking sent again, of {packages} packages"),
    ),
    Kind(
        "feed.made",
        "calm",
        Plural(
            "packages",
            "{packages} tracking goes by one feed: the quota would carry it too late",
            "{packages} trackings go by one feed: the quota would carry them too late",
        ),
    ),
    Kind(
        "feed.read",
        "good",
        Plural(
            "packages",
            "A feed told {packages} tracking, {refused} refused",
            "A feed told {packages} trackings, {refused} refused",
        ),
    ),
    Kind(
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
    Kind("order.canceled", "calm", "Canceled on {place}"),
    Kind("order.cancel_wanted", "warn", "To be canceled at {place}: {reason}"),
    Kind("order.not_canceled", "bad", "{place} did not cancel it: {reason}"),
)

COMPARISON = (
    Kind("order.read_again", "calm", "Read again from the cart, where it stood otherwise"),
    Kind(
        "cart.reconciled",
        "calm",
        "Compared with the cart: {seen} unshipped there, {mended} mended, {open} for a person",
    ),
)

MAPPING = (
    Kind("method_rule.kept", "calm", "Orders {rule} go by <strong>{to}</strong>"),
    Kind("method_rule.removed", "calm", "No rule any more for orders {rule}"),
    Kind("method_default.changed", "calm", "The rest that goes to {warehouse} goes by <strong>{to}</strong>"),
    Kind("carrier.code_changed", "calm", "Carrier {carrier} is told as <strong>{to}</strong>"),
    Kind("ship_method.added", "calm", "Ship method <strong>{name}</strong> added to {warehouse}"),
    Kind("ship_method.changed", "calm", "Ship method <strong>{name}</strong> of {warehouse} changed: {fields}"),
    Kind("ship_method.removed", "warn", "Ship method <strong>{name}</strong> removed from {warehouse}"),
    Kind("ship_method.mapped", "calm", "Ship method {name} mapped to <strong>{to}</strong>"),
    Kind("route.changed", "calm", "Orders go to <strong>{warehouse}</strong>. Changed: {fields}"),
)

KINDS = (*DELIVERY, *SHIPMENT, *CONFIRMATION, *CANCELLATION, *COMPARISON, *MAPPING)
