"""Order Download and Order Cancel Download: what the cart says, checked, stored and reported."""
