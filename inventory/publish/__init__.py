"""Inventory Upload: the quantity each cart shows for each of its listings."""
