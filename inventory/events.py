"""What may happen to stock: it is counted, and told to the cart."""

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
)
