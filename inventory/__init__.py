"""What is left in the warehouses, and keeping the carts up to date."""
