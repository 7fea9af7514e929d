"""Canceling at the cart, and stopping what is on its way to a warehouse."""
