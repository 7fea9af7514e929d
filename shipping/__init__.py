"""From an order to its warehouse, back with tracking, and on to the cart."""
