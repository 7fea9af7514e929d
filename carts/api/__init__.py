"""Carts and items as programs read them."""
