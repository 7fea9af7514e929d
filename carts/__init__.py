"""Connections to marketplaces, and the port to them."""
