"""What alerts about stock are raised for."""

from core.alerts.causes import Cause

NOT_TOLD = "stock.not_told"

CAUSES = (Cause(NOT_TOLD, "Stock refused by the cart"),)
