"""What may happen to stock: it is counted, told to the cart, held and let go."""

from core.activity.kinds import Ending, EventKind, Plural

KINDS = (
    EventKind("stock.counted", "calm", "{sku} counted: {to}", (Ending("reason", " ({reason})"),)),
    EventKind("stock.safety", "calm", "Safety stock of {sku} set to {to}"),
    EventKind(
        "stock.sheet",
        "calm",
        Plural(
            "count",
            "{count} SKU counted in {warehouse}, from a sheet",
            "{count} SKUs counted in {warehouse}, from a sheet",
        ),
    ),
    EventKind("items.named", "calm", "{name} stands for {becomes}"),
    EventKind("items.forgotten", "calm", "{name} no longer stands for {was}"),
    EventKind("stock.told", "good", "Sent {quantity} of {sku} to the cart"),
    EventKind("stock.not_told", "bad", "The stock of {sku} was refused: {reason}"),
    EventKind("stock.feed_made", "calm", "Quantities put into a feed: {skus}"),
    EventKind("stock.feed_read", "good", "Feed of stock read: {skus} accepted, {refused} refused"),
    EventKind("stock.feed_failed", "warn", "A feed of stock was not accepted ({skus} quantities): {reason}"),
    EventKind("stock.let_go", "calm", "Stock that was held is sent anyway"),
    EventKind("stock.shared", "calm", "Stock that several offers sell: {rule}"),
    EventKind("stock.decided", "calm", "Where the carts want different stock, this counts: {by}"),
)
