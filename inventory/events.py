"""What may happen to stock: it is counted, and told to the cart."""

from core.activity.kinds import Kind

KINDS = (
    Kind("stock.counted", "calm", "{sku} counted: {to}"),
    Kind("stock.told", "good", "{quantity} of {sku} told to the cart"),
    Kind("stock.not_told", "bad", "The stock of {sku} was refused: {reason}"),
)
