"""The start page and the ship-by board."""
