"""Tracking import: a pasted or uploaded sheet of tracking numbers, matched with the orders it is about."""
