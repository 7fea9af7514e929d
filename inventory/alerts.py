"""What alerts about stock are raised for."""

from core.alerts.causes import Cause

NOT_TOLD = "stock.not_told"
NOT_UPLOADED = "stock.not_uploaded"

CAUSES = (
    Cause(NOT_TOLD, "Stock refused by the cart"),
    Cause(NOT_UPLOADED, "Stock cannot be uploaded"),
)
