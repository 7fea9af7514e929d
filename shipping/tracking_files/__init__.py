"""Tracking files: what was shipped of a cart's orders, as a file for the client who sent them."""
