"""What a cart brought: orders, their lines and who gets them."""
