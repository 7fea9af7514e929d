"""Comparing everything open with the cart, at night and on request."""
