"""What may happen to an order at home here, and to the filters that choose orders."""

from core.activity.kinds import Ending, Kind, Plural

KINDS = (
    Kind("order.downloaded", "calm", "Downloaded from <strong>{cart}</strong>", (Ending("reason", ": {reason}"),)),
    Kind("order.changed", "calm", "Changed on the cart: now {state} there", (Ending("what", ": {what}"),)),
    Kind("order.moved", "calm", "Became <strong>{to}</strong>: {reason}"),
    Kind("order.held", "warn", "Held. {reason}"),
    Kind("order.let_go", "calm", "Released from hold"),
    Kind("order.edited", "warn", "Edited: {fields}", (Ending("to", ", now <strong>{to}</strong>"),)),
    Kind("order.noted", "calm", "Wrote a note"),
    Kind("order.differs", "warn", "{place} says otherwise: {what}"),
    Kind("order.kept_ours", "calm", "Kept as it is here: {what}"),
    Kind("order.took_theirs", "warn", "Taken over from {place}: {what}"),
    Kind("order.taken", "warn", "Taken after all. It had been skipped: {reason}"),
    Kind(
        "order.lines_taken",
        "warn",
        Plural("count", "{count} line that was left out goes, too", "{count} lines that were left out go, too"),
    ),
    Kind("order.canceled_late", "bad", "{place} canceled it after it was shipped"),
    Kind("order.partly_canceled", "warn", "{units} × {sku} canceled on {place}"),
    Kind("order.cancel_refused", "warn", "The buyer asked to cancel, and it ships all the same"),
    Kind("order.seen_to", "calm", "Seen to: {what}"),
    Kind(
        "orders.exported",
        "calm",
        Plural("count", "{count} order taken along as a file", "{count} orders taken along as a file"),
    ),
    Kind("recipient.looked_at", "calm", "Looked at the recipient"),
    Kind(
        "filters.changed",
        "calm",
        Plural(
            "items",
            "Filters: {what}. Now {filters} on orders, {items} item listed",
            "Filters: {what}. Now {filters} on orders, {items} items listed",
        ),
    ),
)
