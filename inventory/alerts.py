"""What alerts about stock are raised for."""

from core.alerts.causes import Cause

NOT_TOLD = "stock.not_told"
NOT_UPLOADED = "stock.not_uploaded"
HELD = "stock.held"
CONFLICT = "stock.conflict"
BOTH_CHANNELS = "stock.both_channels"
SHARED = "stock.shared"
FEED_FAILED = "stock.feed_failed"

CAUSES = (
    Cause(NOT_TOLD, "Stock refused by the cart"),
    Cause(NOT_UPLOADED, "Stock cannot be uploaded"),
    Cause(HELD, "Stock is held: it looks wrong"),
    Cause(CONFLICT, "Carts of one seller account want different stock", "warn"),
    Cause(BOTH_CHANNELS, "A SKU is fulfilled both by the marketplace and by the merchant", "warn"),
    Cause(SHARED, "Several SKUs of one account sell the same units", "warn"),
    Cause(FEED_FAILED, "A feed of stock was not accepted", "warn"),
)
