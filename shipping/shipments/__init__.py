"""Shipping Confirmations: what a warehouse shipped, package by package, and correcting it."""
