"""Comparing everything open with the cart, every night and on request."""
