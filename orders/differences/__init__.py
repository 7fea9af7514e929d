"""Where the cart disagrees with an order as it is here, and which of the two wins."""
