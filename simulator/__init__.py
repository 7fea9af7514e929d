"""Other servers, played on this machine. Imports nothing of the product, and is reached by HTTP only."""
