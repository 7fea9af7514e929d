"""Shipment Upload: sending each package's tracking to the cart, and reading it back."""
