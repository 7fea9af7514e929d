"""What is left in the warehouses, and telling the carts."""
