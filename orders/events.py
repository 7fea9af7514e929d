"""What may happen to an order at home here, and to the filters that choose orders."""

from core.activity.kinds import Ending, EventKind, Plural

UNREAD = Ending("unread", ". Could not be read and was left empty: {unread}")

KINDS = (
    EventKind(
        "order.downloaded", "calm", "Downloaded from <strong>{cart}</strong>", (Ending("reason", ": {reason}"), UNREAD)
    ),
    EventKind("order.changed", "calm", "Changed on the cart: now {state} there", (Ending("what", ": {what}"), UNREAD)),
    EventKind("order.moved", "calm", "Became <strong>{to}</strong>: {reason}"),
    EventKind("order.held", "warn", "Held. {reason}"),
    EventKind("order.let_go", "calm", "Released from hold"),
    EventKind("order.edited", "warn", "Edited: {fields}", (Ending("to", ", now <strong>{to}</strong>"),)),
    EventKind("order.noted", "calm", "Added a note", ours_alone=True),
    EventKind("order.differs", "warn", "{place} differs: {what}"),
    EventKind("order.kept_ours", "calm", "Kept ours: {what}"),
    EventKind("order.took_theirs", "warn", "Changed to match {place}: {what}"),
    EventKind("order.taken", "warn", "Accepted anyway. It had been skipped: {reason}"),
    EventKind(
        "order.lines_taken",
        "warn",
        Plural("count", "{count} line that was left out ships, too", "{count} lines that were left out ship, too"),
    ),
    EventKind("order.canceled_late", "bad", "{place} canceled it, but it was shipped"),
    EventKind("order.partly_canceled", "warn", "{units} × {sku} canceled on {place}"),
    EventKind("order.partly_shipped_there", "warn", "{units} × {sku} shipped on {place}, not from here"),
    EventKind("order.cancel_refused", "warn", "The buyer asked to cancel, but it ships anyway"),
    EventKind(
        "order.line_cancel_refused", "warn", "The buyer asked to cancel {units} × {sku}, but this line ships anyway"
    ),
    EventKind("order.removed", "warn", "Taken away from {cart}: {reason}"),
    EventKind(
        "orders.removed",
        "warn",
        Plural(
            "count",
            "{count} order of seller <strong>{seller}</strong> taken away: it was another merchant's",
            "{count} orders of seller <strong>{seller}</strong> taken away: they were another merchant's",
        ),
    ),
    EventKind("order.seen_to", "calm", "Handled: {what}", ours_alone=True),
    EventKind(
        "orders.exported",
        "calm",
        Plural("count", "{count} order exported as a file", "{count} orders exported as a file"),
    ),
    EventKind(
        "orders.file_taken",
        "good",
        Plural("count", "{count} order taken from a file", "{count} orders taken from a file"),
    ),
    EventKind("order.erased", "calm", "The buyer's data was erased, as the marketplace requires"),
    EventKind("order.legal_hold", "warn", "Legal hold: the buyer's data is kept until it ends"),
    EventKind("order.legal_hold_ended", "calm", "Legal hold ended"),
    EventKind(
        "recipient.looked_at",
        "calm",
        "Viewed the recipient",
        (Ending("key", ", by API key <strong>{key}</strong>"),),
        ours_alone=True,
    ),
    EventKind(
        "filters.changed",
        "calm",
        Plural(
            "items",
            "Filters: {what}. Now {filters} on orders, {items} item listed",
            "Filters: {what}. Now {filters} on orders, {items} items listed",
        ),
    ),
)
