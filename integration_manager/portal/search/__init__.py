"""One box for everything: orders, products, carts, merchants and pages."""
