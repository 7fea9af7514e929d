"""What alerts about stock are raised for."""

from core.alerts.causes import Cause, Owner

NOT_TOLD = "stock.not_told"
NOT_UPLOADED = "stock.not_uploaded"
HELD = "stock.held"
CONFLICT = "stock.conflict"
BOTH_CHANNELS = "stock.both_channels"
FEED_STUCK = "stock.feed_stuck"
SHARED = "stock.shared"
FEED_FAILED = "stock.feed_failed"

CAUSES = (
    Cause(NOT_TOLD, "Stock refused by the cart", button="See why"),
    Cause(NOT_UPLOADED, "Stock cannot be uploaded", owner=Owner.MARKETPLACE),
    Cause(HELD, "Stock is held: it looks wrong", button="Decide"),
    Cause(CONFLICT, "Carts of one seller account want different stock", "warn", button="Decide"),
    Cause(BOTH_CHANNELS, "A SKU is fulfilled both by the marketplace and by the merchant", "warn", owner=Owner.SELLER),
    Cause(SHARED, "Several SKUs of one account sell the same units", "warn", button="Decide"),
    Cause(FEED_FAILED, "A feed of stock was not accepted", "warn", owner=Owner.MARKETPLACE),
    Cause(FEED_STUCK, "The marketplace does not finish a feed of stock", "warn", owner=Owner.MARKETPLACE),
)
