"""Simulations of other servers. Imports nothing from the product, and is reached only by HTTP."""
