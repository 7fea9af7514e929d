"""Shared shelves: how a merchant's offers share the units they all sell, with a dry run before it is saved."""
