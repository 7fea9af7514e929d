"""How a marketplace judges a seller's account: its figures by day, their targets, and alerts when they worsen."""
