"""Inventory Upload: what each cart is told of its listings."""
