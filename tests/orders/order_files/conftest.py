"""A 3PL, its owner, and a cart whose client sends files."""

from tests.organization import acme, client_for, owner

__all__ = ["acme", "client_for", "owner"]
