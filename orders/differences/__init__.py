"""What the cart says otherwise than an order stands here, and who settles it."""
