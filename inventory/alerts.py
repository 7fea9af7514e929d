"""What alerts about stock are raised for."""

from core.alerts.causes import Cause

NOT_TOLD = "stock.not_told"

CAUSES = (Cause(NOT_TOLD, "Stock that the cart refused"),)
