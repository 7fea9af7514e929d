"""What came in from a cart: orders, their lines and recipients."""
