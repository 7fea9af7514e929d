"""Shipment Upload: telling the cart each package's tracking, and reading it back."""
