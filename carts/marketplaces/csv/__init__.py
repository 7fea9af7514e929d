"""Orders that come as sheets: which column says what, and the orders that rows make."""
