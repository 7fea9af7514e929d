"""What may happen to stock: it is counted, and told to the cart."""

from core.activity.kinds import Ending, EventKind

KINDS = (
    EventKind("stock.counted", "calm", "{sku} counted: {to}", (Ending("reason", " ({reason})"),)),
    EventKind("items.named", "calm", "{name} stands for {becomes}"),
    EventKind("items.forgotten", "calm", "{name} no longer stands for {was}"),
    EventKind("stock.told", "good", "Sent {quantity} of {sku} to the cart"),
    EventKind("stock.not_told", "bad", "The stock of {sku} was refused: {reason}"),
)
